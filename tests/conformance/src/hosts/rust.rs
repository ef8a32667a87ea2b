//! The host `rust`: the crate itself, in this process.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hudhud::wazaj::EXAMPLE_BASE_URL;
use hudhud::webhook::Verifier;
use hudhud::{
    ApiKey, ApiKeyScheme, ApiResponse, AppAuth, CallOptions, ClosedEnum, DynamicCall, Error, IdempotencyKey,
    Json, KeyPair, Method, MissingPolicy, Object, Phone, Request, Response, RetryPolicy, Service, Step,
    Template, TransportFault, UnixTime, Vendor, Wazaj, Zagely,
};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

use super::host::Host;
use super::output::shallow;
use crate::vectors::body;

pub(crate) struct Rust;

impl Host for Rust {
    fn run(&mut self, suite: &str, case: &Value) -> Result<Value, String> {
        Ok(match suite {
            "webhook" => webhook(case),
            "template" => template(case),
            "phone" => match Phone::parse(text(case, "input")) {
                Ok(phone) => json!({"ok": phone.as_str()}),
                Err(_) => json!({"error": {}}),
            },
            _ => call(suite, case).unwrap_or_else(|error| match suite {
                "exchange" => json!({"steps": [{"error": failure(&error)}]}),
                _ => json!({"error": failure(&error)}),
            }),
        })
    }

    fn time(&mut self, suite: &str, case: &Value, budget: Duration) -> Result<Option<Duration>, String> {
        let mut best = Duration::MAX;
        let begun = Instant::now();
        while best == Duration::MAX || begun.elapsed() < budget {
            let started = thread_time();
            let outcome = self.run(suite, case)?;
            best = best.min(thread_time().saturating_sub(started));
            drop(outcome);
        }
        Ok(Some(best))
    }
}

/// Returns the CPU time of this thread.
fn thread_time() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap_or_default()
}

/// Runs a case of the three suites that are about calls, for either vendor.
fn call(suite: &str, case: &Value) -> Result<Value, Error> {
    let client = &case["client"];
    match text(client, "vendor") {
        "wazaj" => with_service(suite, case, wazaj(client)?),
        _ => with_service(suite, case, zagely(client)?),
    }
}

fn zagely(client: &Value) -> Result<Zagely, Error> {
    let mut zagely = Zagely::new(KeyPair::new(text(client, "public_key"), text(client, "secret_key"))?);
    if let Some(token) = client["app_token"].as_str() {
        zagely = zagely.app_token(token)?;
    }
    if let Some(prefix) = client["app_prefix"].as_str() {
        zagely = zagely.app_prefix(prefix)?;
    }
    zagely = match client["auth"].as_str() {
        Some("keys") => zagely.app_auth(AppAuth::Keys),
        Some("both" | "token_and_keys") => zagely.app_auth(AppAuth::TokenAndKeys),
        _ => zagely,
    };
    common(zagely, client)
}

fn wazaj(client: &Value) -> Result<Wazaj, Error> {
    let wazaj = Wazaj::new(ApiKey::new(text(client, "api_key"))?, EXAMPLE_BASE_URL)?;
    let plain: String = text(client, "auth").chars().filter(char::is_ascii_alphanumeric).collect();
    let form = match plain.to_ascii_lowercase().as_str() {
        "bearer" | "authorizationbearer" => ApiKeyScheme::Bearer,
        "apikey" | "authorizationapikey" => ApiKeyScheme::ApiKey,
        _ => ApiKeyScheme::Header,
    };
    common(wazaj.api_key_scheme(form), client)
}

fn common<V: Vendor>(mut service: Service<V>, client: &Value) -> Result<Service<V>, Error> {
    if let Some(base_url) = client["base_url"].as_str() {
        service = service.base_url(base_url)?;
    }
    if let Some(method) = client["update_method"].as_str().and_then(Method::from_name) {
        service = service.update_method(method)?;
    }
    Ok(service)
}

fn with_service<V: Vendor>(suite: &str, case: &Value, service: Service<V>) -> Result<Value, Error> {
    if suite == "response" {
        // A recorded response is decoded without the input of its call.
        let key = case["options"]["idempotency_key"].as_str().and_then(|key| IdempotencyKey::new(key).ok());
        return Ok(outcome(service.decode_by_name(
            text(case, "call"),
            response(&case["response"]),
            key.as_ref(),
        )));
    }
    let input = case.get("input").map_or("{}".into(), Value::to_string);
    let mut call = service.call_by_name(text(case, "call"), &input)?;
    let given = &case["options"];
    let entropy = given["entropy"].as_str().and_then(hex);
    let mut options = CallOptions::new();
    if let Some(key) = given["idempotency_key"].as_str() {
        match IdempotencyKey::new(key) {
            Ok(key) => options = options.idempotency_key(key),
            Err(error) => call.add_faults(&error.into()),
        }
    } else if let Some(entropy) = entropy.filter(|_| case["client"]["vendor"] != "wazaj") {
        options = options.idempotency_key(IdempotencyKey::from_entropy(entropy));
    }
    if let Some(method) = given["method"].as_str().and_then(Method::from_name) {
        options = options.method(method);
    }
    match suite {
        "request" => call.request(&service, &options).map(|request| sent(&request)),
        _ => exchange(case, service, call, options, entropy.unwrap_or([7; 16])),
    }
}

