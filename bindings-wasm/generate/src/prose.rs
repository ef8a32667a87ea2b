//! Shortens core's documentation for editors: the sources and inferences of the vendor's pages are in the reference.

/// Returns a text without the sentences that state where it comes from.
pub(crate) fn without_provenance(doc: &str) -> String {
    let paragraphs = doc.split("\n\n").filter(|paragraph| {
        let start = ["Source:", "**Route:**", "Inferred, ", "Experimental:"];
        !start.iter().any(|start| paragraph.starts_with(start))
    });
    paragraphs.map(shortened).filter(|paragraph| !paragraph.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// Returns a paragraph as one line, without the sentences that begin with `Inferred` or name the type of the output.
fn shortened(paragraph: &str) -> String {
    let mut line = paragraph.replace('\n', " ");
    while let Some((before, inside)) = line.split_once(" (inferred") {
        let Some((_, after)) = inside.split_once(')') else { break };
        line = format!("{before}{after}");
    }
    sentences(&line)
        .into_iter()
        .filter(|sentence| !sentence.starts_with("Inferred") && !sentence.starts_with("Returns `"))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Splits a line into its sentences. A sentence ends with a full stop, a space and a capital letter or a backquote.
pub(crate) fn sentences(line: &str) -> Vec<&str> {
    let (mut found, mut start) = (Vec::new(), 0);
    for (at, _) in line.match_indices(". ") {
        let next = line[at + 2..].chars().next();
        if next.is_some_and(|letter| letter.is_uppercase() || letter == '`') {
            found.push(&line[start..=at]);
            start = at + 2;
        }
    }
    found.push(&line[start..]);
    found
}
