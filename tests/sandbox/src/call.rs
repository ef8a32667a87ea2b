//! The interface between the pipeline and the handlers.

use uuid::Uuid;

use crate::clock::SimTime;
use crate::config::Quirk;
use crate::protocol::answer::{Outcome, Refusal};
use crate::protocol::form::Upload;
use crate::protocol::input::Input;
use crate::protocol::paginator::{PER_PAGE, Page};
use crate::state::world::World;

/// Answers a call.
pub(crate) type Handler = fn(&mut Call<'_>) -> Outcome;

/// A call as its handler sees it.
pub(crate) struct Call<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) now: SimTime,
    /// The id in the path; nil if the path has no id or an invalid one.
    pub(crate) id: Uuid,
    pub(crate) query: Input,
    pub(crate) body: Input,
    pub(crate) upload: Option<Upload>,
    /// The index of the caller's key, if the caller uses one.
    pub(crate) key: Option<usize>,
    /// The session that the caller's key is bound to.
    pub(crate) bound_session: Option<Uuid>,
    /// The address of this call without its query.
    pub(crate) address: String,
}

impl Call<'_> {
    /// Returns the requested page of a list.
    pub(crate) fn page(&self) -> Page<'_> {
        self.page_of(PER_PAGE)
    }

    pub(crate) fn page_of(&self, per_page: usize) -> Page<'_> {
        let page = Page::from_query(&self.query, per_page, &self.address);
        if self.world.config.has(Quirk::IgnorePage) { Page { number: 1, ..page } } else { page }
    }

    /// Returns the session to send through: the requested one, or the one that the key is bound to. Refuses a session
    /// other than the bound one.
    pub(crate) fn session_for(&self, requested: Option<Uuid>) -> Result<Option<Uuid>, Refusal> {
        match (requested, self.bound_session) {
            (Some(requested), Some(bound)) if requested != bound => Err(Refusal::Forbidden),
            (requested, bound) => Ok(requested.or(bound)),
        }
    }

    /// Refuses if the maximum number of records exists already.
    pub(crate) fn check_capacity(&self, count: usize) -> Result<(), Refusal> {
        if count < self.world.config.capacity {
            Ok(())
        } else {
            Err(Refusal::Unavailable("The sandbox is full."))
        }
    }
}
