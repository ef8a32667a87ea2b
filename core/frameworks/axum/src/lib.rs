#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod extract;
mod layer;
mod refused;
mod webhook;

pub use crate::extract::VerifiedDelivery;
pub use crate::layer::{VerifyLayer, VerifyService};
pub use crate::refused::Refused;
pub use crate::webhook::Webhook;
