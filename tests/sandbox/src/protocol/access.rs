//! The access levels of calls.

/// The access that a call requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// No credentials: the call is public.
    Open,
    /// A valid key, whatever its abilities.
    AnyKey,
    /// A key with this ability.
    Ability(&'static str),
}
