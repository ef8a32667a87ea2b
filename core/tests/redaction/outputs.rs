//! Outputs and errors of calls show no private text.

use std::fmt::Debug;

use hudhud::wazaj::SendText;
use hudhud::zagely::CreateContact;
use hudhud::{ApiResponse, CallOptions, IdempotencyKey, Json, Response, Service, Vendor};
use hudhud::{wazaj, zagely};
use serde_json::{Value, json};

use crate::{PRIVATE, all, debug, error, filled, refusals, response, wazaj, zagely};

/// Decodes the response of each call with its type, and checks its `Debug`.
macro_rules! answers {
    ([] $( $vendor:ident { $( $group:ident { $( $verb:ident: $call:ident -> [$output:ty]; )* } )* } )*) => {
        #[test]
        fn responses_do_not_show_their_fields() {
            for private in PRIVATE {
                $( $( $( output::<$vendor::Credentials, $vendor::$call>(
                    &$vendor(), concat!(stringify!($group), ".", stringify!($verb)), private,
                ); )* )* )*
            }
        }

        #[test]
        fn errors_do_not_show_private_text_that_the_vendor_repeats() {
            for private in all() {
                let texts = [
                    private.to_owned(),
                    format!("The number {private} is taken."),
                    format!("The message \"{private}\" could not be sent to {private}."),
                ];
                for text in texts {
                    for refusal in refusals(&text) {
                        refused::<zagely::Credentials, zagely::ListContacts>(&zagely(), &refusal);
                        if refusal.status == 200 {
                            refused::<zagely::Credentials, zagely::GetQrCode>(&zagely(), &refusal);
                            refused::<zagely::Credentials, zagely::PreviewTemplate>(&zagely(), &refusal);
                            refused::<wazaj::Credentials, wazaj::SendText>(&wazaj(), &refusal);
                        }
                    }
                }
            }
        }
    };
}
hudhud::for_each_endpoint!(answers);

fn output<V: Vendor, E: hudhud::Endpoint<Vendor = V>>(service: &Service<V>, name: &str, private: &str)
where
    E::Output: Debug,
{
    let output = filled(&E::SPEC.output, private);
    assert_eq!(E::SPEC.name, name);
    let mut shapes =
        vec![output.clone(), json!({"data": output, "more": private}), json!([output]), json!(private)];
    if let Value::Object(members) = output {
        shapes.push(members.values().cloned().collect());
    }
    for body in shapes {
        let response =
            Response::new(200, [("Set-Cookie", private), ("Content-Type", private)], body.to_string());
        debug(name, &response);
        let key = IdempotencyKey::new(private).ok();
        match service.decode::<E>(response, key.as_ref()) {
            Ok(reply) => {
                debug(name, &reply);
                debug(name, &reply.meta);
                debug(name, &reply.output);
                let reply: ApiResponse<Json> = reply.map(|output| Json::write(&output).unwrap());
                debug(name, &reply);
            }
            Err(fault) => error(name, &fault),
        }
    }
}

fn refused<V: Vendor, E: hudhud::Endpoint<Vendor = V>>(service: &Service<V>, response: &Response)
where
    E::Output: Debug,
{
    match service.decode::<E>(response.clone(), None) {
        Ok(reply) => debug("a reply", &reply),
        Err(fault) => error("a refusal", &fault),
    }
}

#[test]
fn an_error_shows_the_vendors_message() {
    let message = |status: u16, body: Value| {
        let reply = zagely().decode::<CreateContact>(response(status, &body), None);
        reply.unwrap_err().to_string()
    };
    let text = message(
        422,
        json!({"error": {"code": "validation_failed", "message": "The given data was invalid.",
                         "details": {"errors": {"phone_number": ["The phone number has already been taken."]}}}}),
    );
    for part in [
        "contacts.create: validation (HTTP 422, validation_failed)",
        "The given data was invalid.",
        "phone_number: The phone number has already been taken.",
    ] {
        assert!(text.contains(part), "expected {part:?} in {text}");
    }
    let text = message(
        403,
        json!({"error": {"code": "insufficient_ability", "message": "The API key does not have the required ability.",
                         "details": {"required_ability": "contacts.write"}}}),
    );
    assert!(text.contains("The API key does not have the required ability."), "{text}");
    assert!(text.contains("Required ability: contacts.write."), "{text}");
    for limit in [
        "The name field must not be greater than 255 characters.",
        "The priority field must be between 0 and 100.",
        "The contacts.0.phone_number field is required.",
        "The file may not be greater than 10,240 kilobytes.",
        "Daily request quota of 10 requests exceeded.",
        "The tags field must not have more than 50 items.",
        "billing_send_denied",
        "The \"name\" field is required.",
    ] {
        let text = message(422, json!({"message": limit}));
        assert!(text.contains(limit), "expected {limit:?} in {text}");
    }

    let wazaj = wazaj().decode::<SendText>(
        response(403, &json!({"success": false, "message": "Wazaj account disconnected"})),
        None,
    );
    assert!(wazaj.unwrap_err().to_string().contains("Wazaj account disconnected"));

    let fault = zagely()
        .call_by_name("contacts.get", r#"{"contact": "c-1", "id": "c-1", "contactId": "c-1"}"#)
        .unwrap();
    let text = fault.request(&zagely(), &CallOptions::new()).unwrap_err().to_string();
    assert!(text.contains("contact_id: The contact_id field is required."), "{text}");
    assert!(text.contains("contact: The field is unknown; to send it anyway"), "{text}");
    for name in ["id", "contactId"] {
        assert!(text.contains(&format!("{name}: The field is unknown: did you mean contact_id? ")), "{text}");
    }
}
