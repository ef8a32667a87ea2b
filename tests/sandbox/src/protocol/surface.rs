//! The three API surfaces of the two vendors.

/// The API surface of a call. It decides the credentials, the error envelope and the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Surface {
    /// Zagely under `/api/v1`: a key pair, and one envelope for all errors.
    V1,
    /// Zagely without a version: the framework's default behaviour.
    App,
    /// Wazaj.
    Wazaj,
}
