//! A customer logs in, is recognised, and logs out.

use tutorial_kv_store::experiment;

fn main() {
    print!(
        "{}",
        experiment::session(&[
            "set session/ada/phone logged-in",
            "get session/ada/phone",
            "delete session/ada/phone",
            "get session/ada/phone",
            "delete session/ada/phone",
        ])
    );
}
