//! A running sandbox. It starts from a plain thread with its own runtime, and ends when its owner drops it.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::json;
use tokio::runtime::Runtime;
use tokio::sync::watch;

use crate::clock::{Clock, SimTime};
use crate::config::{Config, Limits};
use crate::faults::Match;
use crate::server;
use crate::service::Service;
use crate::simulation;
use crate::state::file;
use crate::state::world::World;

/// The interval at which changed state is written to its file.
const BETWEEN_SAVES: Duration = Duration::from_secs(2);

/// The reason why a sandbox could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address is not loopback, and [`Config::expose`] is false.
    #[error("bind: other machines can reach {0}; to allow this, pass --expose (Config::expose)")]
    NotLoopback(std::net::IpAddr),
    /// The time scale is not positive or too large.
    #[error("time scale: expected a number above 0 and at most 1,000,000, found {0}")]
    TimeScale(f64),
    /// `start_at` is not an ISO 8601 date-time.
    #[error("start time: expected an ISO 8601 date-time, found `{0}`")]
    StartAt(String),
    /// The state file cannot be read or written.
    #[error("state file {path}: {source}")]
    State {
        /// The file.
        path: std::path::PathBuf,
        /// The error of the operation.
        source: io::Error,
    },
    /// The sandbox cannot listen on the address.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The error of the operation.
        source: io::Error,
    },
    /// The runtime or the HTTP client for webhooks cannot be created.
    #[error("cannot start: {0}")]
    Runtime(String),
}

/// A Zagely key pair.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyPair {
    /// `pk_…`
    pub public: String,
    /// `sk_…`
    pub secret: String,
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyPair").field("public", &self.public).finish_non_exhaustive()
    }
}

/// A running sandbox. It ends when it is dropped.
pub struct Sandbox {
    service: Arc<Service>,
    key_pair: KeyPair,
    app_token: String,
    wazaj_key: String,
    admin_token: String,
    seed: u64,
    ending: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("address", &self.service.address).finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Starts a sandbox. It accepts requests as soon as this returns.
    ///
    /// # Errors
    /// [`StartError`] if `config` is invalid or the machine refuses.
    pub fn start(config: Config) -> Result<Self, StartError> {
        if !config.bind.is_loopback() && !config.expose {
            return Err(StartError::NotLoopback(config.bind));
        }
        if !(config.time_scale > 0.0 && config.time_scale <= 1_000_000.0) {
            return Err(StartError::TimeScale(config.time_scale));
        }
        let config = Arc::new(config);
        let world = open(&config)?;
        let clock = Clock::new(world.saved_at, config.time_scale);
        let wanted = SocketAddr::new(config.bind, config.port);
        let listening = |source| StartError::Listen { address: wanted, source };
        // Binds synchronously with the standard library, so that an asynchronous test can also start a sandbox.
        let listener = TcpListener::bind(wanted).map_err(listening)?;
        listener.set_nonblocking(true).map_err(listening)?;
        let address = listener.local_addr().map_err(listening)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("hudhud-sandbox")
            .enable_all()
            .build()
            .map_err(|error| StartError::Runtime(error.to_string()))?;

        let key_pair = world
            .keys
            .first()
            .map(|key| KeyPair { public: key.public.clone(), secret: key.secret.clone() })
            .ok_or_else(|| StartError::Runtime("the state contains no key".to_owned()))?;
        let wazaj_key = world.wazaj.keys.first().map(|key| key.key.clone()).unwrap_or_default();
        let (app_token, admin_token) = (world.app_token.clone(), world.admin_token.clone());
        let seed = world.chance.seed();
        let service = Service::new(config, address, clock, world)
            .map_err(|error| StartError::Runtime(error.to_string()))?;
        let service = Arc::new(service);
        let (ending, ended) = watch::channel(false);
        let running = Arc::clone(&service);
        let thread = std::thread::Builder::new()
            .name("hudhud-sandbox".to_owned())
            .spawn(move || run(runtime, listener, running, ended))
            .map_err(|error| StartError::Runtime(error.to_string()))?;
        Ok(Self { service, key_pair, app_token, wazaj_key, admin_token, seed, ending, thread: Some(thread) })
    }

