// Reports for tests, here and in the full screen.

/// A report of three holes; each letter of `marks` is a test: `g`reen, `r`ed, `t`odo, `u`nknown;
/// a capital first letter means that the hole is started.
pub(crate) fn report(marks: [&str; 3]) -> Report {
    let names = ["Header::encode", "Header::decode", "checksum"];
    let todos = [
        "lay the fields out as in the diagram, then fill in the checksum",
        "check length, magic, checksum and version, in this order",
        "run CRC32 over the bytes",
    ];
    let holes = (0..3).map(|index| HoleLine {
        item: format!("header::{}", names[index]),
        name: names[index].to_owned(),
        todo: todos[index].to_owned(),
        minutes: 15,
        place: Some(format!(
            "exercises/02-file-format/src/header.rs:{}",
            40 * (index + 1)
        )),
        started: marks[index].starts_with(char::is_uppercase),
        tests: tests_of(index, marks[index]),
    });
    Report {
        number: "02".to_owned(),
        name: "02-file-format".to_owned(),
        title: "The file format".to_owned(),
        package: "ferrisdb-format".to_owned(),
        chapter: "book/src/02-file-format.md".to_owned(),
        holes: holes.collect(),
        own: Vec::new(),
        trouble: None,
        failure: None,
        mistake: None,
        notices: Vec::new(),
        next_stage: Some("03".to_owned()),
        left_out: Vec::new(),
        in_engine: true,
    }
}

fn tests_of(hole: usize, marks: &str) -> Vec<TestLine> {
    let names = [
        [
            "encode_matches_the_golden_bytes",
            "the_magic_comes_first",
            "the_rest_is_zero",
        ],
        [
            "decode_undoes_encode",
            "every_flipped_bit_is_noticed",
            "a_short_header_is_an_error",
        ],
        [
            "the_empty_checksum_is_zero",
            "known_values",
            "pieces_equal_the_whole",
        ],
    ];
    marks
        .to_lowercase()
        .chars()
        .enumerate()
        .map(|(index, letter)| TestLine {
            name: format!("header::{}", names[hole][index]),
            mark: match letter {
                'g' => Mark::Green,
                'r' => Mark::Red,
                't' => Mark::Todo,
                _ => Mark::Unknown,
            },
        })
        .collect()
}

pub(crate) fn failure(test: &str) -> Failure {
    Failure {
        test: test.to_owned(),
        message: vec![
            "the first eight bytes name the kind of file".to_owned(),
            "  left: [70, 68, 66, 95]".to_owned(),
            " right: [0, 0, 0, 0]".to_owned(),
        ],
        place: Some("exercises/02-file-format/tests/header.rs:34".to_owned()),
        todo: None,
        panicked: true,
    }
}
