//! Facts about calls and their attempts, for the observers of Kotlin and Swift.

use std::time::Duration;

use hudhud::TransportFault;

use crate::records::{LONGEST, RateLimit};

/// The facts about a call that do not change between its attempts. They contain no key, no phone number and no text.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct CallDescription {
    /// The vendor: `zagely`, `wazaj`.
    pub vendor: String,
    /// The name of the call, such as `contacts.get`. It is `request` for a call by route.
    pub call: String,
    /// The method of the first request, as it is sent: `POST`.
    pub method: String,
    /// The path of the URL, with parameters instead of values: `/api/v1/contacts/{contact_id}`.
    pub url_template: String,
    /// The host of the base URL, without the brackets of an IPv6 address.
    pub server_address: String,
    /// The port of the base URL, or that of its scheme.
    pub server_port: i32,
}

impl From<hudhud::CallDescription> for CallDescription {
    fn from(facts: hudhud::CallDescription) -> Self {
        Self {
            vendor: facts.vendor.to_owned(),
            call: facts.call.to_owned(),
            method: facts.method.to_owned(),
            url_template: facts.url_template,
            server_address: facts.server_address,
            server_port: facts.server_port.into(),
        }
    }
}

/// The facts about an attempt that has ended. They contain no key, no phone number and no text.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct Attempt {
    /// The number of the attempt, from 1.
    pub number: i32,
    /// The HTTP status, if a response arrived.
    pub status: Option<i32>,
    /// The name of the error's kind in every host, such as `rate_limited`. It is absent after a success.
    pub error: Option<String>,
    /// The fault of the transport, if no response arrived.
    pub fault: Option<TransportFault>,
    /// The wait before the next attempt. It is absent if there is no next attempt.
    pub wait: Option<Duration>,
    /// The wait that the vendor asked for.
    pub retry_after: Option<Duration>,
    /// The limits of the key.
    pub rate_limit: RateLimit,
    /// The id that the server gave the request (`X-Request-Id`, inferred), if it looks like an id.
    pub request_id: Option<String>,
    /// True if this is the stored response to an earlier request with the same idempotency key.
    pub idempotent_replay: bool,
}

impl From<hudhud::Attempt> for Attempt {
    fn from(facts: hudhud::Attempt) -> Self {
        Self {
            number: facts.number.try_into().unwrap_or(i32::MAX),
            status: facts.status.map(Into::into),
            error: facts.error.map(|kind| kind.as_str().to_owned()),
            fault: facts.fault,
            wait: facts.wait.map(|wait| wait.min(LONGEST)),
            retry_after: facts.retry_after.map(|wait| wait.min(LONGEST)),
            rate_limit: facts.rate_limit.into(),
            request_id: facts.request_id,
            idempotent_replay: facts.idempotent_replay,
        }
    }
}
