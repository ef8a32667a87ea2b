//! The options of a client and of a call, under their JavaScript names.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use hudhud::host_support::refuse_lone_surrogates_of_options;
use hudhud::{
    ApiKey, CallOptions, ClosedEnum, DynamicCall, IdempotencyKey, Json, KeyPair, Method, Object, RetryPolicy,
    Service, Settings, Vendor, Wazaj, Zagely,
};
use wasm_bindgen::JsValue;

use crate::failure::{misuse, thrown};

/// Options that are removed as they are read. Those left at the end are unknown.
pub(crate) struct Options(Object);

impl Options {
    pub(crate) fn read(text: &str) -> Result<Self, JsValue> {
        refuse_lone_surrogates_of_options(text).map_err(|error| thrown(&error))?;
        Self::parse(text)
    }

    /// Reads options that have no lone surrogate.
    pub(crate) fn parse(text: &str) -> Result<Self, JsValue> {
        text.parse().map(Self).map_err(|_| misuse("options: expected an object"))
    }

    fn take(&mut self, name: &str) -> Option<Json> {
        self.0.remove(name).filter(|value| !value.is_null())
    }

    fn text(&mut self, name: &str) -> Result<Option<String>, JsValue> {
        let Some(value) = self.take(name) else { return Ok(None) };
        value.as_text().map(|text| Some(text.into_owned())).ok_or_else(|| must_be(name, "text"))
    }

    fn flag(&mut self, name: &str) -> Result<Option<bool>, JsValue> {
        let Some(value) = self.take(name) else { return Ok(None) };
        value.read().map(Some).map_err(|_| must_be(name, "true or false"))
    }

    fn number(&mut self, name: &str) -> Result<Option<f64>, JsValue> {
        let Some(value) = self.take(name) else { return Ok(None) };
        value.read().map(Some).map_err(|_| must_be(name, "a number"))
    }

    fn millis(&mut self, name: &str, default_value: Duration) -> Result<Duration, JsValue> {
        // The fraction is dropped. A negative number becomes 0.
        Ok(self.number(name)?.map_or(default_value, |millis| Duration::from_millis(millis as u64)))
    }

    fn object(&mut self, name: &str) -> Result<Self, JsValue> {
        let Some(value) = self.take(name) else { return Ok(Self(Object::new())) };
        value.read().map(Self).map_err(|_| must_be(name, "an object"))
    }

    /// Reads an option whose value is one of a few names.
    pub(crate) fn choice<T: ClosedEnum>(&mut self, name: &str) -> Result<Option<T>, JsValue> {
        self.text(name)?.map(|text| chosen(name, &text)).transpose()
    }

    pub(crate) fn finish(self) -> Result<(), JsValue> {
        self.finish_within("")
    }

    /// Throws an error for an option that is left. `path` comes before its name.
    fn finish_within(self, path: &str) -> Result<(), JsValue> {
        let Some((name, _)) = self.0.iter().next() else { return Ok(()) };
        // The name may be a value in the wrong place, such as a key: only names that look like one are shown.
        let legal = name.len() <= 32 && name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
        Err(misuse(&if legal {
            format!("unknown option: {path}{name}; leave it out")
        } else {
            "unknown option, whose name is not shown because it may be a key: leave it out".into()
        }))
    }

    pub(crate) fn zagely(mut self) -> Result<Zagely, JsValue> {
        let public = self.text("publicKey")?.unwrap_or_default();
        let secret = self.text("secretKey")?.unwrap_or_default();
        let mut zagely = Zagely::new(KeyPair::new(public, secret).map_err(|error| thrown(&error))?);
        if let Some(token) = self.text("appToken")? {
            zagely = zagely.app_token(token).map_err(|error| thrown(&error))?;
        }
        if let Some(prefix) = self.text("appPrefix")? {
            zagely = zagely.app_prefix(&prefix).map_err(|error| thrown(&error))?;
        }
        if let Some(auth) = self.choice("appAuth")? {
            zagely = zagely.app_auth(auth);
        }
        if let Some(base_url) = self.text("baseUrl")? {
            zagely = zagely.base_url(&base_url).map_err(|error| thrown(&error))?;
        }
        self.common(zagely)
    }

    pub(crate) fn wazaj(mut self) -> Result<Wazaj, JsValue> {
        let key = ApiKey::new(self.text("apiKey")?.unwrap_or_default()).map_err(|error| thrown(&error))?;
        let base_url = self.text("baseUrl")?.unwrap_or_default();
        let mut wazaj = Wazaj::new(key, &base_url).map_err(|error| thrown(&error))?;
        if let Some(form) = self.choice("apiKeyScheme")? {
            wazaj = wazaj.api_key_scheme(form);
        }
        self.common(wazaj)
    }

