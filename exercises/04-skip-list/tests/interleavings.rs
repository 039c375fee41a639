//! Small histories, in every order in which threads can interleave.
//!
//! These tests are part of the crate, since only the crate itself can be built with loom's
//! atomics (see `sync.rs`). Each body runs again and again until loom has tried the orders that
//! can make a difference: switches between threads, and for each read every value that its
//! ordering allows. Readers are spawned, and the thread that spawns them writes: loom lets that
//! one go first, and looks for a read that comes earlier once it has seen the write.

use std::sync::Arc;

use ferrisdb_core::{InternalKey, Operation, Timestamp};
use loom::sync::atomic::{AtomicBool, Ordering, fence};
use loom::thread;

use crate::arena::Arena;
use crate::height::{HEIGHT_MAX, height};
use crate::node::{HEAD_SIZE, Link, Node, node_size, prefix};
use crate::search::Target;
use crate::{Error, SkipList};

fn put(user_key: &str) -> InternalKey<'_> {
    InternalKey {
        user_key: user_key.as_bytes(),
        timestamp: Timestamp(1),
        operation: Operation::Put,
    }
}

/// A seed that gives these keys towers of these heights.
fn seed_for(towers: &[(&str, usize)]) -> u64 {
    let fits = |seed: &u64| {
        let mut towers = towers.iter();
        towers.all(|&(key, levels)| height(*seed, &put(key)) == levels)
    };
    (0..1_000_000)
        .find(fits)
        .expect("every combination of heights has its seed")
}

/// A list with room for a few nodes, in which these keys get towers of these heights.
fn list_with(towers: &[(&str, usize)]) -> Arc<SkipList> {
    list_of(towers, 4096)
}

fn list_of(towers: &[(&str, usize)], capacity: usize) -> Arc<SkipList> {
    let list = SkipList::new(capacity, seed_for(towers)).expect("so little memory is there");
    Arc::new(list)
}

/// Every value in these tests is its key, twice.
fn insert(list: &SkipList, key: &str) -> Result<(), Error> {
    list.insert(put(key), key.repeat(2).as_bytes())
}

/// The same in another thread.
fn spawn_insert(list: &Arc<SkipList>, key: &'static str) -> thread::JoinHandle<()> {
    let list = Arc::clone(list);
    thread::spawn(move || insert(&list, key).expect("there is room"))
}

fn join<T>(handle: thread::JoinHandle<T>) -> T {
    handle.join().expect("the other thread did not panic")
}

/// The key of a node, which must be whole.
fn key_of(node: Node<'_>) -> String {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let (key, value) = (text(node.key().user_key), text(node.value()));
    assert_eq!(
        value,
        key.repeat(2),
        "yours and expected: the value of {key:?} is whole when a reader comes to it"
    );
    key
}

/// The keys on a level, from the head on. Each node must be whole.
fn keys_on(list: &SkipList, level: usize) -> Vec<String> {
    let mut keys = Vec::new();
    let mut node = list.head();
    while let Some(next) = list.follow(node.next(level)) {
        keys.push(key_of(next));
        node = next;
    }
    keys
}

/// When all threads are done, the list must hold these keys, and each level its part of them.
fn assert_holds(list: &SkipList, expected: &[&str]) {
    for level in 0..HEIGHT_MAX {
        let high = |key: &&&str| height(list.seed(), &put(key)) > level;
        let expected: Vec<&str> = expected.iter().filter(high).copied().collect();
        assert_eq!(
            keys_on(list, level),
            expected,
            "yours and expected: all threads are done, and level {level} holds in order every \
             key whose tower is that high"
        );
    }
    assert_eq!(list.len(), expected.len(), "yours and expected: the length");
}

/// As [`loom::model`], for histories that have too many orders to try all of them: those in
/// which threads are interrupted at most twice. Loom's authors found that few bugs need more.
fn model_of_few_interruptions(test: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(2);
    builder.check(test);
}

