//! Going through entries asks for no memory. This binary counts what is asked for.

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use ferrisdb_core::{Source, Timestamp};
use ferrisdb_merge::{Merge, Visible};

use support::{Entry, Run, RunCursor, Watch, delete, put};

/// The system's allocator, which counts for each thread how often it was asked.
struct Counting;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    COUNT.with(|count| count.set(count.get() + 1));
}

// SAFETY: every call is passed on to the system's allocator as it is; the counter is a plain
// number of this thread, and using it asks for no memory.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promises are those that the system's allocator asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Four runs of 300 versions each: many keys, some of them with several versions.
fn merge() -> Merge<RunCursor> {
    let watch = Watch::default();
    watch.be_quiet();
    let run = |run: u64| -> Vec<Entry> {
        let entry = |n: u64| {
            let key = format!("article-{:04}", n * (run + 1) % 500);
            match n % 5 {
                0 => delete(key, 10 + run),
                _ => put(key, 10 + run, "a value of some length"),
            }
        };
        (0..300).map(entry).collect()
    };
    // The newest first.
    let cursor = |n: u64| Run::new(0, &watch, &run(n)).cursor();
    Merge::new((0..4).rev().map(cursor).collect())
}

/// How often memory is asked for in `work`.
fn asked_for(work: impl FnOnce()) -> usize {
    let before = COUNT.get();
    work();
    COUNT.get() - before
}

/// Goes through everything both ways, and turns round now and then.
fn walk_merge(merge: &mut Merge<RunCursor>) {
    let mut met = 0;
    merge.seek_to_first().expect("nothing is broken");
    while merge.is_valid() {
        met += 1;
        if met % 7 == 0 {
            merge.prev().expect("nothing is broken");
            merge.next().expect("nothing is broken");
        }
        merge.next().expect("nothing is broken");
    }
    merge.seek_to_last().expect("nothing is broken");
    while merge.is_valid() {
        met += 1;
        merge.prev().expect("nothing is broken");
    }
    assert!(
        met > 1000,
        "there are more than a thousand versions to meet"
    );
}

fn walk_visible(visible: &mut Visible<Merge<RunCursor>>) {
    let mut met = 0;
    visible.seek_to_first().expect("nothing is broken");
    while visible.is_valid() {
        met += 1;
        if met % 7 == 0 {
            visible.prev().expect("nothing is broken");
            visible.next().expect("nothing is broken");
        }
        visible.next().expect("nothing is broken");
    }
    visible.seek_to_last().expect("nothing is broken");
    while visible.is_valid() {
        met += 1;
        visible.prev().expect("nothing is broken");
    }
    assert!(met > 300, "there are hundreds of keys to meet");
}

#[test]
fn a_merge_asks_for_no_memory_an_entry() {
    let mut merge = merge();
    let first = asked_for(|| walk_merge(&mut merge));
    assert!(
        first <= 8,
        "buffers may grow a few times; yours asked for memory {first} times in a walk over more \
         than 1,000 versions"
    );
    let second = asked_for(|| walk_merge(&mut merge));
    assert_eq!(
        second, 0,
        "once the buffers have grown, nothing is asked for"
    );
}

#[test]
fn a_reader_asks_for_no_memory_an_entry() {
    let mut visible = Visible::new(merge(), Timestamp(12));
    let first = asked_for(|| walk_visible(&mut visible));
    assert!(
        first <= 12,
        "buffers may grow a few times; yours asked for memory {first} times in a walk over \
         hundreds of keys"
    );
    let second = asked_for(|| walk_visible(&mut visible));
    assert_eq!(
        second, 0,
        "once the buffers have grown, nothing is asked for"
    );
}