    /// Reads the settings, which both vendors' clients have.
    fn common<V: Vendor>(mut self, service: Service<V>) -> Result<Service<V>, JsValue> {
        let mut settings = Settings::default();
        macro_rules! read {
            ($( $(#[$doc:meta])* $name:ident: $kind:ident $(= $default:tt)?, )*) => {
                $( if let Some(value) = self.$kind(const { &Camel::of(stringify!($name), "") }.as_str())? {
                    settings.$name = value;
                } )*
            };
        }
        hudhud::for_each_setting!(read);
        self.finish()?;
        service.configure(settings).map_err(|error| thrown(&error))
    }

    fn update_method(&mut self, name: &str) -> Result<Option<Method>, JsValue> {
        self.text(name)?.map(|text| chosen_of(name, &text, Method::UPDATES)).transpose()
    }

    /// Reads methods by the names of calls.
    fn methods(&mut self, name: &str) -> Result<Option<Vec<(String, Method)>>, JsValue> {
        let mut methods = self.object(name)?;
        let calls: Vec<String> = methods.0.iter().map(|(call, _)| call.into()).collect();
        let mut found = Vec::new();
        for call in calls {
            if let Some(method) = methods.choice(&call)? {
                found.push((call, method));
            }
        }
        Ok(Some(found))
    }

    /// Reads the retry options of a client. In JavaScript, `maxAttempts` is an option of the client itself.
    fn retry(&mut self, _: &str) -> Result<Option<RetryPolicy>, JsValue> {
        self.policy(RetryPolicy::default()).map(Some)
    }

    /// Reads the retry options. `defaults` has the defaults.
    fn policy(&mut self, defaults: RetryPolicy) -> Result<RetryPolicy, JsValue> {
        let mut retry = self.object("retry")?;
        macro_rules! read {
            (
                counts { $( $(#[$count_doc:meta])* $count:ident = $number:tt, )* }
                durations { $( $(#[$doc:meta])* $duration:ident = $seconds:tt, )* }
            ) => {
                RetryPolicy {
                    $( $count: self.number(const { &Camel::of(stringify!($count), "") }.as_str())?.map_or(defaults.$count, |count| count as u32), )*
                    $( $duration: retry.millis(const { &Camel::of(stringify!($duration), "Ms") }.as_str(), defaults.$duration)?, )*
                }
            };
        }
        let policy = hudhud::for_each_retry_limit!(read);
        retry.finish_within("retry.")?;
        Ok(policy)
    }

    /// Reads the options of one call. An invalid idempotency key is reported together with the invalid fields of the
    /// call.
    pub(crate) fn call<V: Vendor>(
        mut self,
        call: &mut DynamicCall<V>,
        defaults: RetryPolicy,
    ) -> Result<CallOptions, JsValue> {
        let mut options = CallOptions::new().retry(self.policy(defaults)?).extra(self.object("extra")?.0);
        if let Some(key) = self.text("idempotencyKey")? {
            match IdempotencyKey::new(key) {
                Ok(key) => options = options.idempotency_key(key),
                Err(error) => call.add_faults(&error.into()),
            }
        }
        if let Some(method) = self.choice("method")? {
            options = options.method(method);
        }
        if let Some(validate) = self.flag("validate")? {
            options = options.validate(validate);
        }
        for (name, value) in self.object("headers")?.0.iter() {
            let value = value.as_text().ok_or_else(|| must_be("headers", "texts by the names of headers"))?;
            options = options.header(name, value);
        }
        if let Some(deadline) = self.number("deadlineMs")? {
            // Less than a microsecond is dropped. A negative number becomes 0, which is refused.
            options = options.deadline(Duration::from_micros((deadline * 1000.0) as u64));
        }
        if let Some(lane) = self.choice("lane")? {
            options = options.lane(lane);
        }
        self.finish()?;
        Ok(options)
    }
}

/// Converts a name to a choice. `what` names the option in the error.
pub(crate) fn chosen<T: ClosedEnum>(what: &str, name: &str) -> Result<T, JsValue> {
    chosen_of(what, name, T::ALL)
}

/// Converts a name to one of some choices.
fn chosen_of<T: ClosedEnum>(what: &str, name: &str, among: &[T]) -> Result<T, JsValue> {
    let found = among.iter().copied().find(|choice| choice.as_str().eq_ignore_ascii_case(name));
    found.ok_or_else(|| {
        let names: Vec<&str> = among.iter().map(|choice| choice.as_str()).collect();
        misuse(&format!("{what}: expected {}", names.join(" or ")))
    })
}

/// The name of a setting in JavaScript's case. The compiler converts it, because each call reads options.
struct Camel {
    bytes: [u8; 32],
    length: usize,
}

impl Camel {
    /// Converts a name in snake case and appends its unit.
    const fn of(name: &str, unit: &str) -> Self {
        let (name, unit) = (name.as_bytes(), unit.as_bytes());
        let mut camel = Self { bytes: [0; 32], length: 0 };
        let (mut at, mut begins_word) = (0, false);
        while at < name.len() {
            if name[at] == b'_' {
                begins_word = true;
            } else {
                camel.push(if begins_word { name[at].to_ascii_uppercase() } else { name[at] });
                begins_word = false;
            }
            at += 1;
        }
        at = 0;
        while at < unit.len() {
            camel.push(unit[at]);
            at += 1;
        }
        camel
    }

    /// Appends a byte. The compiler refuses a name that is too long.
    const fn push(&mut self, byte: u8) {
        self.bytes[self.length] = byte;
        self.length += 1;
    }

    fn as_str(&self) -> &str {
        core::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

fn must_be(name: &str, what: &str) -> JsValue {
    misuse(&format!("{name}: expected {what}"))
}
