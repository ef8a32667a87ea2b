//! Tests of all state machines together: processes that send and receive, their stores, the network and the vendor, on one
//! virtual clock.
//!
//! The same world runs in two ways. [`explore`] tries every order of events and every place of a few faults. [`simulate`]
//! draws both at random, for days of virtual time. `docs/proofs.md` explains the promises and the limits of both.
//!
//! [`explore`]: explore::explore
//! [`simulate`]: simulate::simulate

mod bugs;
mod call;
mod choices;
mod config;
mod explore;
mod process;
mod receiver;
mod sender;
mod simulate;
mod tests;
mod vendor;
mod world;
