//! Measures the cost of an observer as a share of a call over a socket on loopback.

use std::env;

use hudhud::{
    CallDescription, CallEnd, CallEvent, CallObserver, Client, KeyPair, Observer, Zagely, zagely::GetContact,
};
use hudhud_tracing::TracingObserver;
use hudhud_ureq::UreqTransport;
use tracing_subscriber::filter::LevelFilter;

use crate::pairs::Pair;

/// The number of turns. The median of this many ratios is steadier than one percent.
const ROUNDS: usize = 4000;

/// An observer that does nothing: its cost is that of the facts.
#[derive(Debug)]
struct Idle;

impl Observer for Idle {
    fn begin(&self, _: &CallDescription) -> Box<dyn CallObserver> {
        Box::new(Self)
    }
}

impl CallObserver for Idle {
    fn event(&mut self, _: &CallEvent<'_>) {}
    fn end(self: Box<Self>, _: &CallEnd) {}
}

/// Measures `contacts.get` with an observer against the same call without one.
pub(crate) fn measure() {
    let Ok(url) = env::var("HUDHUD_LOOPBACK") else {
        println!("cost of an observer: not measured; `cargo xtask bench rust` starts the loopback server");
        return;
    };
    // `tracing` formats each line, as in a program that logs. The lines go nowhere.
    tracing_subscriber::fmt().with_max_level(LevelFilter::DEBUG).with_writer(std::io::sink).init();
    let zagely = Zagely::new(KeyPair::new("pk_bench", "sk_bench").expect("keys"));
    let zagely = zagely.base_url(&url).expect("a URL on loopback");
    let plain = Client::new(zagely, UreqTransport::new());
    let call = |client: &Client<_, _>| client.call(GetContact::new("c-1")).expect("a contact");
    println!("\ncost of an observer, contacts.get over loopback: with it, without it, ratio");
    for (name, observed) in [
        ("no observer on either side: the error of this measurement", plain.clone()),
        ("an observer that does nothing", plain.clone().with_observer(Idle)),
        ("hudhud-tracing, lines at DEBUG", plain.clone().with_observer(TracingObserver)),
    ] {
        let pair = Pair::measure_rounds(name.into(), ROUNDS, || call(&observed), || call(&plain));
        println!("{}", pair.precise());
    }
}