// The pieces, one by one.

#[test]
fn two_threads_never_get_the_same_bytes() {
    loom::model(|| {
        let arena = Arc::new(Arena::new(64).expect("64 bytes are there"));
        let take = |arena: &Arena, size| {
            let room = arena.allocate(size).expect("both fit");
            let start = room.into_start().addr().get() - arena.start().addr().get();
            (start, start + size)
        };
        let other = {
            let arena = Arc::clone(&arena);
            thread::spawn(move || take(&arena, 24))
        };
        let mut rooms = [take(&arena, 16), join(other)];
        rooms.sort_unstable();
        assert!(
            rooms[0].1 <= rooms[1].0,
            "two threads were given overlapping bytes: {rooms:?}. Between reading `used` and \
             writing it, another thread can have moved it"
        );
        assert_eq!(arena.used(), 40, "yours and expected: both are counted");
    });
}

#[test]
fn of_two_rooms_that_do_not_both_fit_one_is_refused() {
    loom::model(|| {
        let arena = Arc::new(Arena::new(32).expect("32 bytes are there"));
        let other = {
            let arena = Arc::clone(&arena);
            thread::spawn(move || arena.allocate(24).is_ok())
        };
        let mine = arena.allocate(24).is_ok();
        assert!(
            mine ^ join(other),
            "32 bytes are room for one of two nodes of 24 bytes, in whatever order they come"
        );
        assert_eq!(
            arena.used(),
            24,
            "yours and expected: what was refused is not counted"
        );
    });
}

#[test]
fn a_request_that_is_refused_stands_in_nobodys_way() {
    loom::model(|| {
        let arena = Arc::new(Arena::new(32).expect("32 bytes are there"));
        let other = {
            let arena = Arc::clone(&arena);
            thread::spawn(move || arena.allocate(40).is_ok())
        };
        let mine = arena.allocate(32).is_ok();
        assert!(
            mine,
            "32 bytes fit into 32, although another thread has asked for 40 at the same time. \
             It is refused, so `used` must never have moved because of it, not even for a moment"
        );
        assert!(!join(other), "40 bytes do not fit into 32");
    });
}

/// An arena with a head.
fn arena_with_head() -> Arc<Arena> {
    let arena = Arena::new(4096).expect("4 KiB are there");
    let head = arena.allocate(HEAD_SIZE).expect("there is room");
    Node::write(head, put(""), b"", &[Link::END; HEIGHT_MAX]);
    Arc::new(arena)
}

/// The link that leads to the first node behind the head, before there is one.
fn link_to_first(key: &str) -> Link {
    let twin = arena_with_head();
    let node = node(&twin, key, Link::END);
    node.link(&twin, prefix(key.as_bytes()))
}

/// A node of one level, not linked yet.
fn node<'a>(arena: &'a Arena, key: &str, next: Link) -> Node<'a> {
    let value = key.repeat(2);
    let room = arena.allocate(node_size(1, key.len(), value.len()));
    let room = room.expect("there is room");
    Node::write(room, put(key), value.as_bytes(), &[next])
}

#[test]
fn of_two_threads_that_replace_a_link_one_succeeds() {
    loom::model(|| {
        let arena = arena_with_head();
        let link = |key: &str, arena: &Arena| {
            let node = node(arena, key, Link::END);
            node.link(arena, prefix(key.as_bytes()))
        };
        let other = {
            let arena = Arc::clone(&arena);
            thread::spawn(move || Node::head(&arena).replace_next(0, Link::END, link("b", &arena)))
        };
        let mine = Node::head(&arena).replace_next(0, Link::END, link("c", &arena));
        assert!(
            mine ^ join(other),
            "two threads have both seen the end of the list behind the head. Only one may put \
             its node there; if both believe that they did, one node is lost"
        );
    });
}

