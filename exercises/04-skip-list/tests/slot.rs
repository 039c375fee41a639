//! The slot: a value that is replaced while others read it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;

use ferrisdb_skiplist::{Slot, pin};

/// Counts how often it is dropped.
#[derive(Debug)]
struct Tracked {
    number: usize,
    drops: Arc<Vec<AtomicUsize>>,
}

impl Drop for Tracked {
    fn drop(&mut self) {
        self.drops[self.number].fetch_add(1, Ordering::SeqCst);
    }
}

struct Drops(Arc<Vec<AtomicUsize>>);

impl Drops {
    fn new(values: usize) -> Self {
        Self(Arc::new((0..values).map(|_| AtomicUsize::new(0)).collect()))
    }

    fn value(&self, number: usize) -> Tracked {
        let drops = Arc::clone(&self.0);
        Tracked { number, drops }
    }

    fn count(&self) -> Vec<usize> {
        self.0
            .iter()
            .map(|count| count.load(Ordering::SeqCst))
            .collect()
    }

    fn sum(&self) -> usize {
        self.0
            .iter()
            .map(|count| count.load(Ordering::SeqCst))
            .sum()
    }

    /// Lets the epochs go on until so many values have been dropped. Other tests hold guards as
    /// well, so this may take a while.
    fn wait_for(&self, values: usize) {
        for _ in 0..100_000 {
            if self.sum() >= values {
                return;
            }
            pin().flush();
            thread::yield_now();
        }
        panic!(
            "no guard is held any more, and {values} values should have been dropped by now; \
             yours: {}",
            self.sum()
        );
    }
}

#[test]
fn a_swap_replaces_what_is_loaded() {
    let slot = Slot::new(String::from("old"));
    slot.swap(String::from("new"));
    assert_eq!(
        slot.load(&pin()),
        "new",
        "yours and expected: what was put there last"
    );
    slot.swap(String::from("newest"));
    assert_eq!(
        slot.load(&pin()),
        "newest",
        "yours and expected: what was put there last"
    );
    assert_eq!(format!("{slot:?}"), "Slot(\"newest\")");
}

#[test]
fn what_a_guard_has_seen_lives_as_long_as_the_guard() {
    let drops = Drops::new(3);
    let slot = Slot::new(drops.value(0));
    let guard = pin();
    let seen = slot.load(&guard);
    slot.swap(drops.value(1));
    slot.swap(drops.value(2));
    for _ in 0..100 {
        pin().flush();
    }
    assert_eq!(
        drops.count()[0],
        0,
        "yours and expected: a guard from before the swap is held, and a reference to the \
         value with it"
    );
    assert_eq!(seen.number, 0, "yours and expected: still what it was");
}

#[test]
fn what_nobody_can_see_is_dropped() {
    let drops = Drops::new(2);
    let slot = Slot::new(drops.value(0));
    slot.swap(drops.value(1));
    drops.wait_for(1);
    assert_eq!(
        drops.count(),
        [1, 0],
        "yours and expected: the old value is dropped, the current one is not"
    );
}

#[test]
fn a_thread_that_swaps_and_then_does_nothing_keeps_nothing() {
    let drops = Drops::new(2);
    let slot = Slot::new(drops.value(0));
    thread::scope(|scope| {
        let (done, has_swapped) = mpsc::channel();
        let (go_on, blocked) = mpsc::channel::<()>();
        scope.spawn({
            let (slot, new) = (&slot, drops.value(1));
            move || {
                slot.swap(new);
                let _ = done.send(());
                // Until the other end is gone.
                let _ = blocked.recv();
            }
        });
        if has_swapped.recv().is_ok() {
            drops.wait_for(1);
        }
        drop(go_on);
    });
    assert_eq!(
        drops.count(),
        [1, 0],
        "yours and expected: the old value is dropped by the thread that is awake"
    );
}

#[test]
fn every_value_is_dropped_once() {
    const VALUES: usize = 50;
    let drops = Drops::new(VALUES);
    let slot = Slot::new(drops.value(0));
    (1..VALUES).for_each(|number| slot.swap(drops.value(number)));
    drops.wait_for(VALUES - 1);
    assert_eq!(
        drops.count()[VALUES - 1],
        0,
        "yours and expected: the last one is in the slot"
    );
    drop(slot);
    assert_eq!(
        drops.count(),
        [1; VALUES],
        "yours and expected: each of them once"
    );
}

/// Sets a flag when it goes, also by a panic: nobody must wait for a thread that has failed.
struct SetOnDrop<'a>(&'a AtomicBool);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

#[test]
fn readers_see_whole_values_while_they_are_replaced() {
    let slot = Slot::new(vec![0_u64; 64]);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let swapping = SetOnDrop(&done);
        for _ in 0..2 {
            scope.spawn(|| {
                let mut last = 0;
                while !done.load(Ordering::Acquire) {
                    let guard = pin();
                    let value = slot.load(&guard);
                    let first = value[0];
                    assert!(
                        value.iter().all(|n| *n == first),
                        "a mixture of two values: {value:?}"
                    );
                    assert!(first >= last, "after {last} a reader saw {first} again");
                    last = first;
                }
            });
        }
        for n in 1..2000 {
            slot.swap(vec![n; 64]);
        }
        drop(swapping);
    });
    assert_eq!(
        slot.load(&pin())[0],
        1999,
        "yours and expected: the last one"
    );
}

#[test]
fn swaps_in_four_threads_drop_everything_but_the_last() {
    const THREADS: usize = 4;
    const SWAPS: usize = 20_000;
    const VALUES: usize = THREADS * SWAPS + 1;
    let drops = Drops::new(VALUES);
    let slot = Slot::new(drops.value(0));
    // All begin at once, or the first has finished before the last one starts.
    let start = Barrier::new(THREADS);
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (slot, drops, start) = (&slot, &drops, &start);
            scope.spawn(move || {
                start.wait();
                for n in 0..SWAPS {
                    slot.swap(drops.value(1 + thread * SWAPS + n));
                }
            });
        }
    });
    drops.wait_for(VALUES - 1);
    let in_slot = slot.load(&pin()).number;
    for (number, count) in drops.count().into_iter().enumerate() {
        let expected = usize::from(number != in_slot);
        assert_eq!(
            count, expected,
            "yours and expected: drops of value {number}"
        );
    }
}
