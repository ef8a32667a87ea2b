//! Posts deliveries: with a timeout of 10 s, without redirects, and with the documented back-off after failures.

use std::sync::Arc;
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::sign;
use crate::clock::SimTime;
use crate::config::{Config, Quirk};
use crate::log::DeliveryReport;
use crate::service::Service;
use crate::state::schedule::Job;
use crate::state::webhook::{Attempt, Delivery, DeliveryStatus};
use crate::state::world::World;

/// The documented waits after the first failed attempt, the second and so on.
const BACK_OFF: [Duration; 5] = [
    Duration::from_secs(10),
    Duration::from_secs(60),
    Duration::from_secs(5 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(2 * 60 * 60),
];

/// The time that a receiver has to respond, in the sandbox's time.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The minimum timeout in real time, however fast the sandbox's time runs.
const SHORTEST_TIMEOUT: Duration = Duration::from_secs(1);
/// The error for an `https` URL. TLS has no use on loopback and would need a C compiler to build.
const NO_TLS: &str = "https is not supported: the sandbox delivers over plain http only";
/// The request of one attempt.
struct Post {
    url: String,
    event: String,
    body: String,
    timestamp: i64,
    signature: String,
}

/// Makes one attempt and records its outcome.
pub(crate) async fn attempt(service: Arc<Service>, id: Uuid) {
    let Ok(_permit) = service.posting.acquire().await else { return };
    let Some(post) = service.world.lock().next_post(id) else { return };
    let timeout = service.clock.real(TIMEOUT).max(SHORTEST_TIMEOUT);
    let url = post.url;
    let started = Instant::now();
    let answer = service
        .posts
        .post(&url)
        .header("content-type", "application/json")
        .header("x-zagely-event", &post.event)
        .header("x-zagely-delivery", id.to_string())
        .header("x-zagely-timestamp", post.timestamp.to_string())
        .header("x-zagely-signature", &post.signature)
        .timeout(timeout)
        .body(post.body)
        .send()
        .await;
    let (response_status, error) = match answer {
        Ok(mut response) => {
            let status = response.status().as_u16();
            // Reads a short response completely, so that the connection can be reused.
            let mut read = 0;
            while let Ok(Some(chunk)) = response.chunk().await {
                read += chunk.len();
                if read > 64 * 1024 {
                    break;
                }
            }
            (Some(status), None)
        }
        Err(_) if !url.starts_with("http:") => (None, Some(NO_TLS.to_owned())),
        Err(error) => (None, Some(reason(&error, timeout))),
    };
    let now = service.clock.now();
    let attempt = Attempt {
        at: now,
        timestamp: post.timestamp,
        signature: post.signature,
        response_status,
        error,
        duration_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    };
    let report = service.world.lock().note_attempt(id, attempt, now);
    if let Some(report) = report {
        service.log.delivery(&report);
    }
    service.changed();
}

fn reason(error: &reqwest::Error, timeout: Duration) -> String {
    if error.is_timeout() {
        format!("no response within {timeout:?}")
    } else if error.is_connect() {
        "connection refused".to_owned()
    } else {
        "the connection ended before a response".to_owned()
    }
}

impl World {
    /// Returns the next attempt of a delivery, signed now. Returns `None` if its webhook was deleted.
    fn next_post(&mut self, id: Uuid) -> Option<Post> {
        let delivery = self.deliveries.get(id)?;
        let webhook = self.webhooks.get(delivery.webhook_id)?;
        let before = delivery.attempts.last().filter(|_| self.config.has(Quirk::SignOnce));
        // The receiver compares this with its own clock, so it is the wall clock's time, not the sandbox's.
        let timestamp = before.map_or_else(|| SimTime::wall().seconds(), |attempt| attempt.timestamp);
        Some(Post {
            url: webhook.url.clone(),
            event: delivery.event.clone(),
            body: delivery.body.clone(),
            timestamp,
            signature: sign::signature(&webhook.secret, timestamp, &delivery.body),
        })
    }

    fn note_attempt(&mut self, id: Uuid, attempt: Attempt, now: SimTime) -> Option<DeliveryReport> {
        let waits = back_off(&self.config);
        let delivery = self.deliveries.get_mut(id)?;
        let succeeded = attempt.is_success();
        let (response_status, error) = (attempt.response_status, attempt.error.clone());
        let wait = if succeeded { None } else { waits.get(delivery.round).copied() };
        delivery.attempts.push(attempt);
        delivery.round += 1;
        delivery.next_attempt_at = wait.map(|wait| now.plus(wait));
        delivery.status = match (succeeded, wait) {
            (true, _) => DeliveryStatus::Delivered,
            (false, Some(_)) => DeliveryStatus::Pending,
            (false, None) => DeliveryStatus::Failed,
        };
        let report = DeliveryReport {
            at: now,
            event: delivery.event.clone(),
            status: delivery.status,
            number: delivery.attempts.len(),
            response_status,
            error,
            next_attempt_at: delivery.next_attempt_at,
        };
        if let Some(at) = delivery.next_attempt_at {
            self.schedule.at(at, Job::Post(id));
        }
        Some(report)
    }

    /// Starts a delivery again, with the back-off from the beginning. Returns `None` if the delivery does not exist,
    /// and false if it is still pending.
    pub(crate) fn replay(&mut self, id: Uuid, now: SimTime) -> Option<bool> {
        let delivery = self.deliveries.get_mut(id)?;
        if !Delivery::is_settled(delivery) {
            return Some(false);
        }
        delivery.status = DeliveryStatus::Pending;
        delivery.round = 0;
        delivery.next_attempt_at = Some(now);
        self.schedule.at(now, Job::Post(id));
        Some(true)
    }
}

/// Returns the waits between attempts. Six attempts use all documented waits; five leave the last one unused.
fn back_off(config: &Config) -> &'static [Duration] {
    if config.has(Quirk::FivePosts) { &BACK_OFF[..4] } else { &BACK_OFF }
}
