//! The store against a map that is too simple to be wrong.
//!
//! Random histories are played on both, and every answer is compared. Time moves in small
//! steps and the times to live are small, so that the histories often stand exactly on the
//! millisecond at which something expires.

use std::collections::BTreeMap;
use std::fmt;

use kv_store::{Entry, Store};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

type Key = &'static str;
type Value = &'static str;

const KEYS: [Key; 7] = ["", "a", "A", "ab", "aB", "b\u{7f}", "c"];
const VALUES: [Value; 3] = ["", "x", "y"];

/// One step of a history.
#[derive(Clone)]
enum Step {
    Wait(u64),
    Set(Key, Value),
    SetWithTtl(Key, Value, u64),
    Get(Key),
    Delete(Key),
    Scan(Key, Key),
    ScanPrefix(Key),
    FindIgnoringCase(Key),
    CompareAndSet(Key, Option<Value>, Value, Option<u64>),
    PurgeExpired,
}

/// In words, since a failing history is printed for a person to read.
impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wait(ms) => write!(f, "wait {ms} ms"),
            Self::Set(key, value) => write!(f, "set {key:?} to {value:?}"),
            Self::SetWithTtl(key, value, ttl_ms) => {
                write!(f, "set {key:?} to {value:?} for {ttl_ms} ms")
            }
            Self::Get(key) => write!(f, "get {key:?}"),
            Self::Delete(key) => write!(f, "delete {key:?}"),
            Self::Scan(start, end) => write!(f, "scan {start:?}..{end:?}"),
            Self::ScanPrefix(prefix) => write!(f, "scan the prefix {prefix:?}"),
            Self::FindIgnoringCase(key) => write!(f, "find {key:?} in any case"),
            Self::CompareAndSet(key, expected, value, ttl_ms) => {
                match expected {
                    Some(expected) => write!(f, "if {key:?} holds {expected:?}")?,
                    None => write!(f, "if {key:?} holds nothing")?,
                }
                write!(f, ", set it to {value:?}")?;
                ttl_ms.map_or(Ok(()), |ttl_ms| write!(f, " for {ttl_ms} ms"))
            }
            Self::PurgeExpired => write!(f, "purge"),
        }
    }
}

/// A map from key to value and expiry, and the time. It throws away what has expired as soon
/// as time moves on, so nothing else in it has to think of expiry.
#[derive(Default)]
struct Model {
    map: BTreeMap<Key, (Value, Option<u64>)>,
    now_ms: u64,
}

impl Model {
    fn set(&mut self, key: Key, value: Value, ttl_ms: Option<u64>) {
        let end_ms = ttl_ms.map(|ttl_ms| self.now_ms + ttl_ms);
        self.map.insert(key, (value, end_ms));
        self.drop_expired();
    }

    fn wait(&mut self, ms: u64) {
        self.now_ms += ms;
        self.drop_expired();
    }

    fn drop_expired(&mut self) {
        let now_ms = self.now_ms;
        self.map
            .retain(|_, (_, end_ms)| end_ms.is_none_or(|end_ms| end_ms > now_ms));
    }

    /// The keys that pass, with their values, as a line of text.
    fn keys_where(&self, passes: impl Fn(Key) -> bool) -> String {
        let found = self.map.iter().filter(|(key, _)| passes(key));
        line(found.map(|(key, (value, _))| (key.as_bytes(), value.as_bytes())))
    }

    /// Plays one step and returns the answer as text.
    fn play(&mut self, step: &Step) -> String {
        match *step {
            Step::Wait(ms) => self.wait(ms),
            Step::Set(key, value) => self.set(key, value, None),
            Step::SetWithTtl(key, value, ttl_ms) => self.set(key, value, Some(ttl_ms)),
            Step::Get(key) => return format!("{:?}", self.map.get(key).map(|(value, _)| *value)),
            Step::Delete(key) => return self.map.remove(key).is_some().to_string(),
            Step::Scan(start, end) => return self.keys_where(|key| start <= key && key < end),
            Step::ScanPrefix(prefix) => return self.keys_where(|key| key.starts_with(prefix)),
            Step::FindIgnoringCase(key) => {
                return self.keys_where(|found| found.eq_ignore_ascii_case(key));
            }
            Step::CompareAndSet(key, expected, value, ttl_ms) => {
                let actual = self.map.get(key).map(|(value, _)| *value);
                if actual != expected {
                    return format!("conflict with {actual:?}");
                }
                self.set(key, value, ttl_ms);
            }
            Step::PurgeExpired => {}
        }
        "done".to_owned()
    }
}

