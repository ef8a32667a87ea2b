//! The error responses of each surface: the envelope of v1, Laravel's own formats on the unversioned routes, and
//! Wazaj's `success: false`. If Laravel takes the client for a browser, the response is HTML or a redirect.

use serde_json::{Value, json};

use super::answer::{Answer, Body, Refusal};
use super::html;
use super::surface::Surface;
use crate::config::{Config, Quirk};

/// The properties of a request that decide the format of its errors.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ErrorContext<'a> {
    pub(crate) surface: Surface,
    /// The result of Laravel's `expectsJson()`: true if the first type in `Accept` is JSON.
    pub(crate) expects_json: bool,
    pub(crate) config: &'a Config,
}

impl ErrorContext<'_> {
    /// Returns the response to a refused call.
    pub(crate) fn refuse(self, refusal: &Refusal) -> Answer {
        let answer = match self.surface {
            Surface::V1 => v1(refusal),
            Surface::App if self.config.has(Quirk::AppEnvelope) => v1(refusal),
            Surface::App => self.laravel(refusal),
            Surface::Wazaj => wazaj(refusal),
        };
        match refusal {
            Refusal::OverLimit(_, seconds) => answer.with("retry-after", seconds),
            _ => answer,
        }
    }

    /// Returns the framework's response before any route is reached, on any surface: 404, 405, 413.
    pub(crate) fn before_any_route(self, status: u16, message: &str) -> Answer {
        if self.expects_json {
            Answer::new(status, Body::Plain(json!({ "message": message })))
        } else {
            Answer::html(status, html::error_page(status))
        }
    }

    fn laravel(self, refusal: &Refusal) -> Answer {
        let status = status(refusal);
        if self.expects_json {
            return Answer::new(status, Body::Plain(laravel_json(refusal)));
        }
        match refusal {
            Refusal::Unauthenticated
            | Refusal::CredentialsMissing
            | Refusal::InvalidCredentials
            | Refusal::KeyInactive => redirect("/login"),
            // Laravel's `back()`, for a client without a previous page.
            Refusal::Validation(_) => redirect("/"),
            _ => Answer::html(status, html::error_page(status)),
        }
    }
}

fn redirect(location: &str) -> Answer {
    Answer::html(302, html::redirect_page(location)).with("location", location)
}

fn status(refusal: &Refusal) -> u16 {
    match refusal {
        Refusal::Malformed | Refusal::InvalidIdempotencyKey => 400,
        Refusal::CredentialsMissing
        | Refusal::InvalidCredentials
        | Refusal::KeyInactive
        | Refusal::Unauthenticated => 401,
        Refusal::InsufficientAbility(_) | Refusal::Forbidden => 403,
        Refusal::NotFound => 404,
        Refusal::Validation(_) => 422,
        Refusal::OverLimit(..) => 429,
        Refusal::ServerError => 500,
        Refusal::Unavailable(_) => 503,
    }
}

fn v1(refusal: &Refusal) -> Answer {
    let (code, message, details) = match refusal {
        Refusal::CredentialsMissing => {
            ("credentials_missing", "The X-Public-Key and X-Secret-Key headers are required.", None)
        }
        Refusal::InvalidCredentials => ("invalid_credentials", "The API credentials are invalid.", None),
        Refusal::KeyInactive => ("key_inactive", "The API key is inactive or has expired.", None),
        Refusal::Unauthenticated => ("unauthenticated", "Unauthenticated.", None),
        Refusal::InsufficientAbility(ability) => (
            "insufficient_ability",
            "The API key does not have the required ability.",
            Some(json!({ "required_ability": ability })),
        ),
        Refusal::Forbidden => ("forbidden", "This action is unauthorized.", None),
        Refusal::NotFound => ("not_found", "Resource not found.", None),
        Refusal::Validation(errors) => {
            ("validation_failed", "The given data was invalid.", Some(json!({ "errors": errors })))
        }
        Refusal::InvalidIdempotencyKey => (
            "invalid_idempotency_key",
            "The Idempotency-Key header may only contain letters, digits, hyphens and underscores (max 255).",
            None,
        ),
        Refusal::OverLimit(exceeded, _) => {
            (exceeded.code, exceeded.message, Some(json!({ "limit": exceeded.limit })))
        }
        // The vendor's table has no codes for these errors.
        Refusal::Malformed => ("invalid_json", "The request body is not valid JSON.", None),
        Refusal::Unavailable(why) => ("service_unavailable", *why, None),
        Refusal::ServerError => ("server_error", "Server Error", None),
    };
    Answer::new(status(refusal), Body::Plain(v1_error(code, message, details)))
}

/// Returns an error in the envelope of v1.
pub(crate) fn v1_error(code: &str, message: &str, details: Option<Value>) -> Value {
    let mut error = json!({ "code": code, "message": message });
    if let Some(details) = details {
        error["details"] = details;
    }
    json!({ "error": error })
}

fn laravel_json(refusal: &Refusal) -> Value {
    let message = match refusal {
        Refusal::CredentialsMissing
        | Refusal::InvalidCredentials
        | Refusal::KeyInactive
        | Refusal::Unauthenticated => "Unauthenticated.",
        Refusal::InsufficientAbility(_) => "The API key does not have the required ability.",
        Refusal::Forbidden => "This action is unauthorized.",
        Refusal::NotFound => "Not Found",
        Refusal::Validation(errors) => return json!({ "message": errors.summary(), "errors": errors }),
        Refusal::InvalidIdempotencyKey => "The Idempotency-Key header is invalid.",
        Refusal::OverLimit(..) => "Too Many Attempts.",
        Refusal::Malformed => "The request body is not valid JSON.",
        Refusal::Unavailable(_) => "Service Unavailable",
        Refusal::ServerError => "Server Error",
    };
    json!({ "message": message })
}

fn wazaj(refusal: &Refusal) -> Answer {
    let message = match refusal {
        Refusal::CredentialsMissing
        | Refusal::InvalidCredentials
        | Refusal::KeyInactive
        | Refusal::Unauthenticated => "Unauthorized",
        Refusal::Validation(errors) => {
            let body = json!({ "success": false, "message": "Validation failed", "errors": errors });
            return Answer::new(422, Body::Plain(body));
        }
        Refusal::Unavailable(why) => why,
        Refusal::OverLimit(..) => "Too Many Attempts.",
        Refusal::NotFound => "Not Found",
        Refusal::ServerError => "Server Error",
        Refusal::InsufficientAbility(_) | Refusal::Forbidden => "Forbidden",
        Refusal::Malformed | Refusal::InvalidIdempotencyKey => "Bad Request",
    };
    Answer::new(status(refusal), Body::Plain(json!({ "success": false, "message": message })))
}
