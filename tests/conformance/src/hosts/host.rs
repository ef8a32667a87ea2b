//! The interface of a host.

use std::time::Duration;

use serde_json::Value;

/// A host that can run cases.
pub(crate) trait Host {
    /// Runs one case. Returns its result, or the reason why the host cannot continue.
    fn run(&mut self, suite: &str, case: &Value) -> Result<Value, String>;

    /// Runs one case repeatedly within a budget and returns the shortest CPU time. Other programs on a busy machine
    /// hardly affect it. Returns `None` if the host's language cannot represent the case, such as a number of 2,000 digits
    /// in Swift.
    fn time(&mut self, suite: &str, case: &Value, budget: Duration) -> Result<Option<Duration>, String>;
}
