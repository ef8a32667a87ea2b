//! Tests of the sandbox over real HTTP, one file per topic.

mod analytics;
mod automations;
mod binary;
mod campaigns;
mod contact_groups;
mod contacts;
mod faults;
mod fuzz;
mod harness;
mod idempotency;
mod keys;
mod limits;
mod main_job;
mod messages;
mod protocol;
mod quirks;
mod readme;
mod sessions;
mod templates;
mod transfers;
mod wazaj;
mod webhooks;
