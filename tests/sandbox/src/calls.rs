//! The table of all 57 calls: name, method, path, required access, and handler.

use crate::call::Handler;
use crate::entry::{Entry, Verb};
use crate::protocol::access::Access;
use crate::wazaj;
use crate::zagely::{
    account, analytics, automations, campaigns, contact_groups, contacts, messages, sessions, templates,
    webhooks,
};

const fn zagely(
    name: &'static str,
    verb: Verb,
    path: &'static str,
    access: Access,
    handler: Handler,
) -> Entry {
    Entry { vendor: "zagely", name, verb, path, access, handler }
}

const fn wazaj(name: &'static str, path: &'static str, handler: Handler) -> Entry {
    Entry { vendor: "wazaj", name, verb: Verb::Post, path, access: Access::AnyKey, handler }
}

use Access::{Ability, AnyKey, Open};
use Verb::{Delete, Get, Post, Update};

/// The vendor's table names no ability for changing sessions, so the key needs all abilities.
const SESSIONS_WRITE: Access = Ability("*");

/// The complete API of both vendors.
#[rustfmt::skip]
pub(crate) static CALLS: [Entry; 57] = [
    zagely("account.health", Get, "/api/v1/health", Open, account::health),
    zagely("account.me", Get, "/api/v1/me", AnyKey, account::me),

    zagely("messages.send", Post, "/api/v1/messages/send", Ability("messages.send"), messages::send),
    zagely("messages.list", Get, "/api/v1/messages", Ability("messages.read"), messages::list),

    zagely("sessions.list", Get, "/api/v1/sessions", Ability("sessions.read"), sessions::list),
    zagely("sessions.get", Get, "/api/v1/sessions/{id}", Ability("sessions.read"), sessions::get),
    zagely("sessions.create", Post, "/api/whatsapp/sessions", SESSIONS_WRITE, sessions::create),
    zagely("sessions.update", Update, "/api/whatsapp/sessions/{id}", SESSIONS_WRITE, sessions::update),
    zagely("sessions.qr_code", Get, "/api/whatsapp/sessions/{id}/qr", Ability("sessions.read"), sessions::qr_code),
    zagely("sessions.disconnect", Post, "/api/whatsapp/sessions/{id}/disconnect", SESSIONS_WRITE, sessions::disconnect),
    zagely("sessions.delete", Delete, "/api/whatsapp/sessions/{id}", SESSIONS_WRITE, sessions::delete),

    zagely("contacts.list", Get, "/api/v1/contacts", Ability("contacts.read"), contacts::list),
    zagely("contacts.create", Post, "/api/v1/contacts", Ability("contacts.write"), contacts::create),
    zagely("contacts.get", Get, "/api/v1/contacts/{id}", Ability("contacts.read"), contacts::get),
    zagely("contacts.update", Update, "/api/v1/contacts/{id}", Ability("contacts.write"), contacts::update),
    zagely("contacts.delete", Delete, "/api/v1/contacts/{id}", Ability("contacts.write"), contacts::delete),
    zagely("contacts.block", Post, "/api/contacts/{id}/block", Ability("contacts.write"), contacts::block),
    zagely("contacts.unblock", Post, "/api/contacts/{id}/unblock", Ability("contacts.write"), contacts::unblock),
    zagely("contacts.import", Post, "/api/contacts/import", Ability("contacts.write"), contacts::import),
    zagely("contacts.export", Post, "/api/contacts/export", Ability("contacts.read"), contacts::export),

    zagely("contact_groups.list", Get, "/api/v1/contact-groups", Ability("contacts.read"), contact_groups::list),
    zagely("contact_groups.create", Post, "/api/v1/contact-groups", Ability("contacts.write"), contact_groups::create),
    zagely("contact_groups.get", Get, "/api/v1/contact-groups/{id}", Ability("contacts.read"), contact_groups::get),
    zagely("contact_groups.update", Update, "/api/v1/contact-groups/{id}", Ability("contacts.write"), contact_groups::update),
    zagely("contact_groups.delete", Delete, "/api/v1/contact-groups/{id}", Ability("contacts.write"), contact_groups::delete),
    zagely("contact_groups.add_contacts", Post, "/api/v1/contact-groups/{id}/contacts", Ability("contacts.write"), contact_groups::add_contacts),
    zagely("contact_groups.remove_contacts", Delete, "/api/v1/contact-groups/{id}/contacts", Ability("contacts.write"), contact_groups::remove_contacts),

    zagely("templates.create", Post, "/api/templates", Ability("campaigns.write"), templates::create),
    zagely("templates.preview", Post, "/api/templates/{id}/preview", Ability("campaigns.read"), templates::preview),

    zagely("campaigns.create", Post, "/api/v1/campaigns", Ability("campaigns.write"), campaigns::create),
    zagely("campaigns.update", Update, "/api/campaigns/{id}", Ability("campaigns.write"), campaigns::update),
    zagely("campaigns.delete", Delete, "/api/campaigns/{id}", Ability("campaigns.write"), campaigns::delete),
    zagely("campaigns.start", Post, "/api/v1/campaigns/{id}/start", Ability("campaigns.write"), campaigns::start),
    zagely("campaigns.pause", Post, "/api/campaigns/{id}/pause", Ability("campaigns.write"), campaigns::pause),
    zagely("campaigns.resume", Post, "/api/campaigns/{id}/resume", Ability("campaigns.write"), campaigns::resume),
    zagely("campaigns.cancel", Post, "/api/campaigns/{id}/cancel", Ability("campaigns.write"), campaigns::cancel),
    zagely("campaigns.stats", Get, "/api/campaigns/{id}/stats", Ability("campaigns.read"), campaigns::stats),

    zagely("automations.list", Get, "/api/automations", Ability("campaigns.read"), automations::list),
    zagely("automations.create", Post, "/api/automations", Ability("campaigns.write"), automations::create),
    zagely("automations.get", Get, "/api/automations/{id}", Ability("campaigns.read"), automations::get),
    zagely("automations.update", Update, "/api/automations/{id}", Ability("campaigns.write"), automations::update),
    zagely("automations.delete", Delete, "/api/automations/{id}", Ability("campaigns.write"), automations::delete),
    zagely("automations.toggle", Post, "/api/automations/{id}/toggle", Ability("campaigns.write"), automations::toggle),

    zagely("analytics.overview", Get, "/api/analytics/overview", Ability("campaigns.read"), analytics::overview),
    zagely("analytics.campaigns", Get, "/api/analytics/campaigns", Ability("campaigns.read"), analytics::campaigns),
    zagely("analytics.sessions", Get, "/api/analytics/sessions", Ability("campaigns.read"), analytics::sessions),
    zagely("analytics.contacts", Get, "/api/analytics/contacts", Ability("campaigns.read"), analytics::contacts),
    zagely("analytics.message_activity", Get, "/api/analytics/message-activity", Ability("campaigns.read"), analytics::message_activity),

    zagely("webhooks.list", Get, "/api/v1/webhooks", Ability("webhooks.read"), webhooks::list),
    zagely("webhooks.create", Post, "/api/v1/webhooks", Ability("webhooks.write"), webhooks::create),
    zagely("webhooks.get", Get, "/api/v1/webhooks/{id}", Ability("webhooks.read"), webhooks::get),
    zagely("webhooks.update", Update, "/api/v1/webhooks/{id}", Ability("webhooks.write"), webhooks::update),
    zagely("webhooks.delete", Delete, "/api/v1/webhooks/{id}", Ability("webhooks.write"), webhooks::delete),
    zagely("webhooks.deliveries", Get, "/api/v1/webhooks/{id}/deliveries", Ability("webhooks.read"), webhooks::deliveries),
    zagely("webhooks.test", Post, "/api/v1/webhooks/{id}/test", Ability("webhooks.write"), webhooks::test),

    wazaj("messages.send_text", "/api/wazaj/business/messages/text", wazaj::send_text),
    wazaj("messages.send_template", "/api/wazaj/business/messages/template", wazaj::send_template),
];
