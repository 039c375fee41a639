//! The log ends in good order only if everything behind it is zeros. In a file that was used
//! before, that is never so.

pub(crate) fn is_blank(damage: &Damage, bytes: &[u8]) -> bool {
    let rest = usize::try_from(damage.offset)
        .ok()
        .and_then(|at| bytes.get(at..));
    rest.is_some_and(|rest| rest.iter().all(|&byte| byte == 0))
}
