//! Tests that no `Debug` or `Display` of a public type shows a key, a secret, a signature, a phone number, an address
//! or the text of a message, in any field and even if the vendor repeats it.
//!
//! Names and identifiers that have the expected form are shown by design. A secret without one of the vendors'
//! prefixes is therefore not tested in the place of an identifier.

use std::collections::BTreeMap;
use std::fmt::{Debug, Display};
use std::time::Duration;

use hudhud::schema::{Schema, Type};
use hudhud::wazaj::{self, EXAMPLE_BASE_URL, SendTemplate, SendText, TemplateComponent};
use hudhud::webhook::{EventName, Verifier, sign};
use hudhud::zagely::{self, *};
use hudhud::{
    ApiKey, ApiResponse, AppAuth, AsyncClient, AsyncTransport, CallOptions, Client, ENDPOINTS, Error,
    IdempotencyKey, InvalidJson, Json, KeyPair, MissingPolicy, Nullable, Object, Phone, Request, Response,
    Service, Step, Template, Timestamp, Transport, TransportFault, UnixTime, Vendor, Wazaj, Zagely,
};
use serde_json::{Map, Value, json};

const NOW: UnixTime = UnixTime::from_secs(1_776_767_400);
const PUBLIC: &str = "pk_live_Qx7mBfT2LrWz9KdYpHsNvJcE4GuA6oi1";
const SECRET: &str = "sk_live_Qx7mBfT2LrWz9KdYpHsNvJcE4GuA6oi1RtXbZqPy";
const WAZAJ: &str = "wzj_live_Qx7mBfT2LrWz9KdYpHsNvJcE4GuA6oi1";
const WEBHOOK: &str = "whsec_Qx7mBfT2LrWz9KdYpHsNvJcE4GuA6oi1RtXbZqPy";

/// Private texts in various forms. They must not be shown.
const PRIVATE: [&str; 17] = [
    PUBLIC,
    SECRET,
    WAZAJ,
    "+15551234567",
    "15551234567",
    "+1 555 123 4567",
    "(555) 123-4567",
    "+1-555-123-4567",
    "555.123.4567",
    "\u{200e}+١٥٥٥١٢٣٤٥٦٧",
    "+۱ ۵۵۵ ۱۲۳ ۴۵۶۷",
    "＋１５５５１２３４５６７",
    "Meet Zephyrine at the old harbour, bring the umbrella.",
    "موعدنا عند الميناء القديم مع زفيرين",
    "zephyrine@example.org",
    "sha256=3f786850e387550fdab836ed7e6dc881de23001b3f786850e387550fdab836ed",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAQAAAAEAZephyrine",
];

/// Secrets without a recognizable prefix, for places where no identifier is expected.
const BARE: [&str; 2] = [WEBHOOK, "3f786850e387550fdab836ed7e6dc881de23001b3f786850e387550fdab836ed"];

fn all() -> impl Iterator<Item = &'static str> {
    PRIVATE.into_iter().chain(BARE)
}

/// Fails if a text shows a part of a private text: a piece of a secret, the digits of the number in any script and
/// with any separators, or a word of the message.
fn clean(what: &str, text: &str) {
    let lower = text.to_lowercase();
    for piece in [
        "qx7mbft2",
        "rtxbzqpy",
        "3f786850",
        "zephyrine",
        "harbour",
        "umbrella",
        "الميناء",
        "زفيرين",
        "ivborw0k",
    ] {
        assert!(!lower.contains(piece), "{what} shows {piece}: {text}");
    }
    let digits: String = text
        .chars()
        .filter_map(|letter| match letter {
            '0'..='9' => Some(letter),
            '٠'..='٩' => char::from_digit(letter as u32 - '٠' as u32, 10),
            '۰'..='۹' => char::from_digit(letter as u32 - '۰' as u32, 10),
            '０'..='９' => char::from_digit(letter as u32 - '０' as u32, 10),
            _ => None,
        })
        .collect();
    assert!(
        !digits.contains("1234567") && !digits.contains("555123"),
        "{what} shows the phone number: {text}"
    );
}

