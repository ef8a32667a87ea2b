//! Measures the hot paths as ratios to alternatives that a user would write or install.
//!
//! Absolute times mean little on a shared machine, and the comparison of two runs even less. The two sides of a pair
//! therefore run alternately, one batch each, some hundred times. The result is the median of the ratios. A slow
//! phase of the machine slows both sides of a turn.

mod handwritten;
mod observers;
mod pairs;
mod samples;

use pairs::Pair;

/// Measures all, or with the argument `observers` only the cost of observers.
fn main() {
    if !std::env::args().any(|argument| argument == "observers") {
        println!("{:<58} {:>10} {:>10} {:>7}", "Hudhud against the alternative", "Hudhud", "other", "ratio");
        for pair in verify().chain(build_and_decode()) {
            println!("{pair}");
        }
        linear();
    }
    observers::measure();
}

fn verify() -> impl Iterator<Item = Pair> {
    samples::events().into_iter().flat_map(|event| {
        let (size, body) = (event.size, event.body.as_slice());
        let verifier = hudhud::webhook::Verifier::new(samples::SECRET).expect("a secret");
        let delivery = hudhud::webhook::sign(samples::SECRET, body, samples::NOW).expect("a secret");
        let headers: Vec<(String, String)> =
            delivery.headers.iter().map(|(name, value)| ((*name).into(), value.clone())).collect();
        let authenticate =
            || verifier.verify_signature(&headers, body, samples::NOW).map(drop).expect("signed");
        let hmac = handwritten::Hmac::new(samples::SECRET);
        let handwritten_headers = handwritten::find(&headers);
        let standard = handwritten::Standard::new(body);
        [
            Pair::measure(format!("verify {size}: bare HMAC of aws-lc-rs"), authenticate, || {
                hmac.verify_bare(handwritten_headers, body);
            }),
            Pair::measure(format!("verify {size}: standardwebhooks"), authenticate, || standard.verify(body)),
            Pair::measure(
                format!("verify and parse {size}: HMAC and serde_json by hand"),
                || verifier.verify(&headers, body, samples::NOW).expect("signed"),
                || hmac.verify_and_parse(&headers, body),
            ),
        ]
    })
}

fn build_and_decode() -> impl Iterator<Item = Pair> {
    use hudhud::{CallOptions, KeyPair, Response, Zagely, zagely::ListContacts, zagely::SendMessage};

    let zagely = Zagely::new(KeyPair::new("pk_bench", "sk_bench").expect("keys"));
    let options = CallOptions::new();
    let page = samples::contact_page();
    let response = Response::new(200, [("Content-Type", "application/json")], page.clone());
    let list = ListContacts::new().tags(["vip", "active"]).search("jane").per_page(50).page(2);
    let send = SendMessage::text("+15551234567", "Hello from Zagely! 👋")
        .session_id("11111111-2222-3333-4444-555555555555");
    [
        Pair::measure(
            "build a send: serde_json by hand".into(),
            || zagely.request(&send, &options).expect("legal"),
            handwritten::build_send,
        ),
        Pair::measure(
            "build a list of contacts: format! by hand".into(),
            || zagely.request(&list, &options).expect("legal"),
            handwritten::build_list,
        ),
        Pair::measure(
            "decode 50 contacts: derived serde by hand".into(),
            // Both sides copy the body, because a reply owns its response.
            || zagely.decode::<ListContacts>(response.clone(), None).expect("a page"),
            || handwritten::decode_page(page.clone()),
        ),
    ]
    .into_iter()
}

/// Checks that the cost grows linearly with the body: compares the time per byte at 1 MB with that at 64 kB.
fn linear() {
    let verifier = hudhud::webhook::Verifier::new(samples::SECRET).expect("a secret");
    let per_byte = |length: usize| {
        let body = samples::event_of(length);
        let delivery = hudhud::webhook::sign(samples::SECRET, &body, samples::NOW).expect("a secret");
        let nanos = pairs::nanos(|| verifier.verify(&delivery.headers, &body, samples::NOW).expect("signed"));
        nanos / length as f64
    };
    let (small, large) = (per_byte(64 << 10), per_byte(1 << 20));
    println!(
        "{:<58} {small:>7.3} ns {large:>7.3} ns {:>7.2}",
        "verify and parse, per byte: 64 kB, 1 MB",
        large / small
    );

    let per_byte = |length: usize| {
        let source = "Hi {{ name }}! {{{{ open {{ order_id }} ".repeat(length / 41);
        pairs::nanos(|| hudhud::Template::parse(source.as_str()).variables().len()) / source.len() as f64
    };
    let (small, large) = (per_byte(64 << 10), per_byte(1 << 20));
    println!(
        "{:<58} {small:>7.3} ns {large:>7.3} ns {:>7.2}",
        "parse a template, per byte: 64 kB, 1 MB",
        large / small
    );
}
