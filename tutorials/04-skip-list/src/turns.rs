//! Two threads that take turns, one step each, so that every run counts the same.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread;

#[derive(Debug, Default)]
struct Turns {
    whose: AtomicUsize,
    is_one_done: AtomicBool,
}

/// One of two threads, and how many steps it has taken.
#[derive(Debug)]
pub struct Till<'a> {
    turns: &'a Turns,
    number: usize,
    worked: usize,
    waited: usize,
}

impl Till<'_> {
    /// Does a step of work.
    pub fn work(&mut self) {
        self.worked += 1;
        self.pass_on();
    }

    /// Tries to get a lock, a step each time, until it has it.
    pub fn lock<T>(&mut self, mut try_lock: impl FnMut() -> Option<T>) -> T {
        loop {
            if let Some(locked) = try_lock() {
                return locked;
            }
            self.waited += 1;
            self.pass_on();
        }
    }

    fn pass_on(&self) {
        if !self.turns.is_one_done.load(SeqCst) {
            self.turns.whose.store(1 - self.number, SeqCst);
            self.await_turn();
        }
    }

    fn await_turn(&self) {
        while self.turns.whose.load(SeqCst) != self.number {
            thread::yield_now();
        }
    }
}

/// Runs two threads in turn. Returns how many steps they worked and waited, both together.
pub fn run(tills: [&(dyn Fn(&mut Till<'_>) + Sync); 2]) -> (usize, usize) {
    let turns = &Turns::default();
    let run = |number: usize| {
        let (worked, waited) = (0, 0);
        let mut till = Till {
            turns,
            number,
            worked,
            waited,
        };
        till.await_turn();
        tills[number](&mut till);
        turns.is_one_done.store(true, SeqCst);
        turns.whose.store(1 - number, SeqCst);
        (till.worked, till.waited)
    };
    thread::scope(|scope| {
        let other = scope.spawn(|| run(1));
        let (worked, waited) = run(0);
        let (other_worked, other_waited) = other.join().expect("a till does not panic");
        (worked + other_worked, waited + other_waited)
    })
}
