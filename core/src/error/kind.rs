//! Kinds of errors, and where an error originates.

use hudhud_macros::closed_enum;

/// The kinds of errors. Their names are the same in every host.
#[closed_enum]
#[non_exhaustive]
pub enum ErrorKind {
    /// The call, a setting or an argument is invalid. Nothing was sent, unless the error names the field `exchange`: a program
    /// that calls the functions of an exchange in the wrong order may have sent a request.
    InvalidRequest,
    /// 401: the keys are missing, wrong, inactive or expired.
    Authentication,
    /// 403: the key lacks an ability, or the account may not make this call.
    Permission,
    /// 404: the record does not exist in this workspace.
    NotFound,
    /// 405: the route exists, but under another HTTP method.
    MethodNotAllowed,
    /// 422: a field is invalid, or the call violates a business rule of the vendor.
    Validation,
    /// 429: the limit per minute is exceeded. It resets within a minute.
    RateLimited,
    /// 429: the daily or monthly quota is exceeded. It does not reset soon.
    QuotaExceeded,
    /// 502, 503, 504: the vendor or a proxy in front of it is temporarily down.
    Unavailable,
    /// Any 5xx other than 502, 503 and 504.
    Server,
    /// Any 3xx. Redirects are not followed, because the request carries keys.
    Redirect,
    /// Any 4xx that has no kind of its own.
    Client,
    /// A success status with a body that cannot be decoded. The call may have taken effect.
    UnexpectedResponse,
    /// No response arrived.
    Transport,
    /// The call was not sent. Its turn at the client's rate limiter comes after its deadline, or a quota is used up and the
    /// call has no deadline, so that it does not wait for the reset.
    WaitTooLong,
    /// The store of the rate limiter fails, so the call cannot leave. An earlier attempt may have been sent.
    Store,
}

impl ErrorKind {
    /// Returns the kind for a status other than a success. Where a status has two meanings, `code` decides.
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

/// The origin of an error: the party that caused it.
#[closed_enum]
#[non_exhaustive]
pub enum ErrorOrigin {
    /// The program or person that made the call.
    Caller,
    /// The vendor.
    Vendor,
    /// The network between the caller and the vendor.
    Network,
}

/// The ways in which a transport fails.
#[closed_enum]
#[non_exhaustive]
pub enum TransportFault {
    /// No connection could be made. The request was certainly not sent.
    Connect,
    /// No response arrived in time. The request may have had its effect.
    Timeout,
    /// The connection was lost before the response was complete. The request may have had its effect.
    Closed,
}
