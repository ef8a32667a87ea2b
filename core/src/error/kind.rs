//! Kinds of errors, and where an error originates.

use hudhud_macros::choice;

/// What kind of failure it is; the same names in every host.
#[choice]
#[non_exhaustive]
pub enum ErrorKind {
    /// A fault of the call itself, found before anything was sent.
    InvalidRequest,
    /// 401: keys are missing, wrong, inactive or expired.
    Authentication,
    /// 403: the key lacks an ability, or the account may not do this.
    Permission,
    /// 404: there is no such thing in this workspace.
    NotFound,
    /// 405: the route exists under another method.
    MethodNotAllowed,
    /// 422: fields or a business rule of the vendor's.
    Validation,
    /// 429: the minute's limit; it passes.
    RateLimited,
    /// 429: the day's or the month's quota; it does not pass soon.
    QuotaExceeded,
    /// 502, 503, 504: the vendor or something before it is down for a while.
    Unavailable,
    /// Any other 5xx.
    Server,
    /// Any 3xx. Redirects are not followed: keys would travel with them.
    Redirect,
    /// Any other 4xx.
    Client,
    /// A success that cannot be read as one.
    UnexpectedResponse,
    /// No answer came.
    Transport,
}

impl ErrorKind {
    /// The kind of a status that is no success, told apart by `code` where one status means two things.
    pub(crate) fn of(status: u16, code: Option<&str>) -> Self {
        match status {
            401 => Self::Authentication,
            403 => Self::Permission,
            404 => Self::NotFound,
            405 => Self::MethodNotAllowed,
            422 => Self::Validation,
            429 if matches!(code, Some("daily_quota_exceeded" | "monthly_quota_exceeded")) => {
                Self::QuotaExceeded
            }
            429 => Self::RateLimited,
            502..=504 => Self::Unavailable,
            500..=599 => Self::Server,
            300..=399 => Self::Redirect,
            400..=499 => Self::Client,
            _ => Self::UnexpectedResponse,
        }
    }
}

/// Whose fault an error is.
#[choice(typed)]
#[non_exhaustive]
pub enum Side {
    /// The program or person that made the call.
    Caller,
    /// The vendor.
    Vendor,
    /// The way between them.
    Network,
}

/// How a transport failed.
#[choice(typed)]
#[non_exhaustive]
pub enum TransportFault {
    /// No connection could be made; the request was certainly not sent.
    Connect,
    /// No answer came in time; the request may have had its effect.
    Timeout,
    /// The connection was lost or broke half-way; the request may have had its effect.
    Closed,
}
