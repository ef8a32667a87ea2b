//! The program in the README. The tests run it.

use hudhud::zagely::{ListContacts, SendMessage};
use hudhud::{Client, Zagely};
use hudhud_ureq::UreqTransport;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let zagely = Zagely::from_variables(|name| std::env::var(name).ok())?; // keys, session, base URL
    let zagely = Client::new(zagely, UreqTransport::new());
    let sent = zagely.call(SendMessage::text("+15551234567", "hi"))?;
    println!("{:?}, {:?}", sent.message_id, sent.meta.rate_limit);
    for contact in zagely.items(ListContacts::new().tags(["vip"])) {
        println!("{:?}", contact?.name); // `pages` returns whole pages
    }
    Ok(())
}
