//! Reads the string literals of TypeScript, Python, Kotlin and Swift: those outside comments and docstrings.
//!
//! It knows of these languages only comments, literals, brackets and the names before brackets.

use super::literal::Literal;

/// A language other than Rust.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Language {
    TypeScript,
    Python,
    Kotlin,
    Swift,
}

/// Returns the string literals of a file, in their order. Adjacent and added literals are one.
pub(super) fn literals(language: Language, file: &str, code: &str) -> Vec<Literal> {
    let mut reader = Reader {
        language,
        file,
        code: code.chars().collect(),
        at: 0,
        open: Vec::new(),
        closed: (0, String::new()),
        scopes: Vec::new(),
        found: Vec::new(),
    };
    while reader.at < reader.code.len() {
        reader.step();
    }
    reader.found
}

struct Reader<'a> {
    language: Language,
    file: &'a str,
    code: Vec<char>,
    at: usize,
    /// The names before the open brackets.
    open: Vec<String>,
    /// The position after the last closed bracket, and the name before it.
    closed: (usize, String),
    /// The classes and functions of Python around the position, with their indentation.
    scopes: Vec<(usize, String)>,
    found: Vec<Literal>,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> char {
        self.code.get(self.at + ahead).copied().unwrap_or('\0')
    }

    fn starts_with(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(ahead, letter)| self.peek(ahead) == letter)
    }

    fn step(&mut self) {
        let letter = self.peek(0);
        if self.skip_comment() || self.skip_regex() {
            return;
        }
        if self.language == Language::Kotlin && letter == '\'' {
            // A character.
            self.at += if self.peek(1) == '\\' { 4 } else { 3 };
        } else if is_name(letter) {
            self.word();
        } else if self.is_quote() {
            self.literal("");
        } else {
            match letter {
                '(' | '[' | '{' => {
                    let name = self.name_before();
                    self.open.push(name);
                }
                ')' | ']' | '}' => self.closed = (self.at + 1, self.open.pop().unwrap_or_default()),
                _ => {}
            }
            self.at += 1;
        }
    }

    fn skip_comment(&mut self) -> bool {
        let is_python = self.language == Language::Python;
        if if is_python { self.peek(0) == '#' } else { self.starts_with("//") } {
            while self.at < self.code.len() && self.peek(0) != '\n' {
                self.at += 1;
            }
            return true;
        }
        if !is_python && self.starts_with("/*") {
            while self.at < self.code.len() && !self.starts_with("*/") {
                self.at += 1;
            }
            self.at += 2;
            return true;
        }
        false
    }

    /// Skips a regular expression of TypeScript: a slash where no value ends.
    fn skip_regex(&mut self) -> bool {
        let is_value = |last: char| is_name(last) || matches!(last, ')' | ']' | '}' | '"' | '\'' | '`');
        let before = self.before(self.at).map(|at| self.code[at]);
        if self.language != Language::TypeScript || self.peek(0) != '/' || before.is_some_and(is_value) {
            return false;
        }
        let mut in_class = false;
        self.at += 1;
        while self.at < self.code.len() && self.peek(0) != '\n' && (in_class || self.peek(0) != '/') {
            match self.peek(0) {
                '\\' => self.at += 1,
                '[' => in_class = true,
                ']' => in_class = false,
                _ => {}
            }
            self.at += 1;
        }
        self.at += 1;
        true
    }

    /// Reads a word: the prefix of a literal of Python, the name of a scope, or another one.
    fn word(&mut self) {
        let start = self.at;
        while is_name(self.peek(0)) {
            self.at += 1;
        }
        let word: String = self.code[start..self.at].iter().collect();
        if self.language != Language::Python {
            return;
        }
        let is_prefix = word.len() < 3 && word.chars().all(|letter| "rRbBfFuU".contains(letter));
        if is_prefix && self.is_quote() {
            return self.literal(&word.to_lowercase());
        }
        if word == "class" || word == "def" {
            let line = self.code[..start].iter().rposition(|letter| *letter == '\n').map_or(0, |at| at + 1);
            let indent = self.code[line..].iter().take_while(|letter| **letter == ' ').count();
            let name = self.code[self.at..].iter().skip_while(|letter| **letter == ' ');
            let name: String = name.take_while(|letter| is_name(**letter)).collect();
            self.scopes.retain(|(outer, _)| *outer < indent);
            self.scopes.push((indent, format!("{word} {name}")));
        }
    }

    fn is_quote(&self) -> bool {
        match self.peek(0) {
            '"' => true,
            '\'' => matches!(self.language, Language::TypeScript | Language::Python),
            '`' => self.language == Language::TypeScript,
            _ => false,
        }
    }

    /// Reads a literal, with those that follow and belong to it.
    fn literal(&mut self, prefix: &str) {
        let start = self.at;
        let first_of_line = self.code[..start - prefix.len()]
            .iter()
            .rev()
            .take_while(|letter| **letter != '\n')
            .all(|letter| *letter == ' ');
        let is_doc = self.language == Language::Python && first_of_line && self.starts_with("\"\"\"");
        let mut text = self.text(prefix);
        loop {
            let end = self.at;
            self.skip_space();
            if self.language != Language::Python && self.peek(0) == '+' {
                self.at += 1;
                self.skip_space();
            } else if self.language != Language::Python || self.open.is_empty() {
                self.at = end;
                break;
            }
            let is_f = matches!(self.peek(0), 'f' | 'F') && self.language == Language::Python;
            let letter = usize::from(is_f);
            if !matches!(self.peek(letter), '"' | '\'' | '`') {
                self.at = end;
                break;
            }
            self.at += letter;
            text.push_str(&self.text(if is_f { "f" } else { "" }));
        }
        if !is_doc {
            let line = self.code[..start].iter().rposition(|letter| *letter == '\n').map_or(0, |at| at + 1);
            let indent = self.code[line..].iter().take_while(|letter| **letter == ' ').count();
            let scopes =
                self.scopes.iter().filter(|(outer, _)| *outer < indent).map(|(_, name)| name.clone());
            let context = scopes.chain(self.open.iter().filter(|name| !name.is_empty()).cloned()).collect();
            self.found.push(Literal { file: self.file.to_owned(), text, context });
        }
    }

    fn skip_space(&mut self) {
        while self.peek(0).is_whitespace() {
            self.at += 1;
        }
    }

    /// Reads one literal, from its first quotation mark. Expressions inside it become placeholders.
    fn text(&mut self, prefix: &str) -> String {
        let quote = self.peek(0);
        let is_triple = self.peek(1) == quote && self.peek(2) == quote && quote != '`';
        let length = if is_triple { 3 } else { 1 };
        let is_template = match self.language {
            Language::TypeScript => quote == '`',
            Language::Python => prefix.contains('f'),
            Language::Kotlin | Language::Swift => true,
        };
        let is_raw = prefix.contains('r');
        self.at += length;
        let mut text = String::new();
        while self.at < self.code.len() && !(0..length).all(|ahead| self.peek(ahead) == quote) {
            let letter = self.peek(0);
            let next = self.peek(1);
            let expression = is_template
                && match self.language {
                    Language::TypeScript => letter == '$' && next == '{',
                    Language::Python => letter == '{' && next != '{',
                    Language::Kotlin => letter == '$' && (next == '{' || is_name(next)),
                    Language::Swift => letter == '\\' && next == '(',
                };
            if expression {
                let code = if self.language == Language::Kotlin && next != '{' {
                    self.at += 1;
                    let start = self.at;
                    while is_name(self.peek(0)) {
                        self.at += 1;
                    }
                    self.code[start..self.at].iter().collect()
                } else {
                    self.at += usize::from(self.language != Language::Python);
                    self.expression()
                };
                text.push_str(&format!("{{{}}}", name_of(self.language, &code)));
            } else if letter == '\\' {
                self.at += 2;
                match next {
                    _ if is_raw => text.extend(['\\', next]),
                    'n' => text.push('\n'),
                    '\n' => {}
                    other => text.push(other),
                }
            } else {
                // A brace that stands for itself is written twice in templates of Python.
                let is_doubled = is_template
                    && self.language == Language::Python
                    && matches!(letter, '{' | '}')
                    && next == letter;
                self.at += 1 + usize::from(is_doubled);
                text.push(letter);
            }
        }
        self.at += length;
        text
    }

    /// Reads the code between brackets inside a literal, from the first bracket to after the last.
    fn expression(&mut self) -> String {
        let mut depth = 0_usize;
        let mut code = String::new();
        while self.at < self.code.len() {
            if self.is_quote() {
                self.text("");
                code.push(' ');
                continue;
            }
            let letter = self.peek(0);
            self.at += 1;
            match letter {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            code.push(letter);
        }
        code[1.min(code.len())..].to_owned()
    }

    /// Returns the position of the last letter before `at` that is no space.
    fn before(&self, at: usize) -> Option<usize> {
        self.code[..at].iter().rposition(|letter| !letter.is_whitespace())
    }

    /// Returns the name before the bracket at this position. A block after an argument list has the name of the list.
    fn name_before(&self) -> String {
        let Some(last) = self.before(self.at) else { return String::new() };
        if self.code[last] == ')' && self.closed.0 == last + 1 {
            return self.closed.1.clone();
        }
        let start = self.code[..=last].iter().rposition(|letter| !is_name(*letter) && *letter != '.');
        self.code[start.map_or(0, |at| at + 1)..=last].iter().collect()
    }
}

