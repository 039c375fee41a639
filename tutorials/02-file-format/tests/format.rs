//! The tutorial's own tests: its formats hold what they promise, and break where the chapter
//! says that they do.

use insta::assert_snapshot;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use tutorial_file_format::{experiment, step_1, step_2, step_3, step_4};

fn config() -> Config {
    Config {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(2),
        ..Config::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_step_gives_back_the_number_it_was_given(number: u32) {
        prop_assert_eq!(step_2::decode(&step_2::encode(number)), Ok(number));
        prop_assert_eq!(step_3::decode(&step_3::encode(number)), Ok(number));
        for check in [step_4::sum, step_4::crc32] {
            prop_assert_eq!(step_4::decode(&step_4::encode(number, check), check), Ok(number));
        }
    }

    #[test]
    fn a_file_that_is_cut_short_is_refused(number: u32, cut in 0..16_usize) {
        let cut_short = |file: Vec<u8>| file[..cut.min(file.len() - 1)].to_vec();
        prop_assert!(step_2::decode(&cut_short(step_2::encode(number))).is_err());
        prop_assert!(step_3::decode(&cut_short(step_3::encode(number))).is_err());
        let file = cut_short(step_4::encode(number, step_4::crc32));
        prop_assert!(step_4::decode(&file, step_4::crc32).is_err());
    }

    #[test]
    fn any_bytes_are_an_answer_or_an_error(bytes: Vec<u8>) {
        let _ = step_2::decode(&bytes);
        let _ = step_3::decode(&bytes);
        let _ = step_4::decode(&bytes, step_4::crc32);
    }
}

#[test]
fn step_1_gives_back_its_number_on_the_same_machine() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("receipts");
    step_1::save(&path, 42).unwrap();
    assert_eq!(step_1::load(&path).unwrap(), 42);
}

#[test]
fn the_crc_is_the_one_that_everyone_computes() {
    assert_eq!(step_4::crc32(b"123456789"), 0xcbf4_3926);
    assert_eq!(step_4::crc32(b""), 0);
}

#[test]
fn the_other_machine_reads_another_number() {
    let directory = tempfile::tempdir().unwrap();
    let report = experiment::other_machine(&directory.path().join("receipts"));
    assert_snapshot!(report.unwrap(), @r"
    read here: 42
    read there: 704643072
    ");
}

#[test]
#[cfg(target_endian = "little")]
fn any_file_is_a_counter_to_step_1() {
    let directory = tempfile::tempdir().unwrap();
    let report = experiment::strange_files(&directory.path().join("receipts"));
    assert_snapshot!(report.unwrap(), @r"
    the counter                    70000
    the counter, cut short          4464
    an empty file                      0
    a letter                  1918985540
    a picture                 1196314761
    ");
}

#[test]
fn a_magic_and_a_crc_notice_what_less_does_not() {
    assert_snapshot!(experiment::damage(), @r"
                      bits flipped   wrong swapped   wrong
    a number                    32      32       3       3
    magic                       96      32      11       3
    magic and sum              128       0      14       3
    magic and CRC32            128       0      15       0
    ");
}
