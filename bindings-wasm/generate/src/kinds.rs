//! Generates the closed sets of names in errors: the kinds, and the faults of transports.

use hudhud::{ClosedEnum, ErrorKind, TransportFault};

pub(crate) fn write() -> String {
    format!(
        "/** The kinds of failures that core reports. */\nexport type KnownKind = {};\n\n\
         /** The failures of a transport. `connect`: the request was certainly not sent. Other faults: the request \
         may have taken effect. */\nexport type TransportFault = {};\n",
        union::<ErrorKind>(),
        union::<TransportFault>()
    )
}

fn union<T: ClosedEnum>() -> String {
    let names: Vec<String> = T::ALL.iter().map(|choice| format!("\n  | \"{}\"", choice.as_str())).collect();
    names.concat()
}
