//! The pieces of the list, one by one, in a single thread.
//!
//! Like the interleavings these tests are part of the crate, whose atomics are loom's here. That
//! is why each of them is a model, of which there is only one execution.

use ferrisdb_core::{InternalKey, Operation, Timestamp};

use crate::arena::Arena;
use crate::height::{HEIGHT_MAX, height};
use crate::node::{HEAD_SIZE, Link, Node, node_size, prefix};
use crate::search::{Splice, Target};
use crate::{Error, SkipList};

fn put(user_key: &[u8], timestamp: u64) -> InternalKey<'_> {
    InternalKey {
        user_key,
        timestamp: Timestamp(timestamp),
        operation: Operation::Put,
    }
}

fn in_one_thread(test: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.max_branches = 10_000;
    builder.check(test);
}

fn arena(size: usize) -> Arena {
    Arena::new(size).expect("so little memory is there")
}

// Arena::allocate

#[test]
fn rooms_follow_one_another() {
    in_one_thread(|| {
        let arena = arena(256);
        let mut expected = 0;
        for size in [8, 24, 64, 16] {
            let room = arena.allocate(size).expect("they fit");
            assert_eq!(room.size(), size, "yours and expected: a room's size");
            let start = room.into_start().addr().get() - arena.start().addr().get();
            assert_eq!(
                start, expected,
                "yours and expected: a room starts where the one before ended"
            );
            expected += size;
            assert_eq!(arena.used(), expected, "yours and expected: bytes in use");
        }
    });
}

#[test]
fn a_room_has_whole_units() {
    in_one_thread(|| {
        let arena = arena(256);
        for (size, rounded) in [(0, 0), (1, 8), (7, 8), (8, 8), (9, 16), (17, 24)] {
            let before = arena.used();
            let room = arena.allocate(size).expect("they fit");
            let yours = (room.size(), arena.used() - before);
            assert_eq!(
                yours,
                (rounded, rounded),
                "yours and expected: nodes are numbered in units of 8 bytes, so a room for \
                 {size} bytes takes {rounded}"
            );
        }
    });
}

#[test]
fn a_room_is_split_into_a_front_and_the_rest() {
    in_one_thread(|| {
        let arena = arena(64);
        let mut room = arena.allocate(40).expect("it fits");
        let front = room.split(16).expect("it has so many");
        let yours = (front.size(), room.size());
        assert_eq!(yours, (16, 24), "yours and expected: 16 of 40 bytes");
        assert!(room.split(32).is_none(), "24 are left");
    });
}

#[test]
fn what_does_not_fit_is_refused_and_leaves_room_for_less() {
    in_one_thread(|| {
        let arena = arena(64);
        arena.allocate(24).expect("it fits");
        for size in [48, 45] {
            let error = arena.allocate(size).expect_err("40 bytes are left");
            assert!(
                matches!(error, Error::Full { needed, left: 40 } if needed == size),
                "expected {size} needed, which is what was asked for, and 40 left: {error:?}"
            );
        }
        assert_eq!(
            arena.used(),
            24,
            "yours and expected: what was refused is not counted"
        );
        arena.allocate(40).expect("exactly what is left fits");
        assert_eq!(arena.used(), 64, "yours and expected: all is in use");
        let error = arena.allocate(1).expect_err("nothing is left");
        assert!(matches!(error, Error::Full { left: 0, .. }), "{error:?}");
    });
}

#[test]
fn a_size_beyond_all_numbers_is_refused() {
    in_one_thread(|| {
        let arena = arena(64);
        arena.allocate(8).expect("it fits");
        for size in [usize::MAX, usize::MAX - 7, usize::MAX / 2, 65, 57] {
            let result = arena.allocate(size);
            assert!(
                matches!(result, Err(Error::Full { left: 56, .. })),
                "{size} bytes do not fit into 56: {result:?}"
            );
        }
    });
}

// Node::replace_next, Node::next

