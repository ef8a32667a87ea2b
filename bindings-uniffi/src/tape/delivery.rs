//! Webhook deliveries on a tape: a verified event, or the reason of a refusal.

use std::borrow::Cow;

use hudhud::UnixTime;
use hudhud::host_support::{BorrowedKey, text_of_body, without_endless_numbers};
use hudhud::schema::{HasSchema, Type};
use hudhud::webhook::{EVENT_TYPES, EventName, Verified, WebhookError};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::typed::TypedValue;
use super::writer::Writer;
use super::{Tape, cell, placed};

/// Writes the error of a refused delivery.
pub(crate) fn refused(error: &WebhookError, body: usize) -> Vec<u32> {
    let mut tape = Tape::new(body, 5);
    let hint = tape.text(error.hint());
    tape.cells[2..5].copy_from_slice(&[error.reason() as u32, u32::from(error.http_status()), hint]);
    tape.finish()
}

/// Writes a verified delivery. Returns `None` if its body is not an event.
pub(crate) fn verified(verified: &Verified<()>, body: &[u8]) -> Option<Vec<u32>> {
    let text = text_of_body(body).ok()?;
    let at = matches!(text, Cow::Borrowed(_)).then(|| body.len() - text.len());
    // A number that no float can hold is refused while data is decoded, and would be skipped with the rest otherwise.
    let read = envelope(&text, at, body.len(), true).or_else(|| match without_endless_numbers(&text, true) {
        Cow::Owned(repaired) => event(&repaired, None, body.len()),
        Cow::Borrowed(_) => envelope(&text, at, body.len(), false),
    });
    let (mut tape, event) = read?;
    let delivery_id = event[4];
    tape.cells[1] = 1;
    tape.cells[2..9].copy_from_slice(&event);
    tape.cells[9] = cell(verified.secret_index());
    tape.cells[10] = tape.number(Some(verified.signed_at().as_secs()));
    tape.cells[11] = if delivery_id == 0 { tape.text(verified.replay_key()) } else { delivery_id };
    tape.cells[12] = tape.number(verified.deduplicate_until().map(UnixTime::as_secs));
    Some(tape.finish())
}

/// Reads the envelope in a body onto a new tape.
fn event(text: &str, at: Option<usize>, length: usize) -> Option<(Tape, [u32; 7])> {
    // The second attempt is for a body that names several events, and for a body that is not an event.
    envelope(text, at, length, true).or_else(|| envelope(text, at, length, false))
}

fn envelope(text: &str, at: Option<usize>, length: usize, is_strict: bool) -> Option<(Tape, [u32; 7])> {
    let mut tape = Tape::new(length, 13);
    let at = placed(&mut tape, text, at);
    let mut writer = Writer { tape: &mut tape, source: text, at, beside: Vec::new() };
    let mut reader = serde_json::Deserializer::from_str(text);
    let event = reader.deserialize_map(Envelope { writer: &mut writer, is_strict }).ok()?;
    reader.end().ok()?;
    Some((tape, event))
}

/// Visitor of an event's envelope. It returns the kind (0 for an unknown event), the data, the name, the workspace, the
/// delivery, the time, and the other members. If a member occurs several times, the last one counts.
struct Envelope<'w, 't, 's> {
    writer: &'w mut Writer<'t, 's>,
    /// True if an event is refused whose data must be read in another way: it comes before another name, or it cannot be
    /// decoded. In the other case, data that cannot be decoded is empty.
    is_strict: bool,
}

