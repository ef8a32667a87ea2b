//! A program that a test kills and starts again: it sends the messages that are left in an outbox. It prints a line
//! before it sends.
//!
//!     outbox_program VENDOR JOURNAL COUNT
//!
//! It ends with the code 3 if the journal does not have all messages yet. The fields of a typed call have defaults that other
//! hosts leave out, so it could not add the messages that another host has begun to add.

use std::error::Error;
use std::{env, process};

use hudhud::wazaj::SendText;
use hudhud::zagely::SendMessage;
use hudhud::{Client, Endpoint, Service, Wazaj, Zagely};
use hudhud_outbox::OutboxFile;
use hudhud_ureq::UreqTransport;

/// The exit code of a program that cannot add the messages.
const NOT_MINE: i32 = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let mut argument =
        || arguments.next().ok_or("expected the vendor, the journal and the number of messages");
    let (vendor, journal) = (argument()?, argument()?);
    let variable = |name: &str| env::var(name).ok();
    match vendor.as_str() {
        "wazaj" => run::<SendText>(Wazaj::from_variables(variable)?, &journal),
        _ => run::<SendMessage>(Zagely::from_variables(variable)?, &journal),
    }
}

fn run<E: Endpoint>(service: Service<E::Vendor>, journal: &str) -> Result<(), Box<dyn Error>>
where
    E::Vendor: Sync,
{
    let client = Client::new(service, UreqTransport::new());
    let outbox = OutboxFile::<E, _>::open(journal, &client)?;
    if !outbox.report().is_closed {
        process::exit(NOT_MINE);
    }
    println!("sending");
    let report = outbox.send(8)?;
    println!("{} sent, {} unknown, {} left of {}", report.sent, report.unknown, report.left(), report.total);
    Ok(())
}
