//! The proof that the test can fail: the runner finds each way in which a transport may break the invariants.

use std::process::Command;

/// Measures one bad transport in the behaviours whose names hold a text. Gives what the runner says, and whether it
/// was content.
fn measured(transport: &str, behaviour: &str) -> (String, bool) {
    let driver = format!("[{:?}, \"--bad\"]", env!("CARGO_BIN_EXE_hudhud-transport-driver"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_hudhud-transport-tests"));
    command.args(["--host", "rust", "--driver", &driver, "--allowance", "1"]);
    let output = command.args(["--transport", transport, "--only", behaviour]).output().expect("it runs");
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (said, output.status.code() == Some(0))
}

/// Tells whether this machine has no mount namespaces, and so proves nothing. In CI that is a failure.
fn lacks_namespaces(said: &str) -> bool {
    let lacks = said.contains("no mount namespace can be made here");
    assert!(!lacks || std::env::var_os("CI").is_none(), "{said}");
    lacks
}

#[track_caller]
fn is_found(transport: &str, behaviour: &str, reason: &str) {
    let (said, is_content) = measured(transport, behaviour);
    assert!(
        lacks_namespaces(&said) || !is_content && said.contains("BREACH") && said.contains(reason),
        "{transport}: {said}"
    );
}

#[test]
fn a_second_sending_is_found() {
    is_found("repeats by itself", "no answer, kept", "the request was read 2 times, 1 at most");
}

#[test]
fn a_false_claim_that_nothing_was_sent_is_found() {
    is_found("says connect", "reset", "`connect` says that nothing was sent");
}

#[test]
fn a_certainty_that_is_kept_back_is_found() {
    is_found("never says connect", "self-signed", "expected `connect`, and no request read");
}

#[test]
fn a_phone_number_and_a_text_that_are_shown_are_found() {
    is_found("shows its input", "half a body", "the error shows the phone number");
    is_found("shows its input", "half a body", "the error shows the text");
}

#[test]
fn a_timeout_that_is_no_bound_is_found() {
    is_found("takes no notice of time", "hang, kept", "with a timeout of 2000 ms an attempt");
}

#[test]
fn an_answer_that_is_lost_is_found() {
    is_found("loses the body", "gzip", "expected an answer, decoded, to one request");
}

#[test]
fn a_good_transport_is_not_accused() {
    let (said, is_content) = measured("does as it should", "reset");
    assert!(lacks_namespaces(&said) || is_content && !said.contains("BREACH"), "{said}");
}
