//! Sends a text through Zagely and lists the newest messages.
//!
//!     ZAGELY_PUBLIC_KEY=pk_… ZAGELY_SECRET_KEY=sk_… cargo run -p hudhud-example-rust -- +15551234567 "hi"
//!
//! `ZAGELY_SESSION_ID` names the session to send from, unless the key is bound to one. `ZAGELY_BASE_URL` replaces the
//! vendor's origin, for example with the sandbox's.

use std::env;
use std::error::Error;
use std::process::ExitCode;

use hudhud::zagely::{ListMessages, SendMessage};
use hudhud::{Client, Phone, Zagely};
use hudhud_ureq::UreqTransport;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A `hudhud::Error` states the cause, the place and the hint, and contains nothing private.
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let [to, text] = <[String; 2]>::try_from(env::args().skip(1).collect::<Vec<_>>())
        .map_err(|_| "expected two arguments: a phone number with its country code, and a text")?;

    let zagely = Zagely::from_variables(|name| env::var(name).ok())?;
    let client = Client::new(zagely, UreqTransport::new());

    let sent = client.call(SendMessage::text(Phone::parse(&to)?.as_str(), text))?;
    println!("queued as {}", sent.message_id.as_deref().unwrap_or("(no id)"));

    // Pages are requested as they are needed. Ten messages need one page.
    for message in client.items(ListMessages::new()).take(10) {
        let message = message?;
        let when = message.created_at.as_ref().map_or("", |time| time.as_str());
        let way = message.direction.as_ref().map_or("", |way| way.as_str());
        let status = message.status.as_ref().map_or("", |status| status.as_str());
        println!("{when:20} {way:8} {status:9} {}", message.content.as_deref().unwrap_or_default());
    }
    Ok(())
}
