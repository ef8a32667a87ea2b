//! Sentences of vendors in English, Arabic and Haitian Creole, with private parts and without. Redaction hides every
//! private part that the call sent or that has a private form, and keeps the vendor's own words.
//!
//! `cargo test --package hudhud --test redaction sentences -- --nocapture` prints both rates.

use hudhud::wazaj::SendTemplate;
use hudhud::zagely::{CreateContact, SendMessage};
use hudhud::{Service, Step, Vendor};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::json;

use crate::{NOW, response, wazaj, zagely};

/// The number of times that each sentence is filled with other private parts.
const ROUNDS: usize = 40;

/// Sentences without private parts. All their words must be shown.
const PUBLIC: [&str; 36] = [
    "Payment Required",
    "Your subscription has expired. Please renew your plan.",
    "Daily request quota of 10000 exceeded.",
    "The message may not be greater than 4096 characters.",
    "(#131026) Message undeliverable",
    "(#132001) Template name does not exist in the translation",
    "Unsupported post request. Please read the Graph API documentation.",
    "Template order_update does not exist in language en.",
    "File exceeds 16 MB limit.",
    "This key is bound to session 1111.",
    "Service temporarily unavailable, please try again after 5 minutes",
    "The selected events.0 is invalid.",
    "The PUT method is not supported for route api/v1/contacts/block. Supported methods: GET, HEAD, POST.",
    "The email field must be a valid email address.",
    "The route api/v1/contacts could not be found.",
    "SQLSTATE[HY000] [2002] Connection refused",
    "Re-engagement message: more than 24 hours have passed since the customer last replied.",
    "Quota resets at 2026-04-22T00:00:00Z.",
    "رقم الهاتف مطلوب.",
    "يجب ألا يتجاوز النص 4096 حرفًا.",
    "انتهت صلاحية اشتراكك. يرجى تجديد خطتك.",
    "تم تجاوز الحصة اليومية البالغة 10000 طلب.",
    "الجلسة غير متصلة، أعد مسح رمز QR.",
    "المفتاح غير صالح أو منتهي الصلاحية.",
    "هذه القناة غير مدعومة: telegram",
    "الخدمة غير متاحة مؤقتًا، حاول مرة أخرى بعد 5 دقائق",
    "حجم الملف يتجاوز الحد المسموح 16 ميغابايت",
    "لا تملك الصلاحية contacts.write المطلوبة",
    "Nimewo telefòn lan obligatwa.",
    "Mesaj la pa ka depase 4096 karaktè.",
    "Abònman ou ekspire. Tanpri renouvle plan ou.",
    "Ou depase limit 120 demann pa minit.",
    "Kont Wazaj la dekonekte.",
    "Kle API a pa valab oswa li ekspire.",
    "Modèl la pa egziste nan lang ht.",
    "Sèvis la pa disponib pou kounye a, eseye ankò nan 5 minit",
];

/// Sentences with private parts: `{phone}`, `{name}`, `{email}`, `{text}` and `{key}`.
const WITH_PRIVATE: [&str; 27] = [
    "The number {phone} is not registered on WhatsApp.",
    "{name} has already been contacted today.",
    "The contact {name} ({phone}) is blocked.",
    "Recipient {email} bounced.",
    "The message \"{text}\" was rejected by the provider.",
    "Content policy: {text}",
    "Duplicate entry '{phone}' for key 'contacts.phone_number'",
    "Duplicate entry '{email}-{phone}' for key contacts_email",
    "The key {key} is inactive.",
    "Invalid signature for token {key}",
    "(#131030) Recipient phone number {phone} not in allowed list",
    "Could not render: Dear {name}, {text}",
    "No lead named {name} with address {email} exists.",
    "الرقم {phone} غير مسجل في واتساب.",
    "جهة الاتصال {name} محظورة.",
    "تعذر إرسال «{text}» إلى {phone}",
    "البريد {email} غير صالح",
    "المفتاح {key} غير نشط",
    "تم إرسال رسالة إلى {name} بالفعل",
    "نص مرفوض: {text}",
    "Nimewo {phone} pa sou WhatsApp.",
    "Kontak {name} bloke.",
    "Imèl {email} pa valab.",
    "Mesaj « {text} » pa ka voye bay {phone}",
    "Kle {key} pa aktif.",
    "{name} deja resevwa mesaj sa a",
    "Tèks la refize: {text}",
];

/// The private parts of one round.
#[derive(Clone, Debug)]
struct Parts {
    phone: String,
    name: String,
    email: String,
    text: String,
    key: String,
}

