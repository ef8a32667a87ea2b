//! Zagely and Wazaj on loopback, with state: what `stripe-mock` and LocalStack are elsewhere. Neither vendor offers
//! a test mode, so this is the ground to develop against, and the ground on which every host of Hudhud is tested.
//!
//! It shares no code with the client library. Both read the same contract; where one misreads it, a test fails.
//!
//! ```
//! use hudhud_sandbox::{Config, Sandbox};
//!
//! let sandbox = Sandbox::start(Config { seed: Some(1), ..Config::default() })?;
//! assert!(sandbox.zagely_base_url().starts_with("http://127.0.0.1:"));
//! assert!(sandbox.key_pair().public.starts_with("pk_"));
//! sandbox.shutdown();
//! # Ok::<(), hudhud_sandbox::StartError>(())
//! ```
//!
//! In reading order: [`Config`] is what can be chosen; `calls` the whole API on one page; `pipeline` one call from
//! request to answer; `zagely` and `wazaj` the handlers; `state` what they work on; `life` what happens by itself;
//! `webhooks` and `faults` what they say; `admin` and `page` what no vendor offers.

mod admin;
mod calls;
mod clock;
mod config;
mod faults;
mod life;
mod log;
mod page;
mod pipeline;
mod protocol;
mod running;
mod server;
mod service;
mod state;
mod wazaj;
mod webhooks;
mod zagely;

pub use config::{AppAuth, Config, Limits, Log, Quirk, UpdateVerb};
pub use running::{KeyPair, Sandbox, StartError};
