//! PostgreSQL and Redis that run for a check: on free ports of loopback, with their data in a temporary folder.

use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, process, thread};

use crate::check_error::CheckError;
use crate::databases::{self, Databases};

/// The user as whom the servers run if this process is root, as whom PostgreSQL refuses to run.
const NOBODY: u32 = 65_534;

/// Servers that run. Dropping them stops them.
pub(crate) struct Servers {
    folder: PathBuf,
    running: Vec<Child>,
    postgres: u16,
    redis: u16,
}

impl Servers {
    /// Starts both servers, with nothing in them.
    pub(crate) fn start() -> Result<Self, CheckError> {
        let databases = databases::find()?;
        let folder = env::temp_dir().join(format!("hudhud-servers-{}", process::id()));
        let mut servers = Self { folder, running: Vec::new(), postgres: free_port()?, redis: free_port()? };
        servers.run(&databases)?;
        Ok(servers)
    }

    /// Names the servers in the environment of a command: `HUDHUD_POSTGRES_PORT` (user `hudhud`, database `postgres`) and
    /// `HUDHUD_REDIS_PORT`.
    pub(crate) fn name_in(&self, command: &mut Command) {
        command
            .env("HUDHUD_POSTGRES_PORT", self.postgres.to_string())
            .env("HUDHUD_REDIS_PORT", self.redis.to_string());
    }

    /// Returns the port of PostgreSQL.
    pub(crate) fn postgres(&self) -> u16 {
        self.postgres
    }

    /// Returns the port of Redis.
    pub(crate) fn redis(&self) -> u16 {
        self.redis
    }

    fn run(&mut self, databases: &Databases) -> Result<(), String> {
        let data = self.folder.join("data");
        fs::create_dir_all(&self.folder).map_err(|error| format!("{}: {error}", self.folder.display()))?;
        if is_root() {
            chown(&self.folder, Some(NOBODY), Some(NOBODY)).map_err(|error| error.to_string())?;
        }
        let (postgres, redis) = (self.postgres.to_string(), self.redis.to_string());
        let mut initdb = self.command(databases, databases.postgres().join("initdb").as_path());
        initdb.arg("-D").arg(&data).args(["-U", "hudhud", "--auth=trust", "--no-sync"]);
        let made = initdb.args(["--encoding=UTF8", "--locale=C"]).status();
        if !made.is_ok_and(|status| status.success()) {
            return Err("initdb failed".into());
        }
        let mut server = self.command(databases, databases.postgres().join("postgres").as_path());
        server.arg("-D").arg(&data).args(["-h", "127.0.0.1", "-p", &postgres, "-k", ""]);
        server.args(["-c", "jit=off", "-c", "max_connections=200"]);
        self.running.push(server.spawn().map_err(|error| format!("postgres: {error}"))?);
        let mut server = self.command(databases, databases.redis());
        server.args(["--port", &redis, "--bind", "127.0.0.1", "--save", "", "--dir"]).arg(&self.folder);
        self.running.push(server.spawn().map_err(|error| format!("redis-server: {error}"))?);
        let mut ready = self.command(databases, databases.postgres().join("pg_isready").as_path());
        ready.args(["-q", "-h", "127.0.0.1", "-p", &postgres]);
        let redis = (std::net::Ipv4Addr::LOCALHOST, self.redis);
        let until = Instant::now() + Duration::from_secs(30);
        while !ready.status().is_ok_and(|status| status.success())
            || std::net::TcpStream::connect(redis).is_err()
        {
            if Instant::now() > until {
                return Err("PostgreSQL and Redis have not started in 30 s".into());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    fn command(&self, databases: &Databases, program: &Path) -> Command {
        let mut command = Command::new(program);
        databases.link(&mut command);
        command.current_dir(&self.folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        for server in &mut self.running {
            // PostgreSQL ends its own processes before it ends. Nothing is left to do if this fails.
            let _ = Command::new("kill").args(["-INT", &server.id().to_string()]).status();
            let _ = server.wait();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|about| std::os::unix::fs::MetadataExt::uid(&about) == 0)
}

fn free_port() -> Result<u16, String> {
    let bound = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    bound.map(|address| address.port()).map_err(|error| format!("no free port: {error}"))
}
