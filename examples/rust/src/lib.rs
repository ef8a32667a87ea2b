//! Nothing but the tests of the Rust code in the documentation: the README, and the first page of the crate `hudhud`.

/// Compiles the README's Rust code.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;

/// Compiles the code on the first page of the crate `hudhud`, which itself depends on no transport.
#[cfg(doctest)]
#[doc = include_str!("../../../core/src/quick_start.md")]
pub struct QuickStart;
