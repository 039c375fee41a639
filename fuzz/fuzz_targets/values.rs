//! Numbers, slices, headers, handles, edits and properties, each from any bytes. What can be read
//! and has one form is written back and compared.
#![no_main]

use ferrisdb_block::Handle;
use ferrisdb_format::{Header, Magic, get_slice, get_varint, put_slice, put_varint};
use ferrisdb_manifest::Edit;
use ferrisdb_sstable::Properties;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((&which, bytes)) = input.split_first() else {
        return;
    };
    let mut rest = bytes;
    let mut again = Vec::new();
    match which {
        0 => {
            if let Ok(value) = get_varint(&mut rest) {
                put_varint(&mut again, value);
                assert!(bytes.starts_with(&again), "a varint has one form");
            }
        }
        1 => {
            if let Ok(value) = get_slice(&mut rest, 1 << 16) {
                put_slice(&mut again, value);
                assert!(bytes.starts_with(&again), "a slice has one form");
            }
        }
        2 => {
            for magic in [Magic::WAL, Magic::TABLE, Magic::MANIFEST, Magic::CURRENT] {
                if let Ok(header) = Header::decode(bytes, magic) {
                    assert_eq!(Header::decode(&header.encode(), magic), Ok(header));
                }
            }
        }
        3 => {
            if let Ok(handle) = Handle::decode(&mut rest) {
                handle.encode(&mut again);
                assert!(bytes.starts_with(&again), "a handle has one form");
            }
        }
        4 => {
            if let Ok(edit) = Edit::decode(bytes) {
                edit.encode(&mut again);
                assert_eq!(Edit::decode(&again).ok(), Some(edit));
            }
        }
        _ => {
            if let Ok(properties) = Properties::decode(bytes) {
                let again = Properties::decode(&properties.encode());
                assert_eq!(again, Ok(properties));
            }
        }
    }
});
