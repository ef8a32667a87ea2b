//! Text formats that do not depend on the rest of the crate: hexadecimal, Base64, dates, a reader of JSON, repairs of
//! JSON text, members of objects.

pub(crate) mod base64;
pub(crate) mod date;
pub(crate) mod hex;
pub(crate) mod invisible;
pub(crate) mod json_number;
pub(crate) mod json_reader;
pub(crate) mod json_repair;
pub(crate) mod json_run;
pub(crate) mod members;
pub(crate) mod name_index;
pub(crate) mod repeats;
