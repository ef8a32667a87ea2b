//! Clients from variables, such as those of the environment. The names are the same in every host.

use alloc::string::String;

use crate::error::Error;
use crate::service::variables::{optional, required};
use crate::zagely::{KeyPair, Zagely};

impl Zagely {
    /// Creates a service from variables. Core reads no environment itself: `lookup` returns the value of a variable. An empty
    /// value counts as unset.
    ///
    /// | variable | value |
    /// |---|---|
    /// | `ZAGELY_PUBLIC_KEY` | the public key, `pk_…`; required |
    /// | `ZAGELY_SECRET_KEY` | the secret key, `sk_…`; required |
    /// | `ZAGELY_SESSION_ID` | the default session: [`Settings::session_id`](crate::Settings::session_id) |
    /// | `ZAGELY_BASE_URL` | the base URL instead of the vendor's origin |
    /// | `ZAGELY_APP_TOKEN` | the token for app routes |
    ///
    /// ```no_run
    /// let zagely = hudhud::Zagely::from_variables(|name| std::env::var(name).ok())?;
    /// # Ok::<(), hudhud::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_request`. It names a required variable that has no value, and the setting, such as `base_url`, of an invalid
    /// value.
    pub fn from_variables(mut lookup: impl FnMut(&str) -> Option<String>) -> Result<Self, Error> {
        let lookup = &mut lookup;
        let public =
            required(lookup, "ZAGELY_PUBLIC_KEY", "set it to the public key from the dashboard (pk_…)");
        let secret =
            required(lookup, "ZAGELY_SECRET_KEY", "set it to the secret key from the dashboard (sk_…)");
        let keys = match (public, secret) {
            (Ok(public), Ok(secret)) => KeyPair::new(public, secret)?,
            (public, secret) => return Err(Error::together(public.err(), secret.err())),
        };
        let mut zagely = Self::new(keys);
        if let Some(base_url) = optional(lookup, "ZAGELY_BASE_URL") {
            zagely = zagely.base_url(&base_url)?;
        }
        if let Some(token) = optional(lookup, "ZAGELY_APP_TOKEN") {
            zagely = zagely.app_token(token)?;
        }
        Ok(zagely.session_id(optional(lookup, "ZAGELY_SESSION_ID").as_deref()))
    }
}
