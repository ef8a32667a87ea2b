//! The program in the README. The tests run it.

use hudhud::zagely::{ListContacts, SendMessage};
use hudhud::{AsyncClient, Zagely};
use hudhud_reqwest::ReqwestTransport;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let zagely = Zagely::from_variables(|name| std::env::var(name).ok())?; // keys, session, base URL
    let zagely = AsyncClient::new(zagely, ReqwestTransport::new()?);
    let sent = zagely.call(SendMessage::text("+15551234567", "hi")).await?;
    println!("{:?}, {:?}", sent.message_id, sent.meta.rate_limit);
    let mut contacts = zagely.items(ListContacts::new().tags(["vip"])); // or `pages`
    while let Some(contact) = contacts.next().await {
        println!("{:?}", contact?.name);
    }
    Ok(())
}
