//! The parts of a running sandbox that handlers, jobs and deliveries share.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{Notify, Semaphore};

use crate::clock::{Clock, SimTime};
use crate::config::Config;
use crate::faults::Faults;
use crate::log::CallLog;
use crate::state::world::World;
use crate::webhooks::client;

/// A running sandbox.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) config: Arc<Config>,
    pub(crate) address: SocketAddr,
    pub(crate) clock: Clock,
    /// All state. One lock protects it, so that a call never sees another call's partial changes.
    pub(crate) world: Mutex<World>,
    pub(crate) faults: Mutex<Faults>,
    pub(crate) log: CallLog,
    /// Signals that a job may be due earlier than the scheduler expects.
    pub(crate) wake: Notify,
    pub(crate) posts: reqwest::Client,
    pub(crate) posting: Semaphore,
    /// True if the state may have changed since it was last saved.
    pub(crate) is_changed: AtomicBool,
}

impl Service {
    pub(crate) fn new(
        config: Arc<Config>,
        address: SocketAddr,
        clock: Clock,
        world: World,
    ) -> Result<Self, reqwest::Error> {
        Ok(Self {
            faults: Mutex::new(Faults::new(world.chance.seed())),
            log: CallLog::new(config.log),
            config,
            address,
            clock,
            world: Mutex::new(world),
            wake: Notify::new(),
            posts: client::client()?,
            posting: Semaphore::new(client::AT_ONCE),
            is_changed: AtomicBool::new(true),
        })
    }

    /// Notes a change: the state must be saved, and jobs may be due earlier than the scheduler expects.
    pub(crate) fn changed(&self) {
        self.is_changed.store(true, Ordering::Relaxed);
        self.wake.notify_one();
    }

    /// Moves the time forward. Runs all jobs that become due before any other call is processed.
    pub(crate) fn advance(&self, by: Duration) -> SimTime {
        let mut world = self.world.lock();
        self.clock.advance(by);
        let now = self.clock.now();
        while world.next_job(now) {}
        drop(world);
        self.changed();
        now
    }
}