#[test]
fn a_link_carries_what_was_written_before_it() {
    loom::model(|| {
        let arena = arena_with_head();
        let to_b = link_to_first("b");
        let reader = {
            let arena = Arc::clone(&arena);
            thread::spawn(move || {
                // Takes the link out again. If that succeeds, b was there.
                if Node::head(&arena).replace_next(0, to_b, Link::END) {
                    // The half of the reader, which `replace_next` has not.
                    fence(Ordering::Acquire);
                    // SAFETY: b was linked, and the fence acquires.
                    let b = unsafe { Node::at(&arena, to_b) };
                    b.map(key_of);
                }
            })
        };
        let b = node(&arena, "b", Link::END);
        let link = b.link(&arena, prefix(b"b"));
        assert!(Node::head(&arena).replace_next(0, Link::END, link));
        join(reader);
    });
}

#[test]
fn whoever_reads_a_link_may_read_the_node() {
    loom::model(|| {
        let arena = arena_with_head();
        let reader = {
            let arena = Arc::clone(&arena);
            thread::spawn(move || {
                let link = Node::head(&arena).next(0);
                // SAFETY: the link comes from `next`.
                unsafe { Node::at(&arena, link) }.map(key_of)
            })
        };
        let b = node(&arena, "b", Link::END);
        // The half of the writer, so that this test is about the one of the reader.
        fence(Ordering::Release);
        let link = b.link(&arena, prefix(b"b"));
        assert!(Node::head(&arena).replace_next(0, Link::END, link));
        let read = join(reader);
        assert!(
            read.is_none() || read.as_deref() == Some("b"),
            "the reader read {read:?}"
        );
    });
}

#[test]
fn what_a_second_thread_passes_on_may_be_read_too() {
    loom::model(|| {
        let arena = arena_with_head();
        // Sees c, and puts b before it.
        let second = {
            let arena = Arc::clone(&arena);
            thread::spawn(move || {
                let head = Node::head(&arena);
                let link = head.next(0);
                if link != Link::END {
                    let b = node(&arena, "b", link);
                    head.replace_next(0, link, b.link(&arena, prefix(b"b")));
                }
            })
        };
        // Comes by b to c, and has never met the thread that wrote c.
        let reader = {
            let arena = Arc::clone(&arena);
            thread::spawn(move || {
                let mut at = Node::head(&arena);
                // SAFETY: the link comes from `next`.
                while let Some(next) = unsafe { Node::at(&arena, at.next(0)) } {
                    key_of(next);
                    at = next;
                }
            })
        };
        let c = node(&arena, "c", Link::END);
        let link = c.link(&arena, prefix(b"c"));
        assert!(Node::head(&arena).replace_next(0, Link::END, link));
        join(second);
        join(reader);
    });
}

#[test]
fn a_link_that_is_known_is_not_followed() {
    loom::model(|| {
        let list = Arc::new(SkipList::new(4096, 4).expect("4 KiB are there"));
        let known = link_to_first("b");
        let is_written = Arc::new(AtomicBool::new(false));
        let writer = {
            let (list, is_written) = (Arc::clone(&list), Arc::clone(&is_written));
            thread::spawn(move || {
                node(&list.arena, "b", Link::END);
                is_written.store(true, Ordering::Relaxed);
            })
        };
        // That b is written is told `Relaxed`, so whoever reads b is found out.
        if is_written.load(Ordering::Relaxed) {
            assert!(list.head().replace_next(0, Link::END, known));
            let (before, link) = list.walk(list.head(), 0, &Target::new(put("b")), known);
            assert!(
                before == list.head() && link == known,
                "the level above has found out that the link behind the head does not lead \
                 before the target, so the walk ends there"
            );
        }
        join(writer);
    });
}

// The list.

#[test]
fn two_writers_in_the_same_place_both_get_in() {
    let towers = [("b", 1), ("c", 1)];
    loom::model(move || {
        let list = list_with(&towers);
        let writer = spawn_insert(&list, "b");
        insert(&list, "c").expect("there is room");
        join(writer);
        assert_holds(&list, &["b", "c"]);
    });
}

