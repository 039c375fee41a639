//! A table that a cursor still needs leaves the list all the same, and its file is never removed.

impl Shared {
    pub(crate) fn take_obsolete(&self) -> Vec<u64> {
        let mut pins = lock(&self.pins);
        let Pins { held, dropped } = &mut *pins;
        let is_held = |number: &u64| held.values().any(|(_, levels)| levels.contains(*number));
        let (_, obsolete): (BTreeSet<_>, BTreeSet<_>) =
            dropped.iter().partition(|number| is_held(number));
        dropped.clear();
        obsolete.into_iter().collect()
    }
}
