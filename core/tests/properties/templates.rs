//! Properties of templates.

use std::borrow::Cow;
use std::cell::Cell;

use hudhud::{MissingPolicy, Template, TemplateValues};
use proptest::prelude::*;
use proptest::sample::select;

use crate::inputs::{config, text};

/// Values that return the same text for every name and count their calls.
struct Same<'a>(&'a str, Cell<usize>);

impl TemplateValues for Same<'_> {
    fn value(&self, _: &str) -> Option<Cow<'_, str>> {
        self.1.set(self.1.get() + 1);
        Some(Cow::Borrowed(self.0))
    }
}

/// Values that return nothing and count their calls.
struct Nothing(Cell<usize>);

impl TemplateValues for Nothing {
    fn value(&self, _: &str) -> Option<Cow<'_, str>> {
        self.0.set(self.0.get() + 1);
        None
    }
}

/// Generates text with many braces.
fn braces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => select(vec!["{", "}", "{{", "}}", "{{{", "}}}", "{{}}", "{{ }}", " ", "x", "{{x}}", "{{ y }}"])
            .prop_map(String::from),
        1 => text(),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn variable() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z_]{1,8}", "[\\p{Arabic}&&\\p{L}]{1,6}", "[a-z]{1,4}[ .-][0-9a-z]{1,4}"]
}

proptest! {
    #![proptest_config(config(512))]

    #[test]
    fn a_template_without_values_is_kept_unchanged(source in braces()) {
        let template = Template::parse(source.as_str());
        let nothing = Nothing(Cell::new(0));
        prop_assert_eq!(template.render(&nothing, MissingPolicy::Keep).unwrap(), source.as_str());
        // A variable has at least five bytes and is requested once, so the work is proportional to the length.
        prop_assert!(nothing.0.get() <= source.len() / 5);
        let variables = template.variables();
        match template.render(&nothing, MissingPolicy::Error) {
            Ok(text) => {
                prop_assert!(variables.is_empty());
                prop_assert_eq!(text, source.as_str());
            }
            Err(missing) => prop_assert_eq!(missing.names(), variables.clone()),
        }
        prop_assert!(nothing.0.get() <= 3 * (source.len() / 5) + 1);
        for name in variables {
            let has_braces = name.contains(['{', '}']);
            prop_assert!(!name.is_empty() && name.trim() == name && !has_braces);
            prop_assert!(source.contains(name));
        }
        prop_assert!(template.render(&nothing, MissingPolicy::Empty).unwrap().len() <= source.len());
    }

    #[test]
    fn values_are_not_parsed_for_variables(source in braces(), value in braces()) {
        let template = Template::parse(source.as_str());
        let same = Same(&value, Cell::new(0));
        let text = template.render(&same, MissingPolicy::Error).unwrap();
        prop_assert!(same.1.get() <= source.len() / 5);
        // Renders with a unique mark and then replaces the mark. The result must be the same, which proves that
        // values are not parsed again.
        let mark = "\u{1}MARK\u{1}";
        prop_assume!(!source.contains('\u{1}'));
        let marked = template.render(&Same(mark, Cell::new(0)), MissingPolicy::Error).unwrap();
        prop_assert_eq!(text, marked.replace(mark, &value));
    }

    #[test]
    fn templates_render_to_the_expected_text(
        pieces in prop::collection::vec((any::<String>(), variable(), " {0,3}", " {0,3}", braces()), 0..8),
        tail in any::<String>(),
    ) {
        let plain = |text: &str| text.replace(['{', '}'], "");
        let (mut source, mut expected) = (String::new(), String::new());
        let (mut names, mut values) = (Vec::new(), Vec::<(String, String)>::new());
        for (before, name, left, right, value) in pieces {
            let name = name.trim().to_owned();
            let known = values.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
            let value = known.unwrap_or_else(|| {
                names.push(name.clone());
                values.push((name.clone(), value.clone()));
                value
            });
            source += &format!("{}{{{{{left}{name}{right}}}}}", plain(&before));
            expected += &(plain(&before) + &value);
        }
        source += &plain(&tail);
        expected += &plain(&tail);
        let template = Template::parse(source);
        prop_assert_eq!(template.variables(), names);
        prop_assert_eq!(template.render(values.as_slice(), MissingPolicy::Error).unwrap(), expected);
    }
}