/// Nodes of two levels with these keys, none of which is linked.
fn nodes<'a, const N: usize>(arena: &'a Arena, keys: [&str; N]) -> [Node<'a>; N] {
    keys.map(|key| {
        let room = arena.allocate(node_size(2, key.len(), 0));
        let room = room.expect("there is room");
        Node::write(room, put(key.as_bytes(), 1), b"", &[Link::END; 2])
    })
}

/// An arena whose first bytes are not a node's, since no link may lead to number 0.
fn arena_for_nodes() -> Arena {
    let arena = arena(4096);
    arena.allocate(HEAD_SIZE).expect("there is room");
    arena
}

#[test]
fn a_link_is_replaced_only_if_it_is_the_one_expected() {
    in_one_thread(|| {
        let arena = arena_for_nodes();
        let [a, b, c] = nodes(&arena, ["a", "b", "c"]);
        let (to_b, to_c) = (b.link(&arena, 2), c.link(&arena, 3));
        assert!(
            !a.replace_next(0, to_b, to_c),
            "a's link was the end and not b: `false`, nothing replaced"
        );
        assert!(
            a.replace_next(0, Link::END, to_b),
            "a's link was the end, as expected: `true`"
        );
        assert!(
            !a.replace_next(0, Link::END, to_c),
            "now it leads to b, so whoever still expects the end is told `false`"
        );
        assert!(
            a.replace_next(0, to_b, to_c),
            "it still led to b, so what was refused before has changed nothing"
        );
        assert!(
            !a.replace_next(1, to_c, to_b),
            "level 1 has a link of its own, which is the end"
        );
    });
}

#[test]
fn next_is_the_link_of_its_level() {
    in_one_thread(|| {
        let arena = arena_for_nodes();
        let [a, b, c] = nodes(&arena, ["a", "b", "c"]);
        let (to_b, to_c) = (b.link(&arena, 2), c.link(&arena, 3));
        assert_eq!(
            a.next(0),
            Link::END,
            "yours and expected: nothing is linked"
        );
        assert!(a.replace_next(0, Link::END, to_b));
        assert!(a.replace_next(1, Link::END, to_c));
        assert_eq!(
            (a.next(0), a.next(1)),
            (to_b, to_c),
            "yours and expected: b on level 0, c on level 1"
        );
        assert_eq!((b.next(0), c.next(1)), (Link::END, Link::END));
    });
}

// SkipList::leads_before

const SEED: u64 = 4;

