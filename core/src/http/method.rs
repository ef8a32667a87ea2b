//! HTTP methods.

use core::fmt::{self, Display, Formatter};

use hudhud_macros::closed_enum;

/// An HTTP method.
#[closed_enum]
#[non_exhaustive]
pub enum Method {
    /// Reads.
    #[wire("GET")]
    Get,
    /// Creates, or performs an action.
    #[wire("POST")]
    Post,
    /// Replaces.
    #[wire("PUT")]
    Put,
    /// Changes.
    #[wire("PATCH")]
    Patch,
    /// Removes.
    #[wire("DELETE")]
    Delete,
}

impl Method {
    /// The methods that updates may have.
    pub const UPDATES: &'static [Self] = &[Self::Put, Self::Patch];
}

/// The header that states the method of a request that is sent as POST.
pub(crate) const METHOD_OVERRIDE: &str = "X-HTTP-Method-Override";

impl Display for Method {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
