//! The links from a response to the calls that accept the id in it.

use hudhud::Method;
use hudhud::endpoint::EndpointSpec;
use hudhud::schema::{Field, Type};
use serde_json::{Map, Value, json};

/// Returns the links of a call that creates a resource: to each call of the vendor with the new id in its path or
/// query. The name of the id comes from the path of the resource itself: `/contacts/{contact_id}`.
pub(crate) fn links(spec: &EndpointSpec, vendor: &[&EndpointSpec]) -> Map<String, Value> {
    let mut links = Map::new();
    let Some(name) = id_of_new(spec, vendor) else { return links };
    for target in vendor {
        let Some(field) = target.input.fields.iter().find(|field| field.name == name) else { continue };
        let place = match (field.path, target.route.method) {
            (true, _) => "path",
            (false, Method::Get) => "query",
            // A link can fill in only a whole body, not a single field.
            _ => continue,
        };
        let parameters = json!({format!("{place}.{name}"): "$response.body#/id"});
        links.insert(target.name.into(), json!({"operationId": target.name, "parameters": parameters}));
    }
    links
}

/// Returns the name that other calls use for the id of the resource that this call creates, if it creates one.
fn id_of_new(spec: &EndpointSpec, vendor: &[&EndpointSpec]) -> Option<&'static str> {
    let Type::Model(output) = &spec.output else { return None };
    let has_id = output.fields.iter().any(|field: &Field| field.name == "id");
    if spec.route.method != Method::Post || !has_id {
        return None;
    }
    vendor.iter().find_map(|other| {
        let below = other.route.path.strip_prefix(spec.route.path)?.strip_prefix("/{")?;
        below.split('}').next()
    })
}
