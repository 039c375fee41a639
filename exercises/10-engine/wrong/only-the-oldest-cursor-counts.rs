//! Only the tables of the oldest version in use are kept, and newer cursors lose theirs.

impl Shared {
    pub(crate) fn take_obsolete(&self) -> Vec<u64> {
        let mut pins = lock(&self.pins);
        let Pins { held, dropped } = &mut *pins;
        let is_held = |number: &u64| {
            held.values()
                .next()
                .into_iter()
                .any(|(_, levels)| levels.contains(*number))
        };
        let (kept, obsolete): (_, BTreeSet<_>) = dropped.iter().partition(|number| is_held(number));
        *dropped = kept;
        obsolete.into_iter().collect()
    }
}