/// Plays one step on the store and returns the answer in the same words as the model.
fn play(store: &mut Store, step: &Step, now_ms: u64) -> String {
    match *step {
        Step::Wait(_) => {}
        Step::Set(key, value) => store.set(key, value),
        Step::SetWithTtl(key, value, ttl_ms) => store.set_with_ttl(key, value, ttl_ms, now_ms),
        Step::Get(key) => return format!("{:?}", store.get(key, now_ms).map(text)),
        Step::Delete(key) => return store.delete(key, now_ms).to_string(),
        Step::Scan(start, end) => return line(store.scan(start..end, now_ms)),
        Step::ScanPrefix(prefix) => return line(store.scan_prefix(prefix, now_ms)),
        Step::FindIgnoringCase(key) => return line(store.find_ignoring_case(key, now_ms)),
        Step::CompareAndSet(key, expected, value, ttl_ms) => {
            let new = match ttl_ms {
                Some(ttl_ms) => Entry::expiring(value, ttl_ms, now_ms),
                None => Entry::forever(value),
            };
            let result = store.compare_and_set(key, expected.map(str::as_bytes), new, now_ms);
            if let Err(conflict) = result {
                return format!("conflict with {:?}", conflict.actual.as_deref().map(text));
            }
        }
        Step::PurgeExpired => {
            store.purge_expired(now_ms);
        }
    }
    "done".to_owned()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("all keys and values here are text")
}

fn line<'a>(found: impl IntoIterator<Item = (&'a [u8], &'a [u8])>) -> String {
    let pairs = found.into_iter();
    let pairs: Vec<_> = pairs
        .map(|(key, value)| format!("{:?}: {:?}", text(key), text(value)))
        .collect();
    format!("[{}]", pairs.join(", "))
}

/// Steps that only need `set`, `get` and `delete`.
fn simple_step() -> impl Strategy<Value = Step> {
    let key = prop::sample::select(&KEYS[..]);
    let value = prop::sample::select(&VALUES[..]);
    prop_oneof![
        2 => (1..4_u64).prop_map(Step::Wait),
        2 => (key.clone(), value.clone()).prop_map(|(k, v)| Step::Set(k, v)),
        3 => (key.clone(), value, 0..5_u64).prop_map(|(k, v, ttl)| Step::SetWithTtl(k, v, ttl)),
        3 => key.clone().prop_map(Step::Get),
        2 => key.prop_map(Step::Delete),
        1 => Just(Step::PurgeExpired),
    ]
}

/// Every kind of step.
fn any_step() -> impl Strategy<Value = Step> {
    let key = prop::sample::select(&KEYS[..]);
    let value = prop::sample::select(&VALUES[..]);
    let expected = prop::option::of(value.clone());
    let ttl_ms = prop::option::of(0..5_u64);
    prop_oneof![
        6 => simple_step(),
        1 => (key.clone(), key.clone()).prop_map(|(start, end)| Step::Scan(start, end)),
        1 => key.clone().prop_map(Step::ScanPrefix),
        1 => key.clone().prop_map(Step::FindIgnoringCase),
        3 => (key, expected, value, ttl_ms)
            .prop_map(|(k, expected, v, ttl)| Step::CompareAndSet(k, expected, v, ttl)),
    ]
}

/// Plays a history on both and compares each answer, and the whole content after each step.
fn compare(history: &[Step]) -> Result<(), TestCaseError> {
    let mut store = Store::new();
    let mut model = Model::default();
    for (index, step) in history.iter().enumerate() {
        let expected = model.play(step);
        let actual = play(&mut store, step, model.now_ms);
        prop_assert_eq!(
            actual,
            expected,
            "your store (left) and a plain map (right) answer step {} differently: {:?}, at {} ms",
            index + 1,
            step,
            model.now_ms
        );
        for key in KEYS {
            let actual = store.get(key, model.now_ms).map(text);
            let expected = model.map.get(key).map(|(value, _)| *value);
            prop_assert_eq!(
                actual,
                expected,
                "your store (left) and a plain map (right) differ in what {:?} holds after step {}: {:?}, at {} ms",
                key,
                index + 1,
                step,
                model.now_ms
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        cases: 256,
        ..ProptestConfig::default()
    })]

    #[test]
    fn set_get_and_delete_agree_with_a_plain_map(
        history in prop::collection::vec(simple_step(), 1..40),
    ) {
        compare(&history)?;
    }

    #[test]
    fn every_operation_agrees_with_a_plain_map(
        history in prop::collection::vec(any_step(), 1..60),
    ) {
        compare(&history)?;
    }
}