/// Puts nodes with these keys, which are in order, into an empty list by hand: each of them
/// with a tower of this height, before those that are there.
fn list_of(entries: &[(InternalKey<'_>, usize)]) -> SkipList {
    let list = SkipList::new(4096, SEED).expect("4 KiB are there");
    for (key, height) in entries.iter().rev() {
        let head = list.head();
        let tower: Vec<Link> = (0..*height).map(|level| head.next(level)).collect();
        let room = list
            .arena
            .allocate(node_size(*height, key.user_key.len(), 0));
        let room = room.expect("there is room");
        let node = Node::write(room, *key, b"", &tower);
        for (level, &link) in tower.iter().enumerate() {
            let to_node = node.link(&list.arena, prefix(key.user_key));
            assert!(head.replace_next(level, link, to_node));
        }
    }
    list
}

/// The link from the head on the lowest level.
fn first(list: &SkipList) -> Link {
    list.head().next(0)
}

#[test]
fn a_link_leads_before_a_greater_key() {
    let keys: [&[u8]; 12] = [
        b"",
        b"\0",
        b"\0\0\0\0\0",
        b"a",
        b"a\0",
        b"ab",
        b"abcd",
        b"abcd\0",
        b"abcde",
        b"abcdf",
        b"b",
        b"\xff\xff\xff\xff\xff",
    ];
    in_one_thread(move || {
        for (i, key) in keys.iter().enumerate() {
            let list = list_of(&[(put(key, 5), 1)]);
            for (j, other) in keys.iter().enumerate() {
                let target = Target::new(put(other, 5));
                assert_eq!(
                    list.leads_before(first(&list), &target),
                    i < j,
                    "yours and expected: whether {key:?} is before {other:?}"
                );
            }
        }
    });
}

#[test]
fn a_link_leads_before_an_older_version() {
    in_one_thread(|| {
        let list = list_of(&[(put(b"apple", 5), 1)]);
        for (timestamp, expected) in [(6, false), (5, false), (4, true), (0, true)] {
            let target = Target::new(put(b"apple", timestamp));
            assert_eq!(
                list.leads_before(first(&list), &target),
                expected,
                "yours and expected: newer versions come first, so apple @5 is before \
                 apple @{timestamp}?"
            );
        }
        for (in_list, asked) in [
            (Operation::Put, Operation::Delete),
            (Operation::Delete, Operation::Put),
        ] {
            let of = |operation| InternalKey {
                operation,
                ..put(b"apple", 5)
            };
            let list = list_of(&[(of(in_list), 1)]);
            assert!(
                !list.leads_before(first(&list), &Target::new(of(asked))),
                "a {in_list:?} of apple @5 is not before a {asked:?} of apple @5: key and \
                 timestamp are the same, and the operation plays no part"
            );
        }
    });
}

#[test]
fn the_end_is_before_nothing() {
    in_one_thread(|| {
        let list = list_of(&[]);
        for key in [&b""[..], b"\0\0\0\0", b"zz", b"\xff\xff\xff\xff\xff"] {
            assert!(
                !list.leads_before(Link::END, &Target::new(put(key, 1))),
                "there is nothing at the end of a level, so nothing is before {key:?}"
            );
        }
    });
}

#[test]
fn a_node_is_not_looked_at_if_the_prefixes_differ() {
    in_one_thread(|| {
        let list = list_of(&[(put(b"mmmm", 5), 1)]);
        let node = list.follow(first(&list)).expect("there is one");
        // Links that lie about the key show whether anybody compares it.
        for (claimed, expected) in [(b"aaaa", true), (b"zzzz", false)] {
            let link = node.link(&list.arena, prefix(claimed));
            for target in [b"kkkk", b"pppp"] {
                assert_eq!(
                    list.leads_before(link, &Target::new(put(target, 5))),
                    expected,
                    "yours and expected: the prefix in the link is {claimed:?}, the target \
                     {target:?}; that is enough to know, and the node need not be loaded"
                );
            }
        }
    });
}

// SkipList::walk

fn fruits() -> SkipList {
    list_of(&[
        (put(b"apple", 1), 1),
        (put(b"banana", 2), 2),
        (put(b"banana", 1), 1),
        (put(b"cherry", 1), 1),
        (put(b"date", 1), 1),
        (put(b"elder", 1), 2),
    ])
}

/// A node as text, the head as `head`.
fn show(list: &SkipList, node: Node<'_>) -> String {
    if node == list.head() {
        return "head".into();
    }
    let key = node.key();
    format!(
        "{} {}",
        String::from_utf8_lossy(key.user_key),
        key.timestamp
    )
}

fn show_link(list: &SkipList, link: Link) -> String {
    list.follow(link)
        .map_or("end".into(), |node| show(list, node))
}

#[test]
fn a_walk_ends_at_the_last_node_before_the_target() {
    let cases: [(&[u8], u64, usize, &str, &str); 10] = [
        (b"aa", 1, 0, "head", "apple @1"),
        (b"apple", 1, 0, "head", "apple @1"),
        (b"apple", 0, 0, "apple @1", "banana @2"),
        (b"banana", 1, 0, "banana @2", "banana @1"),
        (b"coconut", 1, 0, "cherry @1", "date @1"),
        (b"zebra", 1, 0, "elder @1", "end"),
        (b"aa", 1, 1, "head", "banana @2"),
        (b"banana", 2, 1, "head", "banana @2"),
        (b"coconut", 1, 1, "banana @2", "elder @1"),
        (b"zebra", 1, 1, "elder @1", "end"),
    ];
    in_one_thread(move || {
        let list = fruits();
        for (key, timestamp, level, before, after) in cases {
            let target = Target::new(put(key, timestamp));
            let (node, link) = list.walk(list.head(), level, &target, Link::END);
            assert_eq!(
                (show(&list, node).as_str(), show_link(&list, link).as_str()),
                (before, after),
                "yours and expected: a walk along level {level} to {} @{timestamp}",
                String::from_utf8_lossy(key)
            );
        }
    });
}

#[test]
fn a_walk_may_begin_anywhere_before_the_target() {
    in_one_thread(|| {
        let list = fruits();
        let target = Target::new(put(b"coconut", 1));
        let mut start = list.head();
        loop {
            let (node, link) = list.walk(start, 0, &target, Link::END);
            let found = (show(&list, node), show_link(&list, link));
            assert_eq!(
                found,
                ("cherry @1".into(), "date @1".into()),
                "yours and expected: a walk from {}",
                show(&list, start)
            );
            if start == node {
                break;
            }
            start = list.follow(start.next(0)).expect("it ends before that");
        }
    });
}

#[test]
fn a_walk_goes_on_from_where_it_is_told() {
    in_one_thread(|| {
        let list = fruits();
        let date = list.search(&Target::new(put(b"date", 1))).1;
        let date = date.expect("date is there");
        let to_date = date.link(&list.arena, prefix(b"date"));
        // A node that leads into the list, and to which nothing leads.
        let room = list.arena.allocate(node_size(1, 4, 0));
        let room = room.expect("there is room");
        let aside = Node::write(room, put(b"bean", 1), b"", &[to_date]);
        let (node, link) = list.walk(aside, 0, &Target::new(put(b"coconut", 1)), Link::END);
        assert_eq!(
            (show(&list, node).as_str(), show_link(&list, link).as_str()),
            ("bean @1", "date @1"),
            "yours and expected: bean is not in the list, but date is right behind it, and the \
             walk is to begin at bean and not at the head"
        );
    });
}

#[test]
fn a_walk_ends_at_the_link_that_is_known() {
    in_one_thread(|| {
        let list = fruits();
        // From the level above it would be known that cherry is not before the target.
        let cherry = Target::new(put(b"cherry", 0));
        let (cherry, _) = list.walk(list.head(), 0, &cherry, Link::END);
        let known = cherry.link(&list.arena, prefix(b"cherry"));
        let target = Target::new(put(b"zebra", 1));
        let (node, link) = list.walk(list.head(), 0, &target, known);
        assert_eq!(
            (show(&list, node), link),
            ("banana @1".into(), known),
            "yours and expected: what the level above has found out is not asked again"
        );
    });
}

#[test]
fn a_search_finds_both_neighbours_of_every_place() {
    in_one_thread(|| {
        let list = fruits();
        let mut expected = list.head();
        while let Some(node) = list.follow(expected.next(0)) {
            let (before, after) = list.search(&Target::new(node.key()));
            assert_eq!(
                (show(&list, before), after.map(|after| show(&list, after))),
                (show(&list, expected), Some(show(&list, node))),
                "yours and expected: around {}",
                show(&list, node)
            );
            expected = node;
        }
    });
}

// SkipList::link

/// Finds the place of d between a and g. Another thread puts a key there too, and then d is
/// linked where the splice says. Returns all keys from the first to the last.
fn overtaken_by(key: &str) -> Vec<String> {
    let list = list_of(&[(put(b"a", 1), 1), (put(b"g", 1), 1)]);
    let mut splice = Splice::new(list.head());
    let target = Target::new(put(b"d", 1));
    list.find(&mut splice, HEIGHT_MAX, &target);
    list.insert(put(key.as_bytes(), 1), b"")
        .expect("there is room");
    list.link(&mut splice, &target, b"", |size| list.arena.allocate(size))
        .expect("there is room");
    let mut keys = Vec::new();
    let mut node = list.head();
    while let Some(next) = list.follow(node.next(0)) {
        keys.push(String::from_utf8_lossy(next.key().user_key).into_owned());
        node = next;
    }
    keys
}

#[test]
fn what_was_faster_may_belong_before() {
    in_one_thread(|| {
        assert_eq!(
            overtaken_by("c"),
            ["a", "c", "d", "g"],
            "yours and expected: d's place was behind a, and then c came there. The first try \
             fails, and d's place is now behind c"
        );
    });
}

#[test]
fn what_was_faster_may_belong_behind() {
    in_one_thread(|| {
        assert_eq!(
            overtaken_by("e"),
            ["a", "d", "e", "g"],
            "yours and expected: d's place was before g, and then e came there. The first try \
             fails, and d leads to e now"
        );
    });
}

/// The first key of one letter behind a whose tower has this many levels.
fn key_of_height(levels: usize) -> String {
    let keys = ('b'..='y').map(String::from);
    let mut keys = keys.filter(|key| height(SEED, &put(key.as_bytes(), 1)) == levels);
    keys.next().expect("one of them is that high")
}

/// Puts a key with a tower of so many levels between a and z. Returns the key, and of each level
/// of the splice the node and the key to which the link leads.
fn splice_after(levels: usize) -> (String, Vec<(String, String)>) {
    let list = list_of(&[(put(b"a", 1), 2), (put(b"z", 1), 2)]);
    let mut splice = Splice::new(list.head());
    let key = key_of_height(levels);
    let target = Target::new(put(key.as_bytes(), 1));
    list.find(&mut splice, HEIGHT_MAX, &target);
    list.link(&mut splice, &target, b"", |size| list.arena.allocate(size))
        .expect("there is room");
    let places = splice.before.iter().zip(&splice.after);
    let places = places.map(|(&node, &link)| (show(&list, node), show_link(&list, link)));
    (format!("{key} @1"), places.collect())
}

#[test]
fn a_splice_stands_on_the_new_node() {
    in_one_thread(|| {
        for levels in 1..=HEIGHT_MAX {
            let (key, places) = splice_after(levels);
            for (level, (before, _)) in places.iter().enumerate() {
                let expected = if level < levels { key.as_str() } else { "a @1" };
                assert_eq!(
                    before, expected,
                    "yours and expected: the splice's node on level {level}, after {key} was put \
                     between a and z with a tower of {levels}"
                );
            }
        }
    });
}

#[test]
fn a_splice_has_the_link_from_the_new_node() {
    in_one_thread(|| {
        for levels in 1..=HEIGHT_MAX {
            let (key, places) = splice_after(levels);
            for (level, (_, after)) in places.iter().enumerate() {
                assert_eq!(
                    after, "z @1",
                    "yours and expected: where the splice's link on level {level} leads, after \
                     {key} was put between a and z with a tower of {levels}. It is the link from \
                     the node, not the one to it"
                );
            }
        }
    });
}

// SkipList::climb

/// A list with the keys of which the batch has just inserted the last.
fn climb_to(keys: &[&str], inserted: &str, key: &str) -> (usize, SkipList) {
    let list = SkipList::new(1 << 16, SEED).expect("64 KiB are there");
    for key in keys {
        list.insert(put(key.as_bytes(), 1), b"")
            .expect("there is room");
    }
    let mut splice = Splice::new(list.head());
    let target = Target::new(put(inserted.as_bytes(), 1));
    list.find(&mut splice, HEIGHT_MAX, &target);
    list.link(&mut splice, &target, b"", |size| list.arena.allocate(size))
        .expect("there is room");
    let level = list.climb(&mut splice, &Target::new(put(key.as_bytes(), 1)));
    if level < HEIGHT_MAX {
        let (before, after) = (splice.before[level], splice.after[level]);
        assert_eq!(
            after,
            before.next(level),
            "yours and expected: the splice's link on level {level} is brought up to date"
        );
    }
    (level, list)
}

#[test]
fn a_key_right_behind_the_last_one_needs_no_search() {
    in_one_thread(|| {
        for (inserted, key) in [("c1", "c2"), ("z1", "z2")] {
            let (level, _) = climb_to(&["a", "b", "d", "e"], inserted, key);
            assert_eq!(
                level, 0,
                "yours and expected: {key} comes right behind {inserted}, so the splice is \
                 right on level 0 already"
            );
        }
    });
}

#[test]
fn a_key_farther_on_is_looked_for_from_a_higher_level() {
    in_one_thread(|| {
        let keys = [
            (put(b"a", 1), 1),
            (put(b"c", 1), 1),
            (put(b"d", 1), 1),
            (put(b"g", 1), 2),
        ];
        let list = list_of(&keys);
        let mut splice = Splice::new(list.head());
        list.find(&mut splice, HEIGHT_MAX, &Target::new(put(b"b", 1)));
        // The last key of each level that is before the target, and the level on which it is.
        for (target, expected) in [(b"b", 0), (b"c", 0), (b"d", 1), (b"e", 1), (b"g", 1)] {
            assert_eq!(
                list.climb(&mut splice.clone(), &Target::new(put(target, 1))),
                expected,
                "yours and expected: the splice is that of b, behind a. There is c behind it on \
                 level 0 and g on level 1; the target is {:?}",
                String::from_utf8_lossy(target)
            );
        }
        assert_eq!(
            list.climb(&mut splice, &Target::new(put(b"h", 1))),
            HEIGHT_MAX,
            "yours and expected: h is behind all that the splice knows"
        );
    });
}

/// Finds the place of b between a and g, puts c there too as another thread might, and climbs
/// to the target. Returns the level and the key to which the splice's lowest link leads.
fn climb_behind_others(target: &[u8]) -> (usize, String) {
    let list = list_of(&[(put(b"a", 1), 1), (put(b"g", 1), 1)]);
    let mut splice = Splice::new(list.head());
    list.find(&mut splice, HEIGHT_MAX, &Target::new(put(b"b", 1)));
    list.insert(put(b"c", 1), b"").expect("there is room");
    let level = list.climb(&mut splice, &Target::new(put(target, 1)));
    (level, show_link(&list, splice.after[0]))
}

#[test]
fn a_splice_is_brought_up_to_date() {
    in_one_thread(|| {
        assert_eq!(
            climb_behind_others(b"b"),
            (0, "c @1".into()),
            "yours and expected: b still belongs behind a, so level 0 is right. But since the \
             splice was made, c has come between a and g, and the splice must know"
        );
    });
}

#[test]
fn what_others_have_put_behind_the_splice_is_seen() {
    in_one_thread(|| {
        let (level, _) = climb_behind_others(b"d");
        assert!(
            level > 0,
            "d belongs behind c, which has come between a and g since the splice was made. The \
             link in the splice is old; the one in the node says that level 0 is wrong"
        );
    });
}

#[test]
fn a_key_a_little_before_the_last_one_is_looked_for_from_the_next_level() {
    in_one_thread(|| {
        let keys = [(put(b"a", 1), 2), (put(b"c", 1), 1), (put(b"g", 1), 2)];
        let list = list_of(&keys);
        let mut splice = Splice::new(list.head());
        list.find(&mut splice, HEIGHT_MAX, &Target::new(put(b"d", 1)));
        assert_eq!(
            list.climb(&mut splice, &Target::new(put(b"b", 1))),
            1,
            "yours and expected: the splice is that of d. On level 0 it stands on c, which is \
             not before b; on level 1 it stands on a, with g behind it, and b lies between"
        );
    });
}

#[test]
fn a_key_before_the_last_one_is_looked_for_from_the_head() {
    in_one_thread(|| {
        let (level, _) = climb_to(&["b", "c"], "d", "a");
        let (lower, _) = climb_to(&["b", "c"], "d", "d");
        for level in [level, lower] {
            assert!(
                level > 0,
                "the splice stands on d itself, which is not before the key, so level 0 is \
                 wrong; climb said {level}"
            );
        }
    });
}