fn debug(what: &str, value: &(impl Debug + ?Sized)) {
    clean(what, &format!("{value:?}"));
}

fn shown(what: &str, value: &(impl Debug + Display + ?Sized)) {
    clean(what, &value.to_string());
    clean(what, &format!("{value:?}"));
}

/// Checks the parts of an error that are meant to be shown.
fn error(what: &str, error: &Error) {
    let text = format!("{error:?} {:?} {:?}", error.field_errors(), error.meta());
    clean(what, &text);
    // `Debug` is `Display` inside `Error(…)`.
    assert!(text.starts_with("Error(") && text.contains(error.hint()));
}

fn zagely() -> Zagely {
    Zagely::new(KeyPair::new(PUBLIC, SECRET).unwrap())
        .app_token(format!("7|{WEBHOOK}"))
        .unwrap()
        .app_auth(AppAuth::TokenAndKeys)
}

fn wazaj() -> Wazaj {
    Wazaj::new(ApiKey::new(WAZAJ).unwrap(), EXAMPLE_BASE_URL).unwrap()
}

fn response(status: u16, body: &Value) -> Response {
    Response::new(status, [("Content-Type", "application/json")], body.to_string())
}

/// Returns a value of a kind that contains `private` in the place of every text.
fn filled(kind: &'static Type, private: &str) -> Value {
    match kind {
        Type::Integer => json!(7),
        Type::Number => json!(0.5),
        Type::Boolean => json!(true),
        Type::Json => json!({"inside": [private], private: private}),
        Type::Object => json!({"inside": private, private: {"deep": private}}),
        Type::List(inner) => json!([filled(inner, private), filled(inner, private)]),
        Type::Page(inner) => json!({
            "data": [filled(inner, private)], "current_page": 1, "last_page": 2, "next_page_url": private,
            private: private,
        }),
        Type::Nullable(inner) => filled(inner, private),
        Type::Model(schema) => record(schema, private),
        _ => json!(private),
    }
}

fn record(schema: &'static Schema, private: &str) -> Value {
    let fields = schema.fields.iter().map(|field| (field.name.to_owned(), filled(&field.kind, private)));
    let mut members: Map<String, Value> = fields.collect();
    if schema.open {
        members.insert("more".into(), private.into());
        members.insert(private.into(), json!([private]));
    }
    Value::Object(members)
}

/// Returns error responses in every format, with `said` as every text.
fn refusals(said: &str) -> Vec<Response> {
    let fields = json!({"to": [said], said: [said], "deep": {said: said}});
    let bodies = [
        json!({"error": {"code": said, "message": said, "details": {"errors": fields, "required_ability": said}}}),
        json!({"error": {"code": "validation_failed", "message": said, "details": {"to": said}}}),
        json!({"message": said, "errors": fields}),
        json!({"message": said, "exception": said, "trace": [said]}),
        json!({"success": false, "message": said, "errors": fields, "code": said, "error_code": said}),
        json!({"error": said, "status": said}),
        json!({"error": said, "errors": said}),
        json!({"errors": [said, [said]]}),
        json!(said),
        json!([said]),
    ];
    let texts =
        [format!("<html><title>{said}</title></html>"), said.to_owned(), format!("{{\"error\": {said}")];
    let mut all = Vec::new();
    for body in bodies.iter().map(Value::to_string).chain(texts) {
        for status in [200, 422] {
            let mut headers = vec!["Content-Type", "Location", "Allow", "Idempotent-Replay"];
            // A number in a numeric header is parsed and shown as a number.
            if said.parse::<u64>().is_err() {
                headers.extend(["Retry-After", "X-RateLimit-Limit"]);
            }
            all.push(Response::new(status, headers.into_iter().map(|name| (name, said)), body.clone()));
        }
    }
    all
}

