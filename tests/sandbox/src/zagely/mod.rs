//! The calls of Zagely, one file per resource.

pub(crate) mod account;
pub(crate) mod analytics;
pub(crate) mod automations;
pub(crate) mod campaigns;
pub(crate) mod contact_groups;
pub(crate) mod contacts;
mod fields;
pub(crate) mod import_file;
pub(crate) mod messages;
pub(crate) mod sessions;
pub(crate) mod templates;
pub(crate) mod webhooks;