fn parts() -> impl Strategy<Value = Parts> {
    let latin = "[A-Z][bcdfgz]{2}[aeiou][bcdfgz]{2}";
    let arabic = "[ثذضظغخ]{5,8}";
    let creole = "[A-Z][bvz]{2}[òèàou][kwz]{2}";
    let name = prop_oneof![
        (latin, latin).prop_map(|(first, last)| format!("{first} {last}")),
        (arabic, arabic).prop_map(|(first, last)| format!("{first} {last}")),
        (creole, latin).prop_map(|(first, last)| format!("{first}-{last}")),
        latin.prop_map(String::from),
    ];
    let text = prop_oneof![
        prop::collection::vec("[bcdfgz]{2}[aeiou][bcdfgz]{2,4}", 3..9).prop_map(|words| words.join(" ")),
        prop::collection::vec("[ثذضظغخ]{4,7}", 3..9).prop_map(|words| words.join(" ")),
        ("[bcdfgz]{4}[aeiou][bcdfgz]{2}", 1000..9999u32).prop_map(|(word, code)| format!("{word} {code}")),
    ];
    let phone = prop_oneof![
        "\\+1555[2-9][0-9]{6}",
        "\\+50937[2-9][0-9]{5}",
        "\\+2010[2-9][0-9]{7}",
        "\\+1 555 [2-9][0-9]{2} [0-9]{4}",
    ];
    let email = "[bcdfgz]{5}[aeiou][bcdfgz]{2}@(example\\.org|mail\\.example\\.com)";
    let key =
        prop_oneof!["sk_live_[A-Za-z0-9]{30}", "pk_[A-Za-z0-9]{12}", "wzj_[a-z0-9]{16}", "[0-9a-f]{40}"];
    (phone, name, email, text, key).prop_map(|(phone, name, email, text, key)| Parts {
        phone,
        name,
        email,
        text,
        key,
    })
}

impl Parts {
    fn fill(&self, sentence: &str) -> String {
        sentence
            .replace("{phone}", &self.phone)
            .replace("{name}", &self.name)
            .replace("{email}", &self.email)
            .replace("{text}", &self.text)
            .replace("{key}", &self.key)
    }

    /// Returns the words of all parts. None may be shown.
    fn words(&self) -> Vec<String> {
        let all = [&self.phone, &self.name, &self.email, &self.text, &self.key].map(String::as_str).join(" ");
        let is_part = |word: &&str| word.chars().count() > 3 && !["example", "mail"].contains(word);
        all.split(|letter: char| !letter.is_alphanumeric()).filter(is_part).map(str::to_lowercase).collect()
    }
}

/// Returns the text of the error of a call that sent the private parts, with the vendor's sentence.
fn error_of<V: Vendor>(
    service: &Service<V>,
    call: impl hudhud::Endpoint<Vendor = V>,
    sentence: &str,
) -> String {
    let mut exchange = service.exchange(call, [7; 16]).unwrap();
    let Step::Send(_) = exchange.step(NOW) else { panic!("expected a send") };
    let body = json!({"message": sentence, "errors": {"to": [sentence]}});
    exchange.receive(response(422, &body), NOW).unwrap();
    let Step::Done(Err(error)) = exchange.step(NOW) else { panic!("expected an error") };
    error.to_string()
}

/// Returns the errors of three calls, each of which sends every private part.
fn errors(parts: &Parts, sentence: &str) -> [String; 3] {
    let Parts { phone, name, email, text, key } = parts;
    let all = format!("{name}, {email}, {key}: {text}");
    let components = [hudhud::wazaj::TemplateComponent::body([name, email, key, text].map(String::as_str))];
    [
        error_of(&zagely(), SendMessage::text(phone.as_str(), all.as_str()), sentence),
        error_of(
            &zagely(),
            CreateContact::new(phone.as_str())
                .name(name.as_str())
                .email(email.as_str())
                .notes(format!("{key} {text}")),
            sentence,
        ),
        error_of(
            &wazaj(),
            SendTemplate::new(phone.as_str(), "order_update", "en").template_components(components),
            sentence,
        ),
    ]
}

#[test]
fn sentences_of_vendors_are_shown_without_their_private_parts() {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let (mut kept, mut public, mut hidden, mut private) = (0, 0, 0, 0);
    for _ in 0..ROUNDS {
        let parts = parts().new_tree(&mut runner).unwrap().current();
        for sentence in PUBLIC {
            for text in errors(&parts, sentence) {
                public += 1;
                kept += usize::from(text.contains(sentence));
            }
        }
        for sentence in WITH_PRIVATE {
            for text in errors(&parts, &parts.fill(sentence)) {
                let lower = text.to_lowercase();
                private += 1;
                let shown: Vec<_> =
                    parts.words().into_iter().filter(|word| lower.contains(word.as_str())).collect();
                assert!(shown.is_empty(), "{shown:?} of {parts:?} in {text}");
                assert!(text.contains("[redacted]"), "{text}");
                hidden += 1;
            }
        }
    }
    println!("hidden: {hidden} of {private} sentences with private parts; whole: {kept} of {public} without");
    // A word of a sentence can also be a word that the call sent.
    assert_eq!(kept, public, "sentences without private parts that are not shown whole");
}
