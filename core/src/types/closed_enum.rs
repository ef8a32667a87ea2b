//! Closed sets of names that this library defines, such as the faults of a transport or the forms in which a key is
//! sent. A host without types for these sets uses the names as text. The names are the same in every host.

/// A closed set of names.
///
/// ```
/// use hudhud::{ClosedEnum, ApiKeyScheme};
/// assert_eq!(ApiKeyScheme::from_name("api_key"), Some(ApiKeyScheme::ApiKey));
/// assert_eq!(ApiKeyScheme::ALL[0].as_str(), "header");
/// ```
pub trait ClosedEnum: Copy + 'static {
    /// All values, in the order of their declaration.
    const ALL: &'static [Self];

    /// Returns the name, which is the same in every host.
    fn as_str(self) -> &'static str;

    /// Returns the value with this name, in any case, or `None`.
    #[must_use]
    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|choice| choice.as_str().eq_ignore_ascii_case(name))
    }
}
