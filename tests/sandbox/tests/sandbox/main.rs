//! The sandbox over real HTTP, one file per concern.

#[allow(dead_code, reason = "the tests that use the rest of it follow")]
mod ground;
mod main_job;
