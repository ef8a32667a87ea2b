//! Webhooks and templates for Kotlin and Swift.

use std::collections::HashMap;

use hudhud::host_support::secrets_from_variables;
use hudhud::schema::{HasSchema, Type};
use hudhud::webhook::{self, EventData, Verifier, WebhookErrorReason};
use hudhud::{Error, FieldErrors, Json, MissingPolicy, Object, Template, Timestamp, UnixTime};

use crate::error::HudhudError;
use crate::records::Header;
use crate::tape;

/// Declares the events with their data: one variant for each event that the vendor names, and one for all others.
macro_rules! events {
    ($( #[doc = $doc:literal] $event:ident $name:literal: $source:ident $data:ident = $sample:ident, )*) => {
        /// The event: one case for each event that the vendor names, and one for events of later versions.
        ///
        /// The vendor's page shows the data of `message.received` alone. The types of the other events' data are inferred: a
        /// member that does not have the inferred type is empty, and the body of the delivery holds it.
        #[derive(Clone, Debug, PartialEq, uniffi::Enum)]
        pub enum WebhookEvent {
            $(
                #[doc = $doc]
                $event {
                    /// The event's data.
                    data: hudhud::webhook::$data,
                },
            )*
            /// An event that this version of the library does not know.
            Unknown {
                /// The event's name.
                name: String,
                /// The event's data.
                json: Json,
            },
        }

        impl From<EventData> for WebhookEvent {
            fn from(data: EventData) -> Self {
                match data {
                    $( EventData::$event(data) => Self::$event { data }, )*
                    EventData::Unknown { name, json } => Self::Unknown { name: name.as_str().to_owned(), json },
                }
            }
        }
    };
}
hudhud::for_each_event!(events);

/// A delivery that was verified.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct VerifiedDelivery {
    /// The event, with its data.
    pub event: WebhookEvent,
    /// The event's name, as the vendor writes it.
    pub name: String,
    /// The workspace in which the event happened.
    pub tenant_id: Option<String>,
    /// The delivery's id. It is the same for each attempt to deliver it.
    pub delivery_id: Option<String>,
    /// The time of the event.
    pub occurred_at: Option<Timestamp>,
    /// Members of the body that have no field above, verbatim.
    pub extra: Object,
    /// The index of the secret that matched, from 0. Once only the new secret matches, remove the old one.
    pub secret_index: u32,
    /// The time of the signature, in Unix seconds.
    pub signed_at: i64,
    /// The replay key. Store it, so that the same delivery is not handled twice.
    pub replay_key: String,
    /// The time until which to store the replay key, in Unix seconds. Absent without a tolerance: then store the key
    /// without a time limit.
    pub deduplicate_until: Option<i64>,
}

/// The result of verifying a delivery.
#[derive(Clone, Debug, PartialEq, uniffi::Enum)]
pub enum Verification {
    /// The delivery is authentic.
    Verified {
        /// The delivery.
        delivery: Box<VerifiedDelivery>,
    },
    /// The delivery must not be trusted.
    Refused {
        /// The reason.
        reason: WebhookErrorReason,
        /// The HTTP status of your response.
        http_status: u16,
        /// A possible cause, for your own log.
        hint: String,
    },
}

fn seconds(time: UnixTime) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}

/// A verifier of deliveries, with one secret, or with several during a key rotation.
#[derive(Debug, uniffi::Object)]
pub struct WebhookVerifier(Verifier);

#[uniffi::export]
impl WebhookVerifier {
    /// Creates a verifier that accepts a signature of any of the secrets. `tolerance` is the greatest difference in
    /// seconds between a timestamp and now. Without it, any age is accepted.
    #[uniffi::constructor]
    pub fn new(secrets: Vec<String>, tolerance: Option<u64>) -> Result<Self, HudhudError> {
        let verifier = Verifier::with_secrets(secrets)?;
        Ok(Self(match tolerance {
            Some(seconds) => verifier.tolerance(seconds),
            None => verifier.without_tolerance(),
        }))
    }

    /// Verifies a delivery and decodes its event. `now` is in Unix seconds.
    pub fn verify(&self, headers: Vec<Header>, body: Vec<u8>, now: u64) -> Verification {
        let headers: Vec<_> = headers.into_iter().map(|header| (header.name, header.value)).collect();
        let verified = match self.0.verify(&headers, &body, UnixTime::from_secs(now)) {
            Ok(verified) => verified,
            Err(error) => {
                let (reason, hint) = (error.reason(), error.hint().to_owned());
                return Verification::Refused { reason, http_status: error.http_status(), hint };
            }
        };
        let secret_index = u32::try_from(verified.secret_index()).unwrap_or(u32::MAX);
        let signed_at = seconds(verified.signed_at());
        let deduplicate_until = verified.deduplicate_until().map(seconds);
        let replay_key = verified.replay_key().to_owned();
        let event = verified.into_inner();
        Verification::Verified {
            delivery: Box::new(VerifiedDelivery {
                name: event.name.as_str().to_owned(),
                event: event.data.into(),
                tenant_id: event.tenant_id,
                delivery_id: event.delivery_id,
                occurred_at: event.occurred_at,
                extra: event.extra,
                secret_index,
                signed_at,
                replay_key,
                deduplicate_until,
            }),
        }
    }
}