#[test]
fn the_check_detects_private_texts() {
    for private in all() {
        let found = std::panic::catch_unwind(|| clean("", private));
        assert!(found.is_err(), "{private} is not found");
    }
    clean("", "contacts.create: validation (HTTP 422): The phone number field is required.");
}

#[test]
fn clients_do_not_show_keys() {
    struct Nothing;
    impl Transport for Nothing {
        fn send(&self, _: Request) -> Result<Response, TransportFault> {
            Err(TransportFault::Connect)
        }
        fn wait(&self, _: Duration) {}
        fn now(&self) -> UnixTime {
            NOW
        }
        fn entropy(&self) -> [u8; 16] {
            [7; 16]
        }
    }
    impl AsyncTransport for Nothing {
        async fn send(&self, _: Request) -> Result<Response, TransportFault> {
            Err(TransportFault::Connect)
        }
        async fn wait(&self, _: Duration) {}
        fn now(&self) -> UnixTime {
            NOW
        }
        fn entropy(&self) -> [u8; 16] {
            [7; 16]
        }
    }
    debug("KeyPair", &KeyPair::new(PUBLIC, SECRET).unwrap());
    debug("ApiKey", &ApiKey::new(WAZAJ).unwrap());
    debug("Zagely", &zagely());
    debug("Wazaj", &wazaj());
    debug("Zagely with a user agent", &zagely().user_agent(Some(SECRET)));
    debug("Client", &Client::new(zagely(), Nothing));
    debug("Client", &Client::new(wazaj(), Nothing));
    let client = AsyncClient::new(zagely(), Nothing);
    debug("AsyncClient", &client);
    debug("Items", &client.items(ListContacts::new().search(PRIVATE[12])));
    for private in all() {
        for wrong in
            [private.to_owned(), format!(" {private}"), format!("\"{private}\""), format!("{private}\n")]
        {
            let faults = [
                KeyPair::new(wrong.clone(), wrong.clone()).err(),
                KeyPair::new(PUBLIC, wrong.clone()).err(),
                ApiKey::new(wrong.clone()).err(),
                zagely().app_token(wrong.clone()).err(),
                zagely().app_prefix(&wrong).err(),
                zagely().base_url(&wrong).err(),
                zagely().base_url(&format!("https://{wrong}@zagely.com")).err(),
                zagely().base_url(&format!("http://zagely.com/{wrong}")).err(),
                zagely().method(&wrong, hudhud::Method::Put).err(),
                IdempotencyKey::new(wrong.clone()).err().map(Into::into),
                Verifier::with_secrets([wrong.as_str(), ""]).err(),
                zagely().call_by_name(&wrong, "{}").err(),
                zagely().call_by_name("messages.send", &wrong).err(),
            ];
            faults.iter().flatten().for_each(|fault| error("a fault of the client", fault));
        }
    }
}

#[test]
fn calls_by_name_do_not_show_their_input() {
    for spec in ENDPOINTS {
        for private in all() {
            let mut right = record(spec.input, private);
            let mut unknown = right.clone();
            unknown[private] = private.into();
            unknown["filters"] = json!({private: private});
            // Each field has a wrong type, with the private text where a list or a number is expected.
            let wrong: Map<String, Value> = spec
                .input
                .fields
                .iter()
                .map(|field| (field.name.into(), json!([{private: private}])))
                .collect();
            let text: Map<String, Value> =
                spec.input.fields.iter().map(|field| (field.name.into(), private.into())).collect();
            right["extra"] = json!({private: private, "more": [private]});
            for input in
                [right, unknown, Value::Object(wrong), Value::Object(text), json!({"extra": private})]
            {
                match spec.vendor.name {
                    "zagely" => call_by_name(&zagely(), spec.name, &input, private),
                    _ => call_by_name(&wazaj(), spec.name, &input, private),
                }
            }
        }
    }
}

