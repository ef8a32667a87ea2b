//! The settings of all requests of a client, declared once for every host.
//!
//! A new setting needs a row of [`for_each_setting!`](crate::for_each_setting), and its effect in `service/mod.rs`. The
//! hosts get it from the row: each binding reads a setting by its kind, and the generators write its type and its text.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::codec::input::validate::is_blank;
use crate::endpoint::VendorInfo;
use crate::error::Error;
use crate::exchange::retry::RetryPolicy;
use crate::http::method::Method;
use crate::schema::{doc_text, join_lines};

/// Passes every setting to a macro, for the bindings.
///
/// `for_each_setting!(my_macro)` expands to `my_macro! { … }` with a row `/// doc`, `name: kind,` for each setting. The
/// kinds are those of [`SettingKind`], in lower case. A `flag` is followed by its default: `name: flag = true,`.
#[macro_export]
macro_rules! for_each_setting {
    ($($callback:tt)+) => {
        $($callback)+! {
            /// The method of updates: PUT (the default) or PATCH. Inferred: the vendor's page does not show which of them
            /// it accepts.
            update_method: update_method,
            /// Methods that replace the catalog's, by the names of calls such as `contacts.block`. Use them if inferred
            /// methods are wrong.
            methods: methods,
            /// The `User-Agent`, in runtimes that allow setting it. Default: `hudhud/` and the version. With an empty text,
            /// none is sent.
            user_agent: text,
            /// The default session of WhatsApp messages and campaigns. A key that is bound to a session does not need it.
            /// `sessions.list` returns the ids of the sessions. Default: no session. Zagely only: Wazaj has no sessions.
            session_id: text,
            /// The retry policy.
            retry: retry,
            /// If true, the vendor's stated limits are checked before sending. Default: true.
            validate: flag = true,
            /// If true, PUT, PATCH and DELETE are sent as POST with `X-HTTP-Method-Override`, for networks and hosts that
            /// drop these methods or their bodies. Default: false. Inferred: the vendor's framework understands the
            /// header.
            method_override: flag = false,
            /// If true, booleans in a query are `true` and `false` instead of `1` and `0`. Default: false. The vendor does not
            /// state the form. Its framework accepts `1` and `0` for every boolean.
            textual_booleans: flag = false,
        }
    };
}

/// The Rust type of a kind of settings.
macro_rules! rust_type {
    (update_method) => { Method };
    (methods) => { Vec<(String, Method)> };
    (text) => { String };
    (retry) => { RetryPolicy };
    (flag) => { bool };
}

/// The default of a setting.
macro_rules! default_value {
    (user_agent: text) => {
        concat!("hudhud/", env!("CARGO_PKG_VERSION")).to_string()
    };
    (update_method: update_method) => {
        Method::Put
    };
    ($name:ident: flag = $default:tt) => {
        $default
    };
    ($name:ident: $kind:ident) => {
        Default::default()
    };
}

/// The kind of a setting as data.
macro_rules! kind {
    (update_method) => {
        SettingKind::UpdateMethod
    };
    (methods) => {
        SettingKind::Methods
    };
    (text) => {
        SettingKind::Text
    };
    (retry) => {
        SettingKind::Retry
    };
    (flag = $default:tt) => {
        SettingKind::Flag($default)
    };
}

macro_rules! declare {
    ($( $(#[doc = $doc:tt])* $name:ident: $kind:ident $(= $default:tt)?, )*) => {
        /// The settings of all requests of a client, for [`Service::configure`](crate::Service::configure).
        ///
        /// ```
        /// use hudhud::{KeyPair, Settings, Zagely};
        /// let mut settings = Settings::default();
        /// settings.textual_booleans = true;
        /// let zagely = Zagely::new(KeyPair::new("pk_test", "sk_test")?).configure(settings)?;
        /// assert!(zagely.settings().textual_booleans);
        /// # Ok::<(), hudhud::Error>(())
        /// ```
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub struct Settings {
            $( $(#[doc = $doc])* pub $name: rust_type!($kind), )*
        }

        impl Default for Settings {
            fn default() -> Self {
                Self { $( $name: default_value!($name: $kind $(= $default)?), )* }
            }
        }

        /// Every setting, in the order of the declaration.
        pub const SETTINGS: &[Setting] = &[
            $( Setting {
                name: stringify!($name),
                kind: kind!($kind $(= $default)?),
                lines: &[$( doc_text!($doc) ),*],
            }, )*
        ];
    };
}
crate::for_each_setting!(declare);

/// A setting as data, for tools that write the types of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Setting {
    /// The name in snake case. A host uses its own case.
    pub name: &'static str,
    /// The kind of its values.
    pub kind: SettingKind,
    lines: &'static [&'static str],
}

impl Setting {
    /// Returns the documentation, or an empty text without the feature `docs`.
    #[must_use]
    pub fn doc(&self) -> String {
        join_lines(self.lines)
    }
}

/// The kinds of settings. Each host has one form for the values of a kind.
///
/// This enum is exhaustive, so that a binding that does not know a kind does not compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingKind {
    /// One of [`Method::UPDATES`].
    UpdateMethod,
    /// Methods by the names of calls.
    Methods,
    /// Text.
    Text,
    /// A [`RetryPolicy`].
    Retry,
    /// True or false, with its default.
    Flag(bool),
}

impl SettingKind {
    /// Returns the name that [`for_each_setting!`](crate::for_each_setting) uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UpdateMethod => "update_method",
            Self::Methods => "methods",
            Self::Text => "text",
            Self::Retry => "retry",
            Self::Flag(_) => "flag",
        }
    }
}

impl Settings {
    /// Checks the settings, except the names of calls, and brings them to the form that requests use.
    ///
    /// # Errors
    /// `invalid_request` for the setting that is invalid.
    pub(crate) fn checked(mut self, vendor: &VendorInfo) -> Result<Self, Error> {
        if !Method::UPDATES.contains(&self.update_method) {
            return Err(Error::invalid("update_method", "The update method must be PUT or PATCH."));
        }
        if self.retry.max_attempts == 0 {
            return Err(Error::invalid("max_attempts", "expected a number of attempts >= 1"));
        }
        self.clean();
        match self.session_fault(vendor) {
            Some(fault) => Err(Error::invalid("session_id", fault)),
            None => Ok(self),
        }
    }

    /// Drops characters that are not allowed in a header, and white space around the session. They are not refused.
    pub(crate) fn clean(&mut self) {
        self.user_agent.retain(|letter| matches!(letter, ' '..='~'));
        if is_blank(&self.session_id) {
            self.session_id.clear();
        } else if self.session_id.trim().len() < self.session_id.len() {
            self.session_id = self.session_id.trim().into();
        }
    }

    /// Returns the fault of a session for a vendor that has none.
    pub(crate) fn session_fault(&self, vendor: &VendorInfo) -> Option<&'static str> {
        let is_useless = !self.session_id.is_empty() && !vendor.has_sessions;
        is_useless.then_some("Wazaj has no sessions, so a session would have no effect: leave it out.")
    }

    /// Returns the method that replaces the catalog's for the call of this name.
    pub(crate) fn method_of(&self, call: &str) -> Option<Method> {
        self.methods.iter().rev().find(|(name, _)| name == call).map(|(_, method)| *method)
    }
}
