//! Generates the sample deliveries of `hudhud/testing` from core's.

use std::fmt::Write as _;

use hudhud::schema::{HasSchema as _, Type};
use hudhud::webhook::{EventName, sample_delivery};

pub(crate) fn write() -> String {
    let Type::Enum(names) = EventName::TYPE else { return String::new() };
    let mut table = String::new();
    let mut tenant_id = String::new();
    for (name, _) in names.values {
        let sample = sample_delivery(&EventName::from(*name), "", &"".into());
        // JSON is a subset of JavaScript's literals.
        let member = |member: &str| sample.get(member).map_or("null", |json| json.as_str());
        tenant_id = member("tenant_id").to_owned();
        let _ = writeln!(table, "  \"{name}\": {},", member("data"));
    }
    format!(
        "/** @internal The workspace of the samples. */\nexport const TENANT_ID = {tenant_id};\n\n\
         /** @internal The data of the sample of each event. */\n\
         export const SAMPLES: Readonly<Record<string, unknown>> = {{\n{table}}};\n"
    )
}
