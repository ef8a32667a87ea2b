//! The reason for a task that was not done.

use std::env;
use std::process::ExitCode;

/// The reason for a task that was not done.
pub(crate) enum CheckError {
    /// The task failed.
    Failed(String),
    /// This machine lacks a tool that the task needs. In CI this is a failure.
    MissingTool(String),
}

impl From<String> for CheckError {
    fn from(reason: String) -> Self {
        Self::Failed(reason)
    }
}

/// Ends a task that is not a check: prints the reason of a failure and returns the exit code.
pub(crate) fn exit_code<T>(done: Result<T, CheckError>) -> ExitCode {
    match done {
        Ok(_) => ExitCode::SUCCESS,
        Err(CheckError::Failed(reason) | CheckError::MissingTool(reason)) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

/// Returns the trouble of a missing tool: [`CheckError::MissingTool`], or [`CheckError::Failed`] in CI.
pub(crate) fn missing_requirement(reason: String) -> CheckError {
    if env::var_os("CI").is_some_and(|ci| ci == "true") {
        CheckError::Failed(reason)
    } else {
        CheckError::MissingTool(reason)
    }
}
