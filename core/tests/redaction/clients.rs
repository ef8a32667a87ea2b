//! Clients show no key, and calls show no field.

use std::fmt::Debug;
use std::time::Duration;

use hudhud::wazaj::{SendTemplate, SendText, TemplateComponent};
use hudhud::webhook::Verifier;
use hudhud::zagely::*;
use hudhud::{
    ApiKey, AsyncClient, AsyncTransport, CallOptions, Client, ENDPOINTS, IdempotencyKey, Json, KeyPair,
    Nullable, Object, Request, Response, Service, Step, Transport, TransportFault, UnixTime, Vendor,
};
use serde_json::{Map, Value, json};

use crate::{BARE, NOW, PRIVATE, PUBLIC, SECRET, WAZAJ, all, debug, error, record, response, wazaj, zagely};

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
    // Secrets without a prefix and any other text are hidden too, if a secret is expected.
    for private in BARE {
        debug("CreateWebhook", &CreateWebhook::new(private).secret(private));
        debug("UpdateWebhook", &UpdateWebhook::new("w-1").secret(private).url(private));
        debug("SendText", &SendText::new(private, private));
        debug("SendMessage", &SendMessage::text(private, private));
    }
}