impl<'s> Visitor<'s> for Envelope<'_, '_, 's> {
    type Value = [u32; 7];
    expecting_any!();

    fn visit_map<A: MapAccess<'s>>(self, mut map: A) -> Result<[u32; 7], A::Error> {
        const ID: &Type = &Type::Id;
        let position = |name: &str| match const { &EventName::TYPE } {
            Type::Enum(open) => open.position(name),
            _ => None,
        };
        // The type of the data of an event that this version knows.
        let typed = |name: &str| Some(&EVENT_TYPES[position(name)?].data);
        // Only text is a name or an id. A number counts as missing.
        let text = |value: &'s RawValue| {
            let quoted = value.get().strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
            quoted.and_then(|inside| match inside.contains('\\') {
                true => serde_json::from_str(value.get()).ok().map(Cow::Owned),
                false => Some(Cow::Borrowed(inside)),
            })
        };
        let Self { writer, is_strict } = self;
        let (mut name, mut model, mut data) = (Cow::Borrowed(""), None, None::<&'s RawValue>);
        let (mut tenant, mut delivery, mut occurred) = (0, 0, 0);
        let since = writer.tape.open.len();
        while let Some(BorrowedKey(key)) = map.next_key()? {
            match &*key {
                "event" => {
                    let found = text(map.next_value()?).unwrap_or_default();
                    let other = found != name;
                    name = found;
                    if model.is_some() && other {
                        return Err(A::Error::custom("another name after the data"));
                    }
                }
                "tenant_id" => tenant = map.next_value_seed(TypedValue { kind: ID, writer: &mut *writer })?,
                "delivery_id" => {
                    let id = text(map.next_value()?).filter(|id| !id.is_empty());
                    delivery = id.map_or(0, |id| writer.text(&id));
                }
                "occurred_at" => {
                    occurred = map.next_value_seed(TypedValue { kind: ID, writer: &mut *writer })?
                }
                // The name is first in every delivery, so that data can be decoded by its type in one pass.
                "data" => match typed(&name).filter(|_| is_strict) {
                    Some(kind) => {
                        model = Some(map.next_value_seed(TypedValue { kind, writer: &mut *writer })?);
                    }
                    None => {
                        data = Some(map.next_value()?);
                        model = None;
                    }
                },
                _ => writer.put_aside(&key, map.next_value()?, 0),
            }
        }
        if name.is_empty() {
            return Err(A::Error::missing_field("event"));
        }
        let rest = writer.tape.rest(since);
        let number = position(&name).map_or(0, |position| cell(position + 1));
        if let (None, Some(kind)) = (model, typed(&name)) {
            let late = data.take().map_or("null", RawValue::get);
            let seed = TypedValue { kind, writer: &mut *writer };
            model = Some(match seed.deserialize(&mut serde_json::Deserializer::from_str(late)) {
                Ok(model) => model,
                Err(_) if is_strict => return Err(A::Error::custom("data that must be mended")),
                Err(_) => 0,
            });
        }
        let data = match (model, typed(&name)) {
            (Some(model), Some(Type::Model(schema))) => {
                if model == 0 {
                    cell(writer.tape.reserve(schema.fields.len() + 1))
                } else {
                    model
                }
            }
            _ => data.map_or(0, |data| writer.json(data.get(), 0)),
        };
        let name = writer.text(&name);
        Ok([number, data, name, tenant, delivery, occurred, rest])
    }
}

#[cfg(test)]
mod tests {
    use hudhud::UnixTime;
    use hudhud::webhook::{Verifier, sign};

    #[test]
    fn an_endless_number_costs_no_other_member() {
        let now = UnixTime::from_secs(1_776_767_400);
        let verifier = Verifier::new("whsec_test").expect("a secret");
        let has_data = |body: String| {
            let delivery = sign("whsec_test", body.as_bytes(), now).expect("signed");
            let verified = verifier.verify_signature(&delivery.headers[..], &delivery.body, now);
            let cells = super::verified(&verified.expect("verified"), &delivery.body).expect("an event");
            // The first member of the data is the campaign.
            let at = cells[3] as usize;
            cells[at..at + 2].iter().any(|cell| *cell != 0)
        };
        for data in [
            r#"{"campaign":{"id":"c-1"},"stats":{"read_rate":1.5}}"#,
            r#"{"campaign":{"id":"c-1"},"stats":{"read_rate":1e400}}"#,
        ] {
            assert!(has_data(format!(r#"{{"event":"campaign.completed","data":{data}}}"#)), "{data}");
            assert!(
                has_data(format!(r#"{{"data":{data},"event":"campaign.completed"}}"#)),
                "{data}, before the name"
            );
            assert!(
                has_data(format!(r#"{{"event":"message.sent","data":{data},"event":"campaign.completed"}}"#)),
                "{data}, after another name"
            );
        }
        assert!(!has_data(r#"{"event":"campaign.completed","data":{}}"#.to_owned()));
        assert!(!has_data(r#"{"event":"campaign.completed"}"#.to_owned()));
    }
}