    /// Returns the address that the sandbox listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.service.address
    }

    /// Returns the replacement for `https://zagely.com`.
    #[must_use]
    pub fn zagely_base_url(&self) -> String {
        format!("http://{}", self.reachable())
    }

    /// Returns the replacement for `https://transuptech.online/api/wazaj/business`.
    #[must_use]
    pub fn wazaj_base_url(&self) -> String {
        format!("http://{}/api/wazaj/business", self.reachable())
    }

    /// Returns a key pair with all abilities.
    #[must_use]
    pub fn key_pair(&self) -> &KeyPair {
        &self.key_pair
    }

    /// Returns the token of the unversioned routes: `Authorization: Bearer …`.
    #[must_use]
    pub fn app_token(&self) -> &str {
        &self.app_token
    }

    /// Returns a Wazaj key: `wzj_…`.
    #[must_use]
    pub fn wazaj_key(&self) -> &str {
        &self.wazaj_key
    }

    /// Returns the token of the endpoints under `/_sandbox`: `Authorization: Bearer …`.
    #[must_use]
    pub fn admin_token(&self) -> &str {
        &self.admin_token
    }

    /// Returns the id of the connected session that every sandbox starts with.
    #[must_use]
    pub fn session_id(&self) -> String {
        crate::state::world::SAMPLE_SESSION.to_string()
    }

    /// Returns the seed of this run's ids and keys.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Moves the sandbox's time forward. All events that become due have happened when this returns, except that
    /// webhook deliveries may still be in progress.
    pub fn advance(&self, by: Duration) {
        self.service.advance(by);
    }

    /// Sets the limits of the first key.
    pub fn set_limits(&self, limits: Limits) {
        self.service.world.lock().limit_first_key(limits);
    }

    /// Applies a fault to the next `times` requests to `call`. The fault has the format of the header
    /// `X-Sandbox-Fault`. The call is `messages.send`, or with its vendor `wazaj.messages.send_text`.
    ///
    /// # Errors
    /// Returns a message if `fault` is invalid.
    pub fn fault(&self, call: &str, times: u64, fault: &str) -> Result<(), String> {
        let matches = Match { call: Some(call.to_owned()), ..Match::default() };
        self.service.faults.lock().add(matches, Some(times), 1.0, fault).map(drop)
    }

    /// Returns the addresses, keys and tokens as one line of JSON. The binary prints it as its first line.
    #[must_use]
    pub fn introduction(&self) -> String {
        json!({
            "address": self.zagely_base_url(),
            "zagely_base_url": self.zagely_base_url(),
            "wazaj_base_url": self.wazaj_base_url(),
            "public_key": self.key_pair.public,
            "secret_key": self.key_pair.secret,
            "app_token": self.app_token,
            "wazaj_key": self.wazaj_key,
            "admin_token": self.admin_token,
            "session_id": self.session_id(),
            "seed": self.seed,
        })
        .to_string()
    }

    /// Ends the sandbox. Calls in progress finish, and the state is saved.
    pub fn shutdown(mut self) {
        self.end();
    }

    /// Returns an address that clients can connect to: loopback if the sandbox listens on all addresses.
    fn reachable(&self) -> SocketAddr {
        let address = self.service.address;
        match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => {
                SocketAddr::new(Ipv4Addr::LOCALHOST.into(), address.port())
            }
            IpAddr::V6(ip) if ip.is_unspecified() => {
                SocketAddr::new(Ipv6Addr::LOCALHOST.into(), address.port())
            }
            _ => address,
        }
    }

    fn end(&mut self) {
        let _ = self.ending.send(true);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.end();
    }
}

/// Loads the saved state or creates a new one.
fn open(config: &Arc<Config>) -> Result<World, StartError> {
    let begins = match &config.start_at {
        Some(text) => SimTime::parse(text).ok_or_else(|| StartError::StartAt(text.clone()))?,
        // The day of the samples on the vendor's page.
        None if config.samples => SimTime::parse("2026-04-21T12:00:00Z").unwrap_or_default(),
        None => SimTime::wall(),
    };
    if let Some(path) = &config.state {
        let wrong = |source| StartError::State { path: path.clone(), source };
        if let Some(mut world) = file::load(path).map_err(wrong)? {
            world.config = Arc::clone(config);
            // The time must not run backwards over a restart.
            world.saved_at = world.saved_at.max(begins);
            world.resume();
            return Ok(world);
        }
    }
    let seed = config.seed.unwrap_or_else(|| fresh_seed(&begins));
    Ok(World::new(Arc::clone(config), seed, begins))
}

/// Returns a seed for a run without a given one.
fn fresh_seed(now: &SimTime) -> u64 {
    use std::hash::{BuildHasher, RandomState};
    // The standard library's random keys are good enough, because the seed is not a secret: the sandbox prints it.
    RandomState::new().hash_one(now.millis()) >> 11
}

fn run(runtime: Runtime, listener: TcpListener, service: Arc<Service>, mut ended: watch::Receiver<bool>) {
    runtime.block_on(async {
        let jobs = tokio::spawn(simulation::run(Arc::clone(&service), ended.clone()));
        let saving = tokio::spawn(save_now_and_then(Arc::clone(&service), ended.clone()));
        match tokio::net::TcpListener::from_std(listener) {
            Ok(listener) => server::serve(listener, Arc::clone(&service), ended.clone()).await,
            Err(error) => service.log.remark(service.clock.now(), &format!("cannot listen: {error}")),
        }
        let _ = ended.wait_for(|ended| *ended).await;
        let _ = jobs.await;
        let _ = saving.await;
    });
    // Webhook deliveries that still wait for a response are abandoned.
    runtime.shutdown_background();
    save(&service);
}

async fn save_now_and_then(service: Arc<Service>, mut ended: watch::Receiver<bool>) {
    if service.config.state.is_none() {
        return;
    }
    while !*ended.borrow() {
        tokio::select! {
            () = tokio::time::sleep(BETWEEN_SAVES) => {}
            _ = ended.changed() => return,
        }
        let service = Arc::clone(&service);
        let _ = tokio::task::spawn_blocking(move || save(&service)).await;
    }
}

fn save(service: &Service) {
    let Some(path) = &service.config.state else { return };
    if !service.is_changed.swap(false, Ordering::Relaxed) {
        return;
    }
    let bytes = {
        let mut world = service.world.lock();
        world.saved_at = service.clock.now();
        file::to_bytes(&world)
    };
    if let Err(error) = bytes.and_then(|bytes| file::save(path, &bytes)) {
        service.log.remark(service.clock.now(), &format!("state not saved: {error}"));
    }
}
