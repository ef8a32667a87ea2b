#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

use hudhud::{Attempt, CallDescription, CallEnd, CallEvent, CallObserver, Error, Observer};
use tracing::field::Empty;
use tracing::{Span, debug_span, info, info_span, warn};

/// An observer that reports calls to `tracing`. See the documentation of the crate.
#[derive(Clone, Copy, Debug, Default)]
pub struct TracingObserver;

impl Observer for TracingObserver {
    fn begin(&self, call: &CallDescription) -> Box<dyn CallObserver> {
        let span = info_span!(
            "hudhud.call",
            otel.name = call.call,
            hudhud.vendor = call.vendor,
            "error.type" = Empty,
            otel.status_code = Empty,
        );
        Box::new(Spans { call: call.clone(), span, attempt: None })
    }
}

/// The spans of one call.
struct Spans {
    call: CallDescription,
    span: Span,
    /// The span of the running attempt.
    attempt: Option<Span>,
}

impl Spans {
    fn attempt(&self, number: u32) -> Span {
        let call = &self.call;
        let span = debug_span!(
            parent: &self.span,
            "hudhud.attempt",
            otel.name = format_args!("{} {}", call.method, call.url_template),
            otel.kind = "client",
            http.request.method = call.method,
            url.template = call.url_template.as_str(),
            server.address = call.server_address.as_str(),
            server.port = call.server_port,
            http.request.resend_count = Empty,
            http.response.status_code = Empty,
            hudhud.request_id = Empty,
            hudhud.rate_limit.remaining = Empty,
            "error.type" = Empty,
            otel.status_code = Empty,
        );
        // The first attempt is no repetition, and has no count by the conventions.
        if number > 1 {
            span.record("http.request.resend_count", number - 1);
        }
        span
    }

    fn ended(&mut self, attempt: &Attempt) {
        if let Some(span) = self.attempt.take() {
            if let Some(status) = attempt.status {
                span.record("http.response.status_code", status);
            }
            if let Some(id) = &attempt.request_id {
                span.record("hudhud.request_id", id.as_str());
            }
            if let Some(remaining) = attempt.rate_limit.remaining {
                span.record("hudhud.rate_limit.remaining", remaining);
            }
            if let Some(kind) = attempt.error {
                fail(&span, kind.as_str());
            }
        }
        if let (Some(wait), Some(kind)) = (attempt.wait, attempt.error) {
            warn!(
                parent: &self.span,
                hudhud.wait.seconds = wait.as_secs_f64(),
                "error.type" = kind.as_str(),
                attempt = attempt.number,
                "wait"
            );
        }
    }
}

impl CallObserver for Spans {
    fn event(&mut self, event: &CallEvent<'_>) {
        match event {
            CallEvent::AttemptBegan(number) => self.attempt = Some(self.attempt(*number)),
            CallEvent::AttemptEnded(attempt) => self.ended(attempt),
            CallEvent::LongWait(wait) => warn!(
                parent: &self.span,
                call = self.call.call,
                hudhud.wait.seconds = wait.as_secs_f64(),
                "waiting this long or longer for the rate limiter: the limit of the key is used up, or a response asked to wait"
            ),
            _ => {}
        }
    }

    fn end(self: Box<Self>, end: &CallEnd) {
        let kind = end.error.as_ref().map(|error| error.kind().as_str());
        if let Some(kind) = kind {
            fail(&self.span, kind);
        }
        // The level of an event is a constant.
        macro_rules! state_end {
            ($event:ident) => {
                $event!(
                    parent: &self.span,
                    call = self.call.call,
                    attempts = end.attempts,
                    elapsed_ms = end.elapsed.as_millis() as u64,
                    status = end.error.as_ref().and_then(Error::status),
                    error = kind,
                    "end"
                )
            };
        }
        if kind.is_some() {
            state_end!(warn);
        } else {
            state_end!(info);
        }
    }
}

fn fail(span: &Span, kind: &str) {
    span.record("error.type", kind);
    span.record("otel.status_code", "ERROR");
}