/// Plays the script. Each send gets the next event as its response, and each wait moves the clock by its exact
/// length.
fn exchange<V: Vendor>(
    case: &Value,
    service: Service<V>,
    call: DynamicCall<V>,
    options: CallOptions,
    entropy: [u8; 16],
) -> Result<Value, Error> {
    let service = service.retry(policy(&case["retry"]));
    let mut exchange = call.exchange(&service, options, entropy)?;
    let mut now = UnixTime::from_secs(1_776_767_400);
    let mut script = case["script"].as_array().into_iter().flatten();
    let mut steps = Vec::new();
    loop {
        match exchange.step(now) {
            Step::Send(request) => {
                steps.push(json!({"send": sent(&request)}));
                let Some(event) = script.next() else { break };
                match event["fail"].as_str() {
                    Some(name) => {
                        let fault = TransportFault::from_name(name).unwrap_or(TransportFault::Closed);
                        exchange.fail(fault, now)?;
                    }
                    None => exchange.receive(response(&event["respond"]), now)?,
                }
            }
            Step::Wait(wait) => {
                steps.push(json!({"wait_ms": u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)}));
                now = now.after(wait);
            }
            Step::Done(reply) => {
                steps.push(outcome(reply));
                break;
            }
        }
    }
    Ok(json!({"steps": steps}))
}

fn policy(given: &Value) -> RetryPolicy {
    let defaults = RetryPolicy::default();
    let millis = |name: &str, defaults| given[name].as_u64().map_or(defaults, Duration::from_millis);
    RetryPolicy {
        max_attempts: given["max_attempts"]
            .as_u64()
            .map_or(defaults.max_attempts, |count| count.try_into().unwrap_or(u32::MAX)),
        base: millis("base_ms", defaults.base),
        cap: millis("cap_ms", defaults.cap),
        max_retry_after: millis("max_wait_ms", defaults.max_retry_after),
    }
}

fn outcome(reply: Result<ApiResponse<Json>, Error>) -> Value {
    match reply {
        Ok(reply) => json!({"ok": value(&reply.output), "meta": value(&reply.meta)}),
        Err(error) => json!({"error": failure(&error)}),
    }
}

/// Converts an error, with the names of its local faults in `fields`, where vectors expect them.
fn failure(error: &Error) -> Value {
    let mut failure = value(error);
    failure["fields"] = failure["field_errors"].clone();
    failure["text"] = json!(error.to_string());
    failure
}

fn sent(request: &Request) -> Value {
    let headers: serde_json::Map<_, _> =
        request.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), json!(value))).collect();
    let body = request.body.as_ref().map(|body| STANDARD.encode(body));
    json!({"method": request.method.as_str(), "url": request.url, "headers": headers, "body_base64": body})
}

fn response(given: &Value) -> Response {
    let headers = given["headers"].as_object().into_iter().flatten();
    let headers =
        headers.map(|(name, value)| (name.as_str(), value.as_str().map_or(value.to_string(), String::from)));
    let status = given["status"].as_u64().and_then(|status| status.try_into().ok()).unwrap_or(0);
    Response::new(status, headers, body(given).unwrap_or_default())
}

fn webhook(case: &Value) -> Value {
    let secrets = case["secrets"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let verifier = match Verifier::with_secrets(secrets) {
        Ok(verifier) => verifier,
        Err(error) => return json!({"error": failure(&error)}),
    };
    let verifier = match case["tolerance_s"].as_u64() {
        Some(seconds) => verifier.tolerance(seconds),
        None => verifier.without_tolerance(),
    };
    let headers: Vec<(&str, &str)> = case["headers"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
        .collect();
    let now = UnixTime::from_secs(case["now_s"].as_u64().unwrap_or(0));
    match verifier.verify(&headers, &body(case).unwrap_or_default(), now) {
        Ok(event) => json!({"ok": {
            "event": event.name.as_str(),
            "delivery_id": event.delivery_id,
            "occurred_at": event.occurred_at.as_ref().map(hudhud::Timestamp::as_str),
            "secret_index": event.secret_index(),
            "known": event.name.is_known(),
        }}),
        Err(error) => {
            json!({"error": {"reason": error.reason().as_str(), "http_status": error.http_status()}})
        }
    }
}

fn template(case: &Value) -> Value {
    let template = Template::parse(text(case, "template"));
    let values: Object = case["values"].to_string().parse().unwrap_or_default();
    let missing = case["missing"].as_str().and_then(MissingPolicy::from_name).unwrap_or_default();
    match template.render(&values, missing) {
        Ok(text) => json!({"ok": text, "variables": template.variables()}),
        Err(missing) => json!({"error": {"missing": missing.names()}}),
    }
}

fn text<'a>(of: &'a Value, name: &str) -> &'a str {
    of[name].as_str().unwrap_or_default()
}

/// Serializes a value.
fn value<T: serde::Serialize + ?Sized>(of: &T) -> Value {
    shallow(Json::write(of).unwrap_or_default().as_str())
}

fn hex(text: &str) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    (text.len() == 32).then_some(())?;
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}