#[test]
fn two_writers_in_the_same_place_both_get_in_on_both_levels() {
    let towers = [("b", 2), ("c", 2)];
    loom::model(move || {
        let list = list_with(&towers);
        let writer = spawn_insert(&list, "b");
        insert(&list, "c").expect("there is room");
        join(writer);
        assert_holds(&list, &["b", "c"]);
    });
}

#[test]
fn a_writer_goes_on_behind_what_others_put_in_its_way() {
    let towers = [("a", 1), ("b", 1), ("c", 1), ("d", 1)];
    model_of_few_interruptions(move || {
        let list = list_with(&towers);
        insert(&list, "a").expect("there is room");
        let writer = {
            let list = Arc::clone(&list);
            thread::spawn(move || {
                insert(&list, "b").expect("there is room");
                insert(&list, "c").expect("there is room");
            })
        };
        insert(&list, "d").expect("there is room");
        join(writer);
        assert_holds(&list, &["a", "b", "c", "d"]);
    });
}

#[test]
fn two_writers_and_a_reader_on_two_levels() {
    let towers = [("b", 2), ("c", 2)];
    model_of_few_interruptions(move || {
        let list = list_with(&towers);
        let writer = spawn_insert(&list, "b");
        let reader = {
            let list = Arc::clone(&list);
            thread::spawn(move || keys_on(&list, 0))
        };
        insert(&list, "c").expect("there is room");
        join(writer);
        let seen = join(reader);
        assert!(
            seen.is_sorted() && seen.iter().all(|key| key == "b" || key == "c"),
            "a reader saw {seen:?} while b and c were inserted"
        );
        assert_holds(&list, &["b", "c"]);
    });
}

#[test]
fn a_level_has_nothing_that_the_level_below_has_not() {
    let towers = [("b", 2)];
    loom::model(move || {
        let list = list_with(&towers);
        let reader = {
            let list = Arc::clone(&list);
            thread::spawn(move || [1, 0].map(|level| keys_on(&list, level).len()))
        };
        insert(&list, "b").expect("there is room");
        let seen = join(reader);
        assert!(
            seen.is_sorted(),
            "a reader looked at level 1 and then at level 0, and saw {seen:?} nodes. A node \
             is linked from the lowest level up, so whoever has seen it on a level sees it on \
             every lower one"
        );
    });
}

#[test]
fn a_tower_that_is_not_linked_yet_may_be_looked_up() {
    let towers = [("a", 1), ("b", 2), ("c", 2)];
    model_of_few_interruptions(move || {
        let list = list_with(&towers);
        insert(&list, "a").expect("there is room");
        let writer = spawn_insert(&list, "c");
        // Its cursor comes to b on level 0, and reads ahead on level 1, where b may have met c.
        let reader = {
            let list = Arc::clone(&list);
            thread::spawn(move || {
                let mut cursor = list.cursor();
                cursor.seek_to_first();
                while cursor.is_valid() {
                    cursor.next();
                }
            })
        };
        insert(&list, "b").expect("there is room");
        join(writer);
        join(reader);
    });
}

#[test]
fn what_was_there_is_never_out_of_sight() {
    let towers = [("a", 1), ("b", 2), ("c", 1)];
    loom::model(move || {
        let list = list_with(&towers);
        insert(&list, "a").expect("there is room");
        insert(&list, "c").expect("there is room");
        let reader = {
            let list = Arc::clone(&list);
            thread::spawn(move || keys_on(&list, 0))
        };
        insert(&list, "b").expect("there is room");
        let seen = join(reader);
        let (a, c) = ("a".to_owned(), "c".to_owned());
        assert!(
            seen.contains(&a) && seen.contains(&c),
            "a and c had been in the list before b was inserted, and a reader saw {seen:?}. A \
             node that can be reached must lead on already"
        );
    });
}

