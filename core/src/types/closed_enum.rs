//! Closed sets of names of our own: how a call failed, which of three forms a key is sent in. They are text where a host
//! has no types for them, and the same text everywhere.

/// One of a closed set of names.
///
/// ```
/// use hudhud::{Choice, KeyForm};
/// assert_eq!(KeyForm::from_name("api_key"), Some(KeyForm::ApiKey));
/// assert_eq!(KeyForm::ALL[0].as_str(), "header");
/// ```
pub trait Choice: Copy + 'static {
    /// Every one, in the order in which they are declared.
    const ALL: &'static [Self];

    /// The name in every host.
    fn as_str(self) -> &'static str;

    /// The one of this name, in any case; `None` if there is none.
    #[must_use]
    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|choice| choice.as_str().eq_ignore_ascii_case(name))
    }
}
