//! The parts that all calls share: parsing, refusals, limits, idempotency keys and the formats of responses.

pub(crate) mod accept;
pub(crate) mod access;
pub(crate) mod answer;
pub(crate) mod credentials;
pub(crate) mod envelope;
pub(crate) mod errors;
pub(crate) mod form;
pub(crate) mod html;
pub(crate) mod idempotency;
pub(crate) mod input;
pub(crate) mod limits;
pub(crate) mod paginator;
pub(crate) mod surface;
pub(crate) mod validation;
