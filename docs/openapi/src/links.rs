//! What to do next with an answer: which calls take the id that it carries.

use hudhud::Method;
use hudhud::endpoint::Spec;
use hudhud::schema::{Field, Kind};
use serde_json::{Map, Value, json};

/// The links of a call that makes something: to each call of the vendor that takes the new thing's id in its path or
/// its query. What the id is called there, the path of the thing itself says: `/contacts/{contact_id}`.
pub(crate) fn links(spec: &Spec, vendor: &[&Spec]) -> Map<String, Value> {
    let mut links = Map::new();
    let Some(name) = id_of_new(spec, vendor) else { return links };
    for target in vendor {
        let Some(field) = target.input.fields.iter().find(|field| field.name == name) else { continue };
        let place = match (field.path, target.route.method) {
            (true, _) => "path",
            (false, Method::Get) => "query",
            // A link fills in a whole body or none of it.
            _ => continue,
        };
        let parameters = json!({format!("{place}.{name}"): "$response.body#/id"});
        links.insert(target.name.into(), json!({"operationId": target.name, "parameters": parameters}));
    }
    links
}

/// What other calls call the id of the thing that this call makes, if it makes one.
fn id_of_new(spec: &Spec, vendor: &[&Spec]) -> Option<&'static str> {
    let Kind::Model(answer) = &spec.answer else { return None };
    let has_id = answer.fields.iter().any(|field: &Field| field.name == "id");
    if spec.route.method != Method::Post || !has_id {
        return None;
    }
    vendor.iter().find_map(|other| {
        let below = other.route.path.strip_prefix(spec.route.path)?.strip_prefix("/{")?;
        below.split('}').next()
    })
}
