//! Validation of inputs: limits, conditions between fields, phone numbers.

use alloc::format;
use alloc::string::ToString;

use crate::codec::field_errors::FieldErrors;
use crate::codec::input::{AS_IT_IS, Value};
use crate::schema::{Field, Requirement, Type};
use crate::text::date::is_date;
use crate::text::invisible::is_invisible;
use crate::types::phone::{Phone, has_only_marks, misread};

/// Adds a fault such as "The phone_number field is required." The framework behind both vendors has the same words, and writes
/// names without underscores.
pub(crate) fn fault(faults: &mut FieldErrors, at: &str, name: &str, what: &str) {
    let name = [at, name].concat();
    let message = format!("The {name} {what}");
    faults.add(name, message);
}

/// Checks the limits on text: not empty if required, not too long, a date if it must be one.
pub(crate) fn check_text(text: &str, at: &str, field: &Field, faults: &mut FieldErrors) {
    // An empty parameter of a path is refused where the path is written.
    let missing = field.required && is_blank(text) && !(field.path && text.is_empty());
    if missing {
        fault(faults, at, field.name, "field is required.");
    }
    if let Some(max) = field.max_chars
        && text.len() > max as usize
        && text.chars().count() > max as usize
    {
        fault(faults, at, field.name, &format!("field must not be greater than {max} characters."));
    }
    match (field.phone, field.e164) {
        (true, true) if field.condition.is_none() => check_recipient(text, at, field, faults),
        (true, false) if !missing => check_phone(text, at, field.name, faults),
        _ => {}
    }
    if matches!(field.kind, Type::Date | Type::Nullable(Type::Date)) && !is_date(text) {
        fault(faults, at, field.name, "field must be a day in the form YYYY-MM-DD.");
    }
}

pub(crate) fn check_number(number: i64, at: &str, field: &Field, faults: &mut FieldErrors) {
    let Some((low, high)) = field.range else { return };
    if (low..=high).contains(&number) {
        return;
    }
    let limit =
        if high == i64::MAX { format!("at least {low}") } else { format!("between {low} and {high}") };
    fault(faults, at, field.name, &format!("field must be {limit}."));
}

/// Returns `true` if another field makes this one required.
pub(crate) fn is_required(field: &Field, other_field: &Field, other: &dyn Value) -> bool {
    field.condition.is_some_and(|condition| is_met(condition, other_field, other))
}

/// Returns `true` if the value of the other field meets the condition.
pub(crate) fn is_met(condition: &Requirement, other_field: &Field, other: &dyn Value) -> bool {
    let has_one_of = |values: &[&str]| {
        let mut found = false;
        if other.is_given() {
            other.text(other_field, &mut |text| found = values.contains(&text));
        } else if let Some(text) = other_field.sent_default.or(other_field.vendor_default) {
            found = values.contains(&text);
        }
        found
    };
    match condition {
        Requirement::If(_, values) => has_one_of(values),
        Requirement::Unless(_, values) => !has_one_of(values),
        Requirement::Without(_) => !other.is_filled(),
    }
}

/// Adds a fault if another field makes this one required and it is not filled.
pub(crate) fn check_condition(
    at: &str,
    (field, value): (&Field, &dyn Value),
    (other_field, other): (&Field, &dyn Value),
    faults: &mut FieldErrors,
) {
    let Some(condition) = field.condition else { return };
    if let Requirement::If(_, values) | Requirement::Unless(_, values) = condition {
        // The vendor may read another spelling as the name, and the check of this field would not be made.
        let (mut meant, mut blank) = (None, false);
        other.text(other_field, &mut |text| {
            meant = values.iter().find(|value| **value != text && is_spelled_like(value, text));
            blank = is_blank(text);
        });
        if blank {
            return fault(faults, at, other_field.name, "field must not be blank.");
        }
        if let Some(value) = meant {
            return fault(faults, at, other_field.name, &format!("field must be written as {value}."));
        }
    }
    let required = is_required(field, other_field, other);
    if required && !value.is_filled() {
        fault(faults, at, field.name, &format!("field is required {condition}."));
    }
    if required && field.e164 {
        value.text(&AS_IT_IS, &mut |text| check_recipient(text, at, field, faults));
    }
}

/// Checks a recipient, which must be a number in E.164.
fn check_recipient(text: &str, at: &str, field: &Field, faults: &mut FieldErrors) {
    if !text.is_empty()
        && let Err(error) = Phone::parse(text)
    {
        fault(faults, at, field.name, &format!("field must be a phone number in E.164: {error}."));
    }
}

/// Checks a number that need not be in E.164: cleaning must not turn it into another number, or into an empty text.
fn check_phone(text: &str, at: &str, name: &str, faults: &mut FieldErrors) {
    if has_only_marks(text) {
        fault(faults, at, name, "field must be a phone number: it has no digits.");
    } else if let Some(error) = misread(text) {
        fault(faults, at, name, &format!("field must be a phone number: {error}."));
    }
}

/// Returns true for a text without a visible character. The framework behind both vendors reads it as `null`.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(is_invisible)
}

/// Compares a text with a name in lower case, without regard to case, spaces, punctuation and invisible characters.
fn is_spelled_like(name: &str, text: &str) -> bool {
    let counts = |letter: &char| !is_invisible(*letter) && !letter.is_ascii_punctuation();
    let letters = |text| str::chars(text).filter(counts).map(|letter| letter.to_ascii_lowercase());
    letters(name).eq(letters(text))
}

/// Checks the limits on a list: not empty if required, and no phone number that cleaning would turn into another
/// number.
pub(crate) fn check_list(
    items: &mut dyn ExactSizeIterator<Item = &dyn Value>,
    at: &str,
    field: &Field,
    faults: &mut FieldErrors,
) {
    if field.required && items.len() == 0 {
        fault(faults, at, field.name, "field is required.");
    }
    if field.phone {
        let at = format!("{at}{}.", field.name);
        for (position, item) in items.enumerate() {
            item.text(&AS_IT_IS, &mut |text| check_phone(text, &at, &position.to_string(), faults));
        }
    }
}
