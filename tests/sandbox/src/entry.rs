//! A row of the table of calls. Faults, the pipeline and the server read it, while `calls` fills the table.

use axum::http::Method;

use crate::call::Handler;
use crate::config::UpdateVerb;
use crate::protocol::access::Access;
use crate::protocol::surface::Surface;

/// The HTTP method of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    Post,
    /// PUT or PATCH. The vendor's page does not show which, so a flag decides.
    Update,
    Delete,
}

impl Verb {
    pub(crate) fn methods(self, update: UpdateVerb) -> &'static [Method] {
        match (self, update) {
            (Self::Get, _) => &[Method::GET],
            (Self::Post, _) => &[Method::POST],
            (Self::Delete, _) => &[Method::DELETE],
            (Self::Update, UpdateVerb::Put) => &[Method::PUT],
            (Self::Update, UpdateVerb::Patch) => &[Method::PATCH],
            (Self::Update, UpdateVerb::Both) => &[Method::PUT, Method::PATCH],
        }
    }
}

/// One call.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) vendor: &'static str,
    pub(crate) name: &'static str,
    pub(crate) verb: Verb,
    pub(crate) path: &'static str,
    pub(crate) access: Access,
    pub(crate) handler: Handler,
}

impl Entry {
    pub(crate) fn surface(&self) -> Surface {
        if self.vendor == "wazaj" {
            Surface::Wazaj
        } else if self.path.starts_with("/api/v1/") {
            Surface::V1
        } else {
            Surface::App
        }
    }
}
