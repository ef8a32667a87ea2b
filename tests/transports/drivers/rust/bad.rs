//! Transports that each break an invariant in one way, to prove that the runner detects it.

use std::time::Duration;

use hudhud::{Request, Response, Transport, TransportFault, UnixTime};
use hudhud_ureq::UreqTransport;
use serde_json::Value;

/// The names of the bad transports, and of a good one.
pub(crate) const NAMES: [&str; 7] = [
    "does as it should",
    "repeats by itself",
    "says connect",
    "never says connect",
    "shows its input",
    "takes no notice of time",
    "loses the body",
];

/// A transport that behaves as its name says.
#[derive(Clone)]
pub(crate) struct Bad {
    name: &'static str,
    good: UreqTransport,
}

impl Bad {
    pub(crate) fn new(name: &str, good: UreqTransport) -> Self {
        let name = NAMES.into_iter().find(|known| *known == name).unwrap_or(NAMES[0]);
        Self { name, good }
    }
}

/// Returns text that a bad transport adds to an error.
pub(crate) fn shown(name: &str, input: &Value) -> String {
    if name == "shows its input" { input.to_string() } else { String::new() }
}

impl Transport for Bad {
    fn send(&self, request: Request) -> Result<Response, TransportFault> {
        let output = self.good.send(request.clone());
        match (self.name, output) {
            ("repeats by itself", Err(TransportFault::Closed)) => self.good.send(request),
            ("says connect", Err(_)) => Err(TransportFault::Connect),
            ("never says connect", Err(_)) => Err(TransportFault::Closed),
            ("takes no notice of time", Err(TransportFault::Timeout)) => {
                self.wait(Duration::from_millis(2500));
                Err(TransportFault::Timeout)
            }
            ("loses the body", Ok(output)) => Ok(Response { body: Vec::new(), ..output }),
            (_, output) => output,
        }
    }

    fn wait(&self, duration: Duration) {
        self.good.wait(duration);
    }

    fn now(&self) -> UnixTime {
        self.good.now()
    }

    fn entropy(&self) -> [u8; 16] {
        self.good.entropy()
    }
}
