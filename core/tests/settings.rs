//! Tests of the settings: each row of `for_each_setting!` is a field, a function of the service, and data for the hosts.

use hudhud::{
    ApiKey, CallOptions, KeyPair, Method, RETRY_LIMITS, RetryLimitDefault, RetryPolicy, SETTINGS,
    SettingKind, Settings, UnixTime, Wazaj, Zagely,
    webhook::{self, Verifier},
};

fn zagely() -> Zagely {
    Zagely::new(KeyPair::new("pk_test", "sk_test").unwrap())
}

/// Returns a value that differs from the default.
macro_rules! other {
    (update_method) => {
        Method::Patch
    };
    (methods) => {
        vec![("contacts.get".to_owned(), Method::Post)]
    };
    (text) => {
        "me/1".to_owned()
    };
    (retry) => {
        RetryPolicy::never()
    };
    (flag = $default:tt) => {
        !$default
    };
}

/// Sets a setting to the same value with the function of the service.
macro_rules! set {
    ($name:ident: update_method) => {
        zagely().$name(other!(update_method)).unwrap()
    };
    ($name:ident: methods) => {
        zagely().method("contacts.get", Method::Post).unwrap()
    };
    ($name:ident: text) => {
        zagely().$name(Some(&other!(text)))
    };
    ($name:ident: $kind:ident $(= $default:tt)?) => {
        zagely().$name(other!($kind $(= $default)?))
    };
}

/// Returns each setting by its name, once set by `configure` and once by its own function.
macro_rules! each {
    ($( $(#[$doc:meta])* $name:ident: $kind:ident $(= $default:tt)?, )*) => {
        fn each() -> Vec<(&'static str, Zagely, Zagely)> {
            vec![ $( {
                let mut settings = Settings::default();
                settings.$name = other!($kind $(= $default)?);
                let configured = zagely().configure(settings).unwrap();
                (stringify!($name), configured, set!($name: $kind $(= $default)?))
            }, )* ]
        }
    };
}
hudhud::for_each_setting!(each);

#[test]
fn configure_and_the_functions_of_the_service_set_the_same() {
    for (name, configured, set) in each() {
        assert_eq!(configured.settings(), set.settings(), "{name}");
        assert_ne!(configured.settings(), &Settings::default(), "{name}");
    }
}

#[test]
fn the_list_has_every_setting_with_its_documentation() {
    let names: Vec<&str> = SETTINGS.iter().map(|setting| setting.name).collect();
    let declared: Vec<&str> = each().into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names, declared);
    for setting in SETTINGS {
        assert!(setting.doc().ends_with('.'), "{}: {}", setting.name, setting.doc());
        if let SettingKind::Flag(default) = setting.kind {
            let sentence = format!("Default: {default}.");
            assert!(setting.doc().replace('\n', " ").contains(&sentence), "{}", setting.name);
        }
    }
}

#[test]
fn the_list_of_limits_has_the_defaults_of_the_policy() {
    let mut shown = Vec::new();
    for limit in RETRY_LIMITS {
        assert!(limit.doc().replace('\n', " ").contains(". Default "), "{}", limit.name);
        shown.push(match limit.default {
            RetryLimitDefault::Count(count) => format!("{}: {count}", limit.name),
            RetryLimitDefault::Duration(time) => format!("{}: {time:?}", limit.name),
        });
    }
    let policy = RetryPolicy::default();
    assert_eq!(format!("{policy:?}"), format!("RetryPolicy {{ {} }}", shown.join(", ")));
    assert_eq!(shown.join(", "), "max_attempts: 4, base: 500ms, cap: 10s, max_retry_after: 60s");
}

#[test]
fn an_invalid_setting_is_an_error_of_its_name() {
    let mut settings = Settings::default();
    settings.update_method = Method::Get;
    let error = zagely().configure(settings).unwrap_err();
    assert_eq!(
        error.field_errors().get("update_method").unwrap(),
        ["The update method must be PUT or PATCH."]
    );
    let wazaj = Wazaj::new(ApiKey::new("wzj_test").unwrap(), "https://a.example/api").unwrap();
    for (name, message) in [
        // The call is Zagely's.
        ("contacts.get", "The call contacts.get is unknown; the catalog lists all names."),
        ("message.send_text", "The call message.send_text is unknown: did you mean messages.send_text?"),
        ("messages.sent_text", "The call messages.sent_text is unknown: did you mean messages.send_text?"),
        ("messages.send_tetx", "The call messages.send_tetx is unknown: did you mean messages.send_text?"),
        ("messages.send_texts", "The call messages.send_texts is unknown: did you mean messages.send_text?"),
        ("messages.sendText", "The call messages.sendText is unknown: did you mean messages.send_text?"),
        ("+15551234567", "The call … is unknown; the catalog lists all names."),
    ] {
        let mut settings = Settings::default();
        settings.methods = vec![(name.into(), Method::Post)];
        let error = wazaj.clone().configure(settings).unwrap_err();
        assert_eq!(error.field_errors().get("methods").unwrap(), [message]);
    }
}

#[test]
fn an_unknown_call_is_named_wherever_calls_have_names() {
    use hudhud::Response;
    let error = zagely().call_by_name("campaigns.stat", "{}").unwrap_err();
    assert!(error.to_string().contains("did you mean campaigns.stats?"), "{error}");
    let expected = ["The call contacts.gett is unknown: did you mean contacts.get?"];
    let errors = [
        zagely().call_by_name("contacts.gett", "{}").unwrap_err(),
        zagely().decode_by_name("contacts.gett", Response::new(200, [("a", "b")], "{}"), None).unwrap_err(),
        zagely().method("contacts.gett", Method::Post).unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.field_errors().get("call").unwrap(), expected);
    }
}

