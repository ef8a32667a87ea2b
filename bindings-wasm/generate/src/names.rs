//! Converts the names of the catalog to those of TypeScript.

/// Converts `contact_groups` to `contactGroups`.
pub(crate) fn camel(name: &str) -> String {
    let pascal = pascal(name);
    pascal[..1].to_lowercase() + &pascal[1..]
}

/// Converts `contact_groups` to `ContactGroups`.
pub(crate) fn pascal(name: &str) -> String {
    let words = name.split(['_', '.']);
    words.map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}
