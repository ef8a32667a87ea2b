//! Settings of clients and options of calls for Kotlin and Swift.

use std::collections::HashMap;
use std::fmt::{self, Debug, Formatter};
use std::time::Duration;

use hudhud::endpoint::EndpointSpec;
use hudhud::host_support::REDACTED;
use hudhud::{
    AppAuth, CallOptions as Options, Error, IdempotencyKey, Lane, Method, Object, RetryPolicy as Policy,
};

macro_rules! declare_retry_policy {
    (
        counts { $( $(#[doc = $count_doc:tt])* $count:ident = $number:tt, )* }
        durations { $( $(#[doc = $doc:tt])* $duration:ident = $seconds:tt, )* }
    ) => {
        /// The limits of retries: the number of attempts and the waits between them.
        #[derive(Clone, Copy, Debug, PartialEq, uniffi::Record)]
        pub struct RetryPolicy {
            $(
                $(#[doc = $count_doc])*
                #[uniffi(default = $number)]
                pub $count: i32,
            )*
            $(
                $(#[doc = $doc])*
                #[uniffi(default = None)]
                pub $duration: Option<Duration>,
            )*
        }

        impl From<RetryPolicy> for Policy {
            fn from(policy: RetryPolicy) -> Self {
                let defaults = Self::default();
                Self {
                    // A negative number is refused like 0.
                    $( $count: policy.$count.try_into().unwrap_or(0), )*
                    $( $duration: policy.$duration.unwrap_or(defaults.$duration), )*
                }
            }
        }
    };
}
hudhud::for_each_retry_limit!(declare_retry_policy);

/// The settings of one call. They replace those of its client.
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct CallOptions {
    /// The key that lets the vendor recognize a repetition: 1 to 255 characters of `A-Z a-z 0-9 - _`. Use a key for one
    /// intended effect only, and a new key for the next one. Default: a random one, on calls that accept one.
    #[uniffi(default = None)]
    pub idempotency_key: Option<String>,
    /// A method that replaces the catalog's. Use it if an inferred method is wrong.
    #[uniffi(default = None)]
    pub method: Option<Method>,
    /// Additional members of the body, or parameters of the query, sent unchanged. A member with the name of a field
    /// replaces the field.
    #[uniffi(default)]
    pub extra: Object,
    /// If true, the vendor's stated limits are checked before sending. Default: the client's setting.
    #[uniffi(default = None)]
    pub validate: Option<bool>,
    /// The retry policy. Default: the client's.
    #[uniffi(default = None)]
    pub retry: Option<RetryPolicy>,
    /// Additional headers by name. The headers that the library or HTTP itself sets are refused.
    #[uniffi(default)]
    pub headers: HashMap<String, String>,
    /// The longest time for one attempt, more than zero. The timeout of the transport applies if it is shorter. Default: the
    /// timeout of the transport.
    #[uniffi(default = None)]
    pub timeout: Option<Duration>,
    /// The longest time for the whole call, with its attempts and waits, more than zero. If a wait would end after it, the call
    /// ends at once instead of waiting. Default: no limit.
    #[uniffi(default = None)]
    pub deadline: Option<Duration>,
    /// The lane in which the call waits for the rate limiter of its client. Default: bulk.
    #[uniffi(default = None)]
    pub lane: Option<Lane>,
}

impl TryFrom<CallOptions> for Options {
    type Error = Error;

    fn try_from(given: CallOptions) -> Result<Self, Error> {
        let mut options = Self::new();
        options.idempotency_key = given.idempotency_key.map(IdempotencyKey::new).transpose()?;
        options.method = given.method;
        options.extra = given.extra;
        options.validate = given.validate;
        options.retry = given.retry.map(Into::into);
        options.headers = given.headers.into_iter().collect();
        // The same order in every request: a map has none.
        options.headers.sort_unstable();
        (options.timeout, options.deadline) = (given.timeout, given.deadline);
        options.lane = given.lane.unwrap_or_default();
        Ok(options)
    }
}

impl CallOptions {
    /// Returns core's options of a call. An error has the name of the call.
    pub(crate) fn of(self, spec: &'static EndpointSpec) -> Result<Options, Error> {
        Options::try_from(self).map_err(|error| error.with_call(spec))
    }
}

/// Shows the key, the method and the names of the headers. Their values may be private.
impl Debug for CallOptions {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.headers.keys().collect();
        formatter
            .debug_struct("CallOptions")
            .field("idempotency_key", &self.idempotency_key)
            .field("method", &self.method)
            .field("headers", &headers)
            .finish_non_exhaustive()
    }
}

/// The type of a kind of settings.
macro_rules! kind {
    (update_method) => { Option<Method> };
    (methods) => { HashMap<String, Method> };
    (text) => { Option<String> };
    (retry) => { Option<RetryPolicy> };
    (flag) => { bool };
}

/// Returns core's value of a setting. Without a value it is `default_value`.
macro_rules! value {
    (methods, $given:expr, $default_value:expr) => {
        $given.into_iter().collect()
    };
    (flag, $given:expr, $default_value:expr) => {
        $given
    };
    ($kind:ident, $given:expr, $default_value:expr) => {
        $given.map_or($default_value, Into::into)
    };
}

macro_rules! declare_settings {
    ($( $(#[doc = $doc:tt])* $name:ident: $kind:ident $(= $default:tt)?, )*) => {
        /// The settings of all requests of a client.
        #[derive(Clone, Debug, PartialEq, uniffi::Record)]
        pub struct Settings {
            $(
                $(#[doc = $doc])*
                #[uniffi(default $(= $default)?)]
                pub $name: kind!($kind),
            )*
        }

        impl From<Settings> for hudhud::Settings {
            fn from(given: Settings) -> Self {
                let mut settings = Self::default();
                $( settings.$name = value!($kind, given.$name, settings.$name); )*
                settings
            }
        }
    };
}
hudhud::for_each_setting!(declare_settings);

/// Authentication and paths of Zagely's app routes (those without a version).
///
/// Inferred: the vendor's page does not say how these routes are authenticated. It states only that other channels are reached
/// "via the Sanctum API".
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct AppRoutes {
    /// A token of the dashboard, sent as `Authorization: Bearer …`.
    #[uniffi(default = None)]
    pub token: Option<String>,
    /// The credentials that are sent if a token is set. Default: the token alone.
    #[uniffi(default = None)]
    pub auth: Option<AppAuth>,
    /// The prefix that replaces `/api` in the app routes, such as `/api/v1` if they are served there.
    #[uniffi(default = None)]
    pub prefix: Option<String>,
}

impl Debug for AppRoutes {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let token = self.token.as_ref().map(|_| REDACTED);
        write!(formatter, "AppRoutes({token:?}, {:?}, {:?})", self.auth, self.prefix)
    }
}