fn call_by_name<V: Vendor>(service: &Service<V>, name: &str, input: &Value, private: &str) {
    let call = service.call_by_name(name, &input.to_string()).unwrap();
    debug(name, &call);
    let mut options = CallOptions::new().extra([(private, private)]);
    options.idempotency_key = IdempotencyKey::new(private).ok();
    debug("CallOptions", &options);
    for validate in [true, false] {
        match call.request(service, &options.clone().validate(validate)) {
            Ok(request) => debug(name, &request),
            Err(fault) => error(name, &fault),
        }
    }
    match call.exchange(service, options.validate(false), [7; 16]) {
        Ok(mut exchange) => {
            debug(name, &exchange);
            debug(name, &exchange.step(NOW));
            debug(name, &exchange);
            debug(name, &exchange.step(NOW));
            exchange.fail(TransportFault::Timeout, NOW).unwrap();
            let step = exchange.step(NOW);
            debug(name, &step);
            if let Step::Done(Err(fault)) = step {
                error(name, &fault);
            }
        }
        Err(fault) => error(name, &fault),
    }
}

#[test]
fn typed_calls_do_not_show_their_fields() {
    for private in PRIVATE {
        let object = || Object::from([(private, private), ("inside", private)]);
        let json = || vec![Json::from(private)];
        let calls: [Box<dyn Debug>; 20] = [
            Box::new(
                SendMessage::text(private, private)
                    .session_id(private)
                    .contact_id(private)
                    .telegram_chat_id(private),
            ),
            Box::new(SendMessage::media(private, MessageType::from(private), private).message(private)),
            Box::new(ListMessages::new().session_id(private).channel(private)),
            Box::new(ListContacts::new().search(private).tags([private]).group_id(private)),
            Box::new(CreateContact::new(private).name(private).email(private).notes(private).tags([private])),
            Box::new(CreateContact::new(private).custom_fields(object())),
            Box::new(UpdateContact::new(private).phone_number(private).name(private).email(Nullable::Null)),
            Box::new(UpdateContact::new(private).tags([private]).notes(private).custom_fields(object())),
            Box::new(ImportContacts::new(private).file_name(private).field_name(private)),
            Box::new(
                CreateContactGroup::new(private, GroupType::Dynamic).filters(
                    GroupFilters::new().tags([private]).custom_fields(object()).created_from(private),
                ),
            ),
            Box::new(AddGroupContacts::new(private).contact_ids([private]).phone_numbers([private])),
            Box::new(CreateCampaign::new(private, private, private).media_url(private).buttons(json())),
            Box::new(
                CreateCampaign::new(private, private, private).target_filters(object()).scheduled_at(private),
            ),
            Box::new(CreateAutomation::new(private, private, private, private).trigger_value(private)),
            Box::new(CreateWebhook::new(private).secret(private).events([private])),
            Box::new(UpdateWebhook::new(private).url(private).secret(private)),
            Box::new(GetCampaignAnalytics::new().from_date(private).to_date(private)),
            Box::new(SendText::new(private, private).reply_to_meta_message_id(private)),
            Box::new(
                SendTemplate::new(private, private, private)
                    .template_components([TemplateComponent::body([private])]),
            ),
            Box::new(TemplateComponent::url_button(0, private)),
        ];
        calls.iter().for_each(|call| debug("a typed call", call));

        let mut exchange =
            zagely().validate(false).exchange(SendMessage::text(private, private), [7; 16]).unwrap();
        debug("Exchange", &exchange);
        debug("Exchange", exchange.call());
        debug("Step", &exchange.step(NOW));
        exchange.receive(response(201, &json!({"status": private, "message_id": private})), NOW).unwrap();
        debug("Exchange", &exchange);
        debug("Step", &exchange.step(NOW));
        error("misuse", &exchange.receive(response(201, &json!({"status": private})), NOW).unwrap_err());
    }
    // Where a secret is expected, secrets without a prefix and any other text are hidden too.
    for private in BARE {
        debug("CreateWebhook", &CreateWebhook::new(private).secret(private));
        debug("UpdateWebhook", &UpdateWebhook::new("w-1").secret(private).url(private));
        debug("SendText", &SendText::new(private, private));
        debug("SendMessage", &SendMessage::text(private, private));
    }
}

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
                let said = [
                    private.to_owned(),
                    format!("The number {private} is taken."),
                    format!("The message \"{private}\" could not be sent to {private}."),
                ];
                for said in said {
                    for refusal in refusals(&said) {
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
    let told = |status: u16, body: Value| {
        let reply = zagely().decode::<CreateContact>(response(status, &body), None);
        reply.unwrap_err().to_string()
    };
    let text = told(
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
    let text = told(
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
        let text = told(422, json!({"message": limit}));
        assert!(text.contains(limit), "expected {limit:?} in {text}");
    }

    let wazaj = wazaj().decode::<SendText>(
        response(403, &json!({"success": false, "message": "Wazaj account disconnected"})),
        None,
    );
    assert!(wazaj.unwrap_err().to_string().contains("Wazaj account disconnected"));

    let fault = zagely().call_by_name("contacts.get", r#"{"contact": "c-1"}"#).unwrap();
    let text = fault.request(&zagely(), &CallOptions::new()).unwrap_err().to_string();
    assert!(text.contains("contact_id: The contact id field is required."), "{text}");
    assert!(text.contains("contact: The field is unknown"), "{text}");
}

/// Texts that a caller may send and that consist of words that vendors use, or of small numbers that could be limits.
const PLAIN: [&str; 4] = ["your account is banned", "no access", "code 1234", "1234"];

#[test]
fn an_exchange_does_not_show_any_text_that_was_sent() {
    let mut calls = 0;
    for spec in ENDPOINTS {
        for private in PLAIN {
            let input = record(spec.input, private).to_string();
            let said = |quote: &str| {
                let sentence = format!("The value {quote}{private}{quote} is invalid.");
                let errors = json!({"name": [sentence], "to": [format!("Not allowed: {private}")], private: ["Invalid."]});
                response(422, &json!({"message": sentence, "code": private, "errors": errors}))
            };
            for quote in ["", "\"", "'"] {
                let options = CallOptions::new().validate(false);
                let (request, errors) = match spec.vendor.name {
                    "zagely" => failures(&zagely(), spec.name, &input, options, said(quote)),
                    _ => failures(&wazaj(), spec.name, &input, options, said(quote)),
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
    let Step::Done(Err(told)) = one.step(NOW) else { panic!("expected an error") };
    let (other, _) = exchange();
    (request, [told, other.decode(refusal, NOW).unwrap_err()])
}

#[test]
fn identifiers_are_shown() {
    let contact =
        r#"{"id":"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee","created_at":"2026-01-15T09:00:00Z","name":"Jane"}"#;
    let contact: Contact = serde_json::from_str(contact).unwrap();
    let text = format!("{contact:?}");
    assert!(
        text.contains("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee") && text.contains("2026-01-15T09:00:00Z"),
        "{text}"
    );
    assert!(!text.contains("Jane"), "{text}");
    let activity: MessageActivity =
        serde_json::from_str(r#"{"date":"2026-04-21","direction":"outbound"}"#).unwrap();
    let text = format!("{activity:?}");
    assert!(text.contains("2026-04-21") && text.contains("outbound"), "{text}");
}

#[test]
fn webhooks_do_not_show_secret_or_signature_or_body() {
    let names = ENDPOINTS.iter().flat_map(|spec| spec.input.fields).find_map(|field| match field.kind {
        Type::List(Type::Enum(values)) if field.name == "events" => Some(values.values),
        _ => None,
    });
    let names: Vec<_> = names.unwrap().iter().map(|(name, _)| *name).chain(["contact.merged"]).collect();
    assert_eq!(names.len(), 15);
    for private in all() {
        for name in names.iter().copied().chain(PRIVATE) {
            let body = json!({
                "event": name, "tenant_id": private, "occurred_at": private, "more": private, private: private,
                // Only identifiers with the expected form are shown.
                "delivery_id": if BARE.contains(&private) { "d-1" } else { private },
                "data": {"contact": {"id": "c-1", "name": private, "phone_number": private, "email": private},
                         "channel": "whatsapp", "content": private, private: private},
            });
            webhook(private, body.to_string().as_bytes());
        }
        webhook(private, private.as_bytes());
        webhook(private, b"{\"event\":\"webhook.test\"}");
    }
}

/// Checks the output of everything that results from a body signed with a secret.
fn webhook(secret: &str, body: &[u8]) {
    let delivery = sign(secret, body, NOW).unwrap();
    let signature =
        delivery.headers.iter().find(|(name, _)| *name == "X-Zagely-Signature").unwrap().1.clone();
    let clean = |what: &str, value: &dyn Debug| {
        debug(what, &value);
        let text = format!("{value:?}");
        // Not even eight digits of the signature may be shown.
        for at in 7..signature.len() - 8 {
            assert!(!text.contains(&signature[at..at + 8]), "{what} shows the signature: {text}");
        }
    };
    clean("Delivery", &delivery);
    let verifier = Verifier::new(secret).unwrap();
    clean("Verifier", &verifier);
    clean("Verified", &verifier.verify_signature(&delivery.headers, body, NOW));
    match verifier.verify(&delivery.headers, body, NOW) {
        Ok(event) => {
            clean("Verified", &event);
            clean("WebhookEvent", &*event);
            clean("EventData", &event.data);
            clean("EventName", &event.name);
        }
        Err(refusal) => shown("WebhookError", &refusal),
    }
    let padded = Verifier::with_secrets([format!("\"{secret}\"")]).unwrap();
    let late = UnixTime::from_secs(NOW.as_secs() + 9000);
    let early = UnixTime::from_secs(NOW.as_secs() - 9000);
    let no_headers: [(&str, &str); 0] = [];
    let malformed = [("X-Zagely-Timestamp", secret), ("X-Zagely-Signature", secret)];
    let unsigned = [("X-Zagely-Timestamp", "1776767400"), ("X-Zagely-Signature", secret)];
    for refusal in [
        padded.verify(&delivery.headers, body, NOW),
        verifier.verify(&delivery.headers, &[body, b" "].concat(), NOW),
        verifier.verify(&delivery.headers, &[b"\xef\xbb\xbf", body].concat(), NOW),
        verifier.verify(&delivery.headers, body, late),
        verifier.verify(&delivery.headers, body, early),
        verifier.verify(&no_headers, body, NOW),
        verifier.verify(&malformed, body, NOW),
        verifier.verify(&unsigned, body, NOW),
    ] {
        let refusal = refusal.unwrap_err();
        shown("WebhookError", &refusal);
        clean("WebhookError", &refusal);
        self::clean("a hint", refusal.hint());
    }
}

#[test]
fn templates_and_phone_numbers_and_json_do_not_show_their_contents() {
    for private in all() {
        let template = Template::parse(format!("{private} {{{{ {private} }}}} {{{{ name }}}}"));
        debug("Template", &template);
        let missing = template.render(&Object::new(), MissingPolicy::Error).unwrap_err();
        shown("MissingVariables", &missing);
        assert!(missing.to_string().contains("name"));

        match Phone::parse(private) {
            Ok(phone) => debug("Phone", &phone),
            Err(fault) => shown("PhoneError", &fault),
        }
        debug("Json", &Json::from(private));
        debug("Object", &Object::from([(private, private)]));
        let invalid: InvalidJson = private.parse::<Object>().unwrap_err();
        shown("InvalidJson", &invalid);
        debug("Bytes", &hudhud::Bytes::from(private));
        debug("Timestamp", &Timestamp::from(private));
    }
    for private in PRIVATE {
        debug("EventName", &EventName::from(private));
        if let Ok(key) = IdempotencyKey::new(private) {
            debug("IdempotencyKey", &key);
        }
    }
    let values = BTreeMap::from([("name", "Zephyrine")]);
    assert_eq!(Template::parse("{{name}}").render(&values, MissingPolicy::Error).unwrap(), "Zephyrine");
}
