//! Rewrites UniFFI's block comments in Swift as line comments, as in hand-written Swift. The comments of the parameters of an
//! initializer are left out, because the fields have the same ones.

/// Returns the source with line comments.
pub(crate) fn as_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut is_in_comment, mut is_in_init) = (false, false);
    for line in text.lines() {
        let trimmed = line.trim_start();
        let indent = &line[..line.len() - trimmed.len()];
        if !is_in_comment && trimmed == "/**" {
            is_in_comment = true;
        } else if let Some(after) = trimmed.strip_prefix("*/").filter(|_| is_in_comment) {
            is_in_comment = false;
            if !after.is_empty() {
                let indent = indent.strip_suffix(' ').unwrap_or(indent);
                out.push_str(&format!("{indent}{}\n", after.trim_end()));
                is_in_init &= !after.contains(") {");
            }
        } else if is_in_comment {
            let words = trimmed.strip_prefix('*').unwrap_or(trimmed);
            let indent = indent.strip_suffix(' ').unwrap_or(indent);
            if !is_in_init {
                out.push_str(format!("{indent}///{words}").trim_end());
                out.push('\n');
            }
        } else {
            if line == "    public init(" {
                is_in_init = true;
            } else if trimmed.contains(") {") {
                is_in_init = false;
            }
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::as_lines;

    #[test]
    fn comments_of_fields_become_lines_and_those_of_parameters_are_left_out() {
        let text = "public struct A {\n    /**\n     * A text.\n     *\n     * More.\n     */\n    public var to: String\n    public init(\n        /**\n         * A text.\n         */to: String, \n        /**\n         * B.\n         */b: Bool? = nil) {\n        self.to = to\n    }\n    case a(\n        /**\n         * A value.\n         */value: Int\n    )\n}\n";
        let expected = "public struct A {\n    /// A text.\n    ///\n    /// More.\n    public var to: String\n    public init(\n        to: String,\n        b: Bool? = nil) {\n        self.to = to\n    }\n    case a(\n        /// A value.\n        value: Int\n    )\n}\n";
        assert_eq!(as_lines(text), expected);
    }
}
