//! The command that starts a host's driver.

use std::str::FromStr;

/// The command of a host's driver: `node=["node","driver.mjs"]`.
#[derive(Clone)]
pub(crate) struct Driver {
    pub(crate) host: String,
    pub(crate) command: Vec<String>,
}

impl FromStr for Driver {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (host, command) = text.split_once('=').ok_or("driver: expected HOST=[\"command\", …]")?;
        let command: Vec<String> = serde_json::from_str(command).map_err(|error| error.to_string())?;
        if command.is_empty() {
            Err("driver: the command is empty".into())
        } else {
            Ok(Self { host: host.into(), command })
        }
    }
}
