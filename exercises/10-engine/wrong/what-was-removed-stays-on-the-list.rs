//! What was taken stays on the list, and is removed again and again.

impl Shared {
    pub(crate) fn take_obsolete(&self) -> Vec<u64> {
        let pins = lock(&self.pins);
        let Pins { held, dropped } = &*pins;
        let is_held = |number: &u64| held.values().any(|(_, levels)| levels.contains(*number));
        let (_, obsolete): (BTreeSet<_>, BTreeSet<_>) =
            dropped.iter().partition(|number| is_held(number));
        obsolete.into_iter().collect()
    }
}