impl WebhookVerifier {
    /// Does the same as [`WebhookVerifier::verify`] for hosts that read the result without UniFFI: the result is the
    /// cells of a tape.
    #[must_use]
    pub fn verify_to_tape(
        &self,
        headers: &(impl webhook::Headers + ?Sized),
        body: &[u8],
        now: u64,
    ) -> Vec<u32> {
        let verified =
            self.0.verify_signature(headers, body, UnixTime::from_secs(now)).and_then(|verified| {
                tape::verified(&verified, body).ok_or_else(webhook::WebhookError::malformed_payload)
            });
        verified.unwrap_or_else(|error| tape::refused(&error, body.len()))
    }
}

/// Returns the secrets in the variable `ZAGELY_WEBHOOK_SECRET`.
#[uniffi::export]
pub fn webhook_secrets(variables: HashMap<String, String>) -> Result<Vec<String>, HudhudError> {
    Ok(secrets_from_variables(|name| variables.get(name).cloned())?)
}

/// Signs a body as the vendor does, for tests of your webhook receiver. Returns all headers of the delivery. `now` is
/// in Unix seconds.
#[uniffi::export]
pub fn sign_delivery(secret: String, body: Vec<u8>, now: u64) -> Result<Vec<Header>, HudhudError> {
    let delivery = webhook::sign(&secret, &body, UnixTime::from_secs(now))?;
    let headers = delivery.headers.into_iter();
    Ok(headers.map(|(name, value)| Header { name: name.to_owned(), value }).collect())
}

/// Returns the names of the headers that are read. The other two headers of a delivery are not signed.
#[uniffi::export]
#[must_use]
pub fn webhook_headers() -> Vec<String> {
    Vec::from([webhook::TIMESTAMP_HEADER.to_owned(), webhook::SIGNATURE_HEADER.to_owned()])
}

/// Returns the names of all events that the vendor names, as it writes them.
#[uniffi::export]
#[must_use]
pub fn event_names() -> Vec<String> {
    match <webhook::EventName as HasSchema>::TYPE {
        Type::Enum(open) => open.values.iter().map(|(name, _)| (*name).to_owned()).collect(),
        _ => Vec::new(),
    }
}

/// Returns a body like the vendor's for an event of this name, for tests of your webhook receiver. The vendor's page
/// shows the data of `message.received`. The data of the other events is inferred, and may differ from the vendor's. The
/// data of an event that the vendor does not name is empty. If you pass no id, all bodies have the same id.
#[uniffi::export(default(delivery_id = None))]
#[must_use]
pub fn sample_delivery(event: String, delivery_id: Option<String>) -> Vec<u8> {
    let delivery_id = delivery_id.as_deref().unwrap_or("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");
    let occurred_at = Timestamp::from("2026-04-21T10:30:00Z");
    let event = webhook::EventName::from(event);
    let body = webhook::sample_delivery(&event, delivery_id, &occurred_at);
    // An object can always be written as JSON.
    Json::write(&body).unwrap_or_default().as_str().as_bytes().to_vec()
}

/// Fills values into a message template: `{{ name }}` is replaced by a value.
///
/// The result is an approximation of what the vendor renders. The vendor's page states the form of a variable. It
/// states neither how values are escaped nor what replaces a variable without a value.
///
/// If variables have no value, the result is an `InvalidRequest` that names them, unless `missing` selects another
/// handling.
#[uniffi::export]
pub fn render_template(
    template: String,
    values: Object,
    missing: MissingPolicy,
) -> Result<String, HudhudError> {
    Template::parse(template).render(&values, missing).map_err(|missing| {
        let mut faults = FieldErrors::default();
        for name in missing.names() {
            faults.add(name, "The template needs a value for this variable.");
        }
        HudhudError::naming(&Error::from_faults(None, faults), str::to_owned)
    })
}

/// Returns the names of a template's variables, each once, in order of first appearance.
#[uniffi::export]
pub fn template_variables(template: String) -> Vec<String> {
    Template::parse(template).variables().into_iter().map(ToOwned::to_owned).collect()
}
