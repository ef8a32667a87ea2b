//! The state of a running sandbox, one file per resource: the data and the rules that keep it consistent. The
//! requests of callers are in `zagely` and `wazaj`, and scheduled events are in `simulation`.

pub(crate) mod activity;
pub(crate) mod answers;
mod audience;
pub(crate) mod automation;
pub(crate) mod campaign;
pub(crate) mod contact;
mod conversation;
pub(crate) mod file;
pub(crate) mod group;
pub(crate) mod key;
pub(crate) mod message;
pub(crate) mod rng;
pub(crate) mod schedule;
pub(crate) mod session;
pub(crate) mod store;
pub(crate) mod template;
pub(crate) mod transfer;
pub(crate) mod wazaj;
pub(crate) mod webhook;
pub(crate) mod world;
