//! Proves that the runner can fail: it must detect each way in which a transport breaks the invariants.

use std::process::Command;

/// Measures one bad transport with the behaviours whose names contain a text. Returns the runner's output, and true
/// if the runner passed.
fn measured(transport: &str, behaviour: &str) -> (String, bool) {
    let driver = format!("[{:?}, \"--bad\"]", env!("CARGO_BIN_EXE_hudhud-transport-driver"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_hudhud-transport-tests"));
    command.args(["--host", "rust", "--driver", &driver, "--allowance", "1"]);
    let output = command
        .args(["--transport", transport, "--only", behaviour])
        .output()
        .expect("the runner can be started");
    let output_text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output_text, output.status.code() == Some(0))
}

/// Returns true if this machine has no mount namespaces, so that the test proves nothing. In CI this is a failure.
fn lacks_namespaces(output_text: &str) -> bool {
    let lacks = output_text.contains("cannot create a mount namespace");
    assert!(!lacks || std::env::var_os("CI").is_none(), "{output_text}");
    lacks
}

#[track_caller]
fn is_found(transport: &str, behaviour: &str, reason: &str) {
    let (output_text, is_content) = measured(transport, behaviour);
    assert!(
        lacks_namespaces(&output_text)
            || !is_content && output_text.contains("BREACH") && output_text.contains(reason),
        "{transport}: {output_text}"
    );
}

#[test]
fn a_repeated_request_is_detected() {
    is_found("repeats by itself", "no answer, kept", "the request was read 2 times, but at most 1");
}

#[test]
fn a_false_connect_fault_is_detected() {
    is_found("says connect", "reset", "`connect` means that nothing was sent");
}

#[test]
fn a_missing_connect_fault_is_detected() {
    is_found("never says connect", "self-signed", "expected `connect`, and no request read");
}

#[test]
fn a_phone_number_and_a_text_in_errors_are_detected() {
    is_found("shows its input", "half a body", "the error shows the phone number");
    is_found("shows its input", "half a body", "the error shows the text");
}

#[test]
fn an_exceeded_timeout_is_detected() {
    is_found("takes no notice of time", "hang, kept", "with a timeout of 2000 ms per attempt");
}

#[test]
fn a_lost_body_is_detected() {
    is_found("loses the body", "gzip", "expected a decoded response to one request");
}

#[test]
fn a_good_transport_passes() {
    let (output_text, is_content) = measured("does as it should", "reset");
    assert!(lacks_namespaces(&output_text) || is_content && !output_text.contains("BREACH"), "{output_text}");
}
