//! The documentation of core's types, without what only rustdoc understands.

/// Removes links that only rustdoc understands: `` [`Page`](crate::Page) `` becomes `` `Page` ``.
pub(crate) fn plain(doc: &str) -> String {
    let mut text = String::new();
    let mut rest = doc.split("\n\n```").next().unwrap_or(doc);
    while let Some(start) = rest.find("[`") {
        text.push_str(&rest[..start]);
        let inside = &rest[start + 1..];
        let Some(end) = inside.find("`]") else { break };
        text.push_str(&inside[..=end]);
        rest = &inside[end + 2..];
        if let Some(link) = rest.strip_prefix('(')
            && let Some(end) = link.find(')')
        {
            rest = &link[end + 1..];
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn rustdoc_links_become_names() {
        assert_eq!(plain("Returns [`Page`](crate::Page) of [`Contact`]."), "Returns `Page` of `Contact`.");
        assert_eq!(plain("A call.\n\n```\nlet x;\n```"), "A call.");
    }
}
