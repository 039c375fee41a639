//! What a write does to a key.

use crate::{Error, Result};

/// What a write does to a key.
///
/// The numbers are part of the file formats. 3 is reserved for deleting a range of keys and
/// 4 for adding to a number in place; neither exists yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Operation {
    /// The key now has this value. An empty value is a value.
    Put = 1,
    /// The key is gone. A delete is stored like a value (a *tombstone*), because older
    /// versions of the key may still lie in older files.
    Delete = 2,
}

impl From<Operation> for u8 {
    fn from(operation: Operation) -> Self {
        operation as Self
    }
}

impl TryFrom<u8> for Operation {
    type Error = Error;

    fn try_from(number: u8) -> Result<Self> {
        match number {
            1 => Ok(Self::Put),
            2 => Ok(Self::Delete),
            _ => Err(Error::UnknownOperation { number }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_survives_the_trip_through_its_number() {
        for number in 0..=u8::MAX {
            match Operation::try_from(number) {
                Ok(operation) => assert_eq!(u8::from(operation), number),
                Err(error) => assert!(error.to_string().contains(&number.to_string())),
            }
        }
    }
}
