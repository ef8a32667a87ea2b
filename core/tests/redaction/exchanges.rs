//! Exchanges show no text that was sent.

use hudhud::{CallOptions, ENDPOINTS, Error, Request, Response, Service, Step, Vendor};
use serde_json::json;

use crate::{NOW, record, response, wazaj, zagely};

/// Texts that a caller may send and that consist of words that vendors use, or of small numbers that could be limits.
const PLAIN: [&str; 4] = ["your account is banned", "no access", "code 1234", "1234"];

#[test]
fn an_exchange_does_not_show_any_text_that_was_sent() {
    let mut calls = 0;
    for spec in ENDPOINTS {
        for private in PLAIN {
            let input = record(spec.input, private).to_string();
            let quoted = |quote: &str| {
                let sentence = format!("The value {quote}{private}{quote} is invalid.");
                let errors = json!({"name": [sentence], "to": [format!("Not allowed: {private}")], private: ["Invalid."]});
                response(422, &json!({"message": sentence, "code": private, "errors": errors}))
            };
            for quote in ["", "\"", "'"] {
                let options = CallOptions::new().validate(false);
                let (request, errors) = match spec.vendor.name {
                    "zagely" => failures(&zagely(), spec.name, &input, options, quoted(quote)),
                    _ => failures(&wazaj(), spec.name, &input, options, quoted(quote)),
                };
                let body = String::from_utf8_lossy(request.body.as_deref().unwrap_or_default()).into_owned();
                // Some calls have no field that accepts text.
                if !(request.url.replace("%20", " ") + &body).contains(private) {
                    continue;
                }
                calls += 1;
                for error in errors {
                    let text = error.to_string();
                    assert!(!text.contains(private), "{} shows {private:?}: {text}", spec.name);
                    assert!(
                        text.contains("[redacted]"),
                        "{} hides the text without a mark: {text}",
                        spec.name
                    );
                    assert!(error.message().contains(private));
                }
            }
        }
    }
    assert!(calls > 500, "{calls}");
}

/// Returns the request of a call, and the errors of a refusal: from its exchange, and from `decode`.
fn failures<V: Vendor>(
    service: &Service<V>,
    name: &str,
    input: &str,
    options: CallOptions,
    refusal: Response,
) -> (Request, [Error; 2]) {
    let exchange = || {
        let call = service.call_by_name(name, input).unwrap();
        let mut exchange = call.exchange(service, options.clone(), [7; 16]).unwrap();
        let Step::Send(request) = exchange.step(NOW) else { panic!("expected a send") };
        (exchange, request)
    };
    let (mut one, request) = exchange();
    one.receive(refusal.clone(), NOW).unwrap();
    let Step::Done(Err(error)) = one.step(NOW) else { panic!("expected an error") };
    let (other, _) = exchange();
    (request, [error, other.decode(refusal, NOW).unwrap_err()])
}
