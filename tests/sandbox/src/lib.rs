//! Zagely and Wazaj on loopback, with state, like `stripe-mock` and LocalStack for other services. Neither vendor
//! offers a test mode. The sandbox replaces one: for development, and for the tests of every host of Hudhud.
//!
//! It shares no code with the client library. Both implement the same contract, so if one misreads it, a test fails.
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
//! Reading order: [`Config`] has the options. `calls` lists the whole API. `pipeline` processes one call from request
//! to response, with the parts in `protocol`, and `wire` writes the response. `zagely` and `wazaj` contain the
//! handlers. `state` contains the data that they change. `simulation` runs scheduled events. `webhooks` sends deliveries and
//! `faults` simulates errors. `admin` and `dashboard` are additions that no vendor offers. Imports point from the server
//! down to the state: no file imports one that imports it.

mod admin;
mod call;
mod calls;
mod clock;
mod config;
mod dashboard;
mod entry;
mod faults;
mod log;
mod pipeline;
mod protocol;
mod running;
mod server;
mod service;
mod simulation;
mod state;
mod wazaj;
mod webhooks;
mod wire;
mod zagely;

pub use config::{AppAuth, Config, Limits, Log, Quirk, UpdateVerb};
pub use running::{KeyPair, Sandbox, StartError};