fn is_name(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '$' | '#')
}

/// Names an expression: by its last variable or member, or by its last function if it has neither.
fn name_of(language: Language, code: &str) -> String {
    // In Python, a conversion and a format may follow the value.
    let marks: &[char] = if language == Language::Python { &['!', ':'] } else { &[] };
    let code = code.split(marks).next().unwrap_or_default();
    if code.starts_with("type(") {
        return "type".into();
    }
    let (mut variable, mut function) = (None, None);
    let mut rest = code;
    while let Some(start) = rest.find(is_name) {
        rest = &rest[start..];
        let end = rest.find(|letter| !is_name(letter)).unwrap_or(rest.len());
        let (name, behind) = rest.split_at(end);
        if behind.starts_with('(') {
            function = Some(name);
        } else if !["self", "this", "__name__", "it"].contains(&name)
            && !name.starts_with(|first: char| first.is_numeric())
        {
            variable = Some(name);
        }
        rest = behind;
    }
    variable.or(function).unwrap_or("…").trim_start_matches('#').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(language: Language, code: &str) -> Vec<(String, String)> {
        let found = literals(language, "file", code);
        found.into_iter().map(|literal| (literal.context.join(" > "), literal.text)).collect()
    }

    fn check(language: Language, code: &str, expected: &[(&str, &str)]) {
        let expected: Vec<_> = expected.iter().map(|(one, other)| ((*one).into(), (*other).into())).collect();
        assert_eq!(read(language, code), expected, "{code}");
    }

    #[test]
    fn literals_of_type_script_are_read() {
        let code = "throw new TypeError(`${a.name}: ${b(c) ? `x ${d}` : \"\"} y`); // \"no\"\n\
                    /* \"no\" */ const r = /[\"/]\"/.test(\"one \" + 'two'); if (a / b) f({ g: \"h\" });";
        check(
            Language::TypeScript,
            code,
            &[("TypeError", "{name}: {c} y"), (".test", "one two"), ("f", "h")],
        );
    }

    #[test]
    fn literals_of_python_are_read() {
        let code = "\"\"\"doc \"no\" \"\"\"\nclass A(B):\n    def c(self):\n        super().__init__(f\"{x!r} is {{}} \"\n            \"of {y}\")\nD = r\"\\d\\\"\" # \"no\"\nraise E(f\"not {type(x).__name__}\")";
        check(
            Language::Python,
            code,
            &[("class A > def c > .__init__", "{x} is {} of {y}"), ("", "\\d\\\""), ("E", "not {type}")],
        );
    }

    #[test]
    fn literals_of_kotlin_are_read() {
        let code = "require(a > 0) { \"a: $b of ${c.size} \" + \"\\$d\" }; throw E(\"x\", 'y')";
        check(Language::Kotlin, code, &[("require", "a: {b} of {size} $d"), ("E", "x")]);
    }

    #[test]
    fn literals_of_swift_are_read() {
        let code = "throw E(.closed, reason: \"\\(host): \\(n ?? \"x\") bytes\")";
        check(Language::Swift, code, &[("E", "{host}: {n} bytes")]);
    }
}