#[test]
fn a_node_leads_on_before_its_second_try() {
    let towers = [("b", 1), ("c", 1)];
    loom::model(move || {
        let list = list_with(&towers);
        let writer = {
            let list = Arc::clone(&list);
            thread::spawn(move || {
                insert(&list, "c").expect("there is room");
                list.get(put("c")).is_some()
            })
        };
        insert(&list, "b").expect("there is room");
        assert!(
            join(writer),
            "the insert of c had returned, and the same thread did not find c. When the first \
             try of b fails because of c, b must lead to c before it is tried again; after it, c \
             is out of sight for a moment"
        );
    });
}

#[test]
fn what_an_insert_has_returned_is_found() {
    let towers = [("b", 2), ("c", 2)];
    loom::model(move || {
        let list = list_with(&towers);
        let returned = Arc::new(AtomicBool::new(false));
        let reader = {
            let (list, returned) = (Arc::clone(&list), Arc::clone(&returned));
            thread::spawn(move || {
                // Whoever has heard of it finds it, however early that is.
                let heard = returned.load(Ordering::Acquire);
                heard <= list.get(put("b")).is_some()
            })
        };
        insert(&list, "b").expect("there is room");
        returned.store(true, Ordering::Release);
        insert(&list, "c").expect("there is room");
        assert!(
            join(reader),
            "the insert of b had returned, and a reader that knew it did not find b"
        );
    });
}

#[test]
fn of_two_equal_versions_one_gets_in() {
    let towers = [("b", 2)];
    loom::model(move || {
        let list = list_with(&towers);
        let other = {
            let list = Arc::clone(&list);
            thread::spawn(move || insert(&list, "b").is_ok())
        };
        let mine = insert(&list, "b").is_ok();
        assert!(
            mine ^ join(other),
            "two threads inserted the same version, and exactly one must have been told that \
             it is in the list"
        );
        assert_holds(&list, &["b"]);
    });
}

#[test]
fn of_two_that_do_not_both_fit_one_is_refused_and_leaves_no_trace() {
    let towers = [("b", 1), ("c", 1)];
    loom::model(move || {
        let capacity = node_size(1, 1, 2);
        let list = list_of(&towers, capacity);
        let other = {
            let list = Arc::clone(&list);
            thread::spawn(move || insert(&list, "b").is_ok())
        };
        let mine = insert(&list, "c").is_ok();
        let others = join(other);
        assert!(mine ^ others, "there is room for one of two, in any order");
        assert_holds(&list, if mine { &["c"] } else { &["b"] });
        assert_eq!(
            list.memory_used(),
            capacity,
            "yours and expected: the bytes of the one"
        );
    });
}

#[test]
fn a_batch_finds_its_place_while_another_thread_writes_there() {
    let towers = [("a", 1), ("b", 2), ("c", 2)];
    model_of_few_interruptions(move || {
        let list = list_with(&towers);
        let writer = spawn_insert(&list, "b");
        let mut batch = list.reserve(1000).expect("there is room");
        for key in ["a", "c"] {
            let value = key.repeat(2);
            let inserted = batch.insert(put(key), value.as_bytes());
            inserted.expect("it has room");
        }
        drop(batch);
        join(writer);
        assert_holds(&list, &["a", "b", "c"]);
    });
}

#[test]
fn a_room_is_given_back_only_if_nobody_has_taken_the_next_one() {
    let towers = [("b", 1)];
    model_of_few_interruptions(move || {
        let list = list_with(&towers);
        let writer = spawn_insert(&list, "b");
        drop(list.reserve(64).expect("there is room"));
        let mut batch = list.reserve(64).expect("there is room");
        batch.insert(put("c"), b"cc").expect("it has room");
        join(writer);
        let keys = keys_on(&list, 0);
        assert_eq!(keys, ["b", "c"], "yours and expected: two nodes apart");
    });
}