#[test]
fn the_session_of_the_settings_is_sent_with_whatsapp_messages_that_name_none() {
    use hudhud::zagely::{Channel, CreateCampaign, ListMessages, SendMessage, TargetType};
    let zagely = || zagely().session_id(Some(" s-1 "));
    let body = |zagely: &Zagely, call: &SendMessage| {
        String::from_utf8(zagely.request(call, &CallOptions::new()).unwrap().body.unwrap()).unwrap()
    };
    let text = SendMessage::text("+15551234567", "hi");
    let sent = r#"{"channel":"whatsapp","to":"+15551234567","message":"hi","session_id":"s-1"}"#;
    assert_eq!(body(&zagely(), &text), sent);
    assert_eq!(body(&zagely().validate(false), &text), sent);
    assert_eq!(body(&zagely(), &text.clone().channel(Channel::Whatsapp)), sent);
    assert!(body(&zagely(), &text.clone().session_id("s-2")).contains(r#""session_id":"s-2""#));
    assert!(!body(&zagely(), &text.clone().channel(Channel::Telegram)).contains("session_id"));
    assert!(!body(&zagely().session_id(Some("  ")), &text).contains("session_id"));

    // The condition of the vendor is met, so that its fault is not reported.
    let campaign = CreateCampaign::new("April", "Hi", TargetType::All);
    let request = zagely().request(&campaign, &CallOptions::new()).unwrap();
    assert!(String::from_utf8(request.body.unwrap()).unwrap().contains(r#""session_id":"s-1""#));
    let unset = Zagely::new(KeyPair::new("pk_test", "sk_test").unwrap());
    let error = unset.request(&campaign, &CallOptions::new()).unwrap_err();
    assert!(error.field_errors().get("session_id").is_some());

    // By name, as in hosts without types.
    let call = zagely().call_by_name("messages.send", r#"{"to":"+15551234567","message":"hi"}"#).unwrap();
    assert_eq!(call.request(&zagely(), &CallOptions::new()).unwrap().body.unwrap(), sent.as_bytes());
    // The members of `extra` replace it.
    let options = CallOptions::new().extra([("session_id", "s-3")]);
    let request = zagely().request(&text, &options).unwrap();
    let body = String::from_utf8(request.body.unwrap()).unwrap();
    assert!(body.contains(r#""session_id":"s-3""#) && !body.contains("s-1"), "{body}");
    // A filter is no sender.
    let request = zagely().request(&ListMessages::new(), &CallOptions::new()).unwrap();
    assert_eq!(request.url, "https://zagely.com/api/v1/messages");
}

#[test]
fn services_are_created_from_variables() {
    let lookup = |given: &'static [(&'static str, &'static str)]| {
        move |name: &str| given.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    };
    let zagely = Zagely::from_variables(lookup(&[
        ("ZAGELY_PUBLIC_KEY", "pk_a"),
        ("ZAGELY_SECRET_KEY", "sk_b"),
        ("ZAGELY_SESSION_ID", "s-1"),
        ("ZAGELY_BASE_URL", "https://a.example"),
        ("ZAGELY_APP_TOKEN", ""),
    ]));
    let zagely = zagely.unwrap();
    assert_eq!(zagely.settings().session_id, "s-1");
    let request = zagely.request(&hudhud::zagely::CheckHealth::new(), &CallOptions::new()).unwrap();
    assert_eq!(request.url, "https://a.example/api/v1/health");
    let error = Zagely::from_variables(lookup(&[("ZAGELY_SECRET_KEY", "")])).unwrap_err();
    let names: Vec<_> = error.field_errors().iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["ZAGELY_PUBLIC_KEY", "ZAGELY_SECRET_KEY"]);
    let expected = "The variable is not set: set it to the public key from the dashboard (pk_…).";
    assert_eq!(error.field_errors().get("ZAGELY_PUBLIC_KEY").unwrap(), [expected]);

    let wazaj = [("WAZAJ_API_KEY", "wzj_a"), ("WAZAJ_BASE_URL", "https://a.example/api/wazaj/business")];
    assert!(Wazaj::from_variables(|name| lookup(&[])(name)).is_err());
    assert!(
        Wazaj::from_variables(|name| wazaj.iter().find(|one| one.0 == name).map(|one| one.1.into())).is_ok()
    );
}

#[test]
fn verifiers_are_created_from_a_variable() {
    let verifier = |value: &'static str| {
        Verifier::from_variables(|name| (name == "ZAGELY_WEBHOOK_SECRET").then(|| value.to_owned()))
    };
    let now = UnixTime::from_secs(1_776_767_400);
    let body = br#"{"event":"webhook.test"}"#;
    for secret in ["whsec_new", "whsec_old"] {
        let delivery = webhook::sign(secret, body, now).unwrap();
        let both = verifier(" whsec_new\twhsec_old\n").unwrap();
        assert!(both.verify(&delivery.headers, body, now).is_ok(), "{secret}");
    }
    for nothing in ["", " \n"] {
        let error = verifier(nothing).unwrap_err();
        let expected = "The variable is not set: set it to the secret from webhooks.create.";
        assert_eq!(error.field_errors().get("ZAGELY_WEBHOOK_SECRET").unwrap(), [expected]);
    }
}

#[test]
fn wazaj_refuses_a_session() {
    let wazaj = Wazaj::new(ApiKey::new("wzj_test").unwrap(), "https://a.example/api").unwrap();
    let mut settings = Settings::default();
    settings.session_id = "s-1".into();
    let expected = ["Wazaj has no sessions, so a session would have no effect: leave it out."];
    let error = wazaj.clone().configure(settings).unwrap_err();
    assert_eq!(error.field_errors().get("session_id").unwrap(), expected);
    let call = hudhud::wazaj::SendText::new("+15551234567", "hi");
    let error = wazaj.session_id(Some("s-1")).request(&call, &CallOptions::new()).unwrap_err();
    assert_eq!(error.field_errors().get("session_id").unwrap(), expected);
}

#[test]
fn the_last_method_of_a_call_applies() {
    let mut settings = Settings::default();
    settings.methods = [Method::Put, Method::Post].map(|method| ("contacts.get".to_owned(), method)).into();
    let zagely = zagely().configure(settings).unwrap();
    let request = zagely.request(&hudhud::zagely::GetContact::new("c-1"), &CallOptions::new()).unwrap();
    assert_eq!(request.method, Method::Post);
}

#[test]
fn an_empty_user_agent_is_not_sent_and_illegal_characters_are_dropped() {
    for (given, sent) in
        [(Some("a\r\nb\u{e9}"), Some("ab")), (Some(""), None), (Some("\n"), None), (None, None)]
    {
        let mut settings = Settings::default();
        settings.user_agent = given.unwrap_or_default().into();
        for zagely in [zagely().user_agent(given), zagely().configure(settings).unwrap()] {
            let request = zagely.request(&hudhud::zagely::ListContacts::new(), &CallOptions::new()).unwrap();
            assert_eq!(request.header("User-Agent"), sent, "{given:?}");
        }
    }
}

#[test]
fn a_policy_without_attempts_is_refused() {
    let retry = RetryPolicy { max_attempts: 0, ..RetryPolicy::default() };
    let messages_of = |error: hudhud::Error| {
        let messages: Vec<_> =
            error.field_errors().iter().map(|(name, texts)| format!("{name}: {}", texts[0])).collect();
        messages.join("; ")
    };
    let expected = "max_attempts: expected a number of attempts >= 1";
    let mut settings = Settings::default();
    settings.retry = retry;
    assert_eq!(messages_of(zagely().configure(settings).unwrap_err()), expected);
    let call = hudhud::zagely::GetAccount::new();
    assert_eq!(messages_of(zagely().retry(retry).request(&call, &CallOptions::new()).unwrap_err()), expected);
    let options = CallOptions::new().retry(retry);
    assert_eq!(messages_of(zagely().exchange_with(call, options, [7; 16]).unwrap_err()), expected);
}

#[test]
fn a_client_shows_its_base_url_and_the_end_of_its_public_key() {
    let keys = KeyPair::new("pk_abcdefghijklmnopxgZF", "sk_secretkey1234567890").unwrap();
    let shown = format!("{:?}", Zagely::new(keys).base_url("https://gateway.example/z").unwrap());
    assert!(
        shown.contains("base_url: \"https://gateway.example/z\", public_key: Some(\"pk_…xgZF\")"),
        "{shown}"
    );
    assert!(!shown.contains("abcdef") && !shown.contains("secretkey"), "{shown}");
    // A key that is hardly longer than its end is hidden.
    assert!(format!("{:?}", zagely()).contains("Some(\"pk_…\")"));
    let wazaj = Wazaj::new(ApiKey::new("wzj_secretkey1234567890").unwrap(), "https://a.example/api").unwrap();
    let shown = format!("{wazaj:?}");
    assert!(shown.contains("base_url: \"https://a.example/api\", public_key: None"), "{shown}");
    assert!(!shown.contains("secretkey"), "{shown}");
}

#[test]
fn statuses_and_abilities_are_shown_and_other_text_is_not() {
    let mut health = hudhud::zagely::Health::default();
    health.status = Some("ok".into());
    assert!(format!("{health:?}").contains("status: Some(\"ok\")"));
    health.status = Some("call +15558675309".into());
    assert!(format!("{health:?}").contains("status: Some(\"…\")"));
    let mut account = hudhud::zagely::Account::default();
    (account.name, account.abilities) =
        (Some("Jane's shop".into()), vec!["*".into(), "messages.send".into()]);
    let shown = format!("{account:?}");
    assert!(
        shown.contains("abilities: [\"*\", \"messages.send\"]") && shown.contains("name: Some(\"…\")"),
        "{shown}"
    );
}

#[test]
fn swapped_keys_are_named_by_their_prefixes_and_no_call_is_mentioned() {
    let error = KeyPair::new("sk_secret", "pk_public").unwrap_err().to_string();
    for text in ["must start with pk_, but it starts with sk_", "must start with sk_, but it starts with pk_"]
    {
        assert!(error.contains(text), "{error}");
    }
    assert!(
        !error.contains("secret\"") && !error.contains("sk_secret") && !error.contains("call"),
        "{error}"
    );
}
