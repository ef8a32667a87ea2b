//! PostgreSQL and Redis for tests: installed ones, or those of Debian's packages, unpacked under `target` and not installed.
//! The tests start them on free ports of loopback, with their data in a temporary folder.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::check_error::{CheckError, missing_requirement};
use crate::command::succeed;
use crate::manifests;
use crate::once;
use crate::tools::APT;

/// The packages of Redis, with the libraries that a machine usually lacks. PostgreSQL's have a version in their name.
const REDIS: [&str; 4] = ["redis-server", "redis-tools", "libjemalloc2", "liblzf1"];

/// The servers' programs.
pub(crate) struct Databases {
    /// The folder of `postgres` and `initdb`.
    postgres: PathBuf,
    /// The path of `redis-server`.
    redis: PathBuf,
    /// The folder of libraries that unpacked programs need.
    libraries: Option<PathBuf>,
}

impl Databases {
    /// Names the servers in the environment of a command, for `bindings-python/tests/databases.py`.
    pub(crate) fn name_in(&self, command: &mut Command) {
        command.env("HUDHUD_POSTGRES", &self.postgres).env("HUDHUD_REDIS", &self.redis);
        if let Some(libraries) = &self.libraries {
            command.env("HUDHUD_LIBRARIES", libraries);
        }
    }

    /// Returns the folder of PostgreSQL's programs.
    pub(crate) fn postgres(&self) -> &Path {
        &self.postgres
    }

    /// Returns the path of `redis-server`.
    pub(crate) fn redis(&self) -> &Path {
        &self.redis
    }

    /// Lets a command of one of the servers find the libraries that it needs.
    pub(crate) fn link(&self, command: &mut Command) {
        if let Some(libraries) = &self.libraries {
            command.env("LD_LIBRARY_PATH", libraries);
        }
    }
}

/// Returns the servers, and unpacks them first if this machine has none.
pub(crate) fn find() -> Result<Databases, CheckError> {
    let installed = Databases {
        postgres: newest_postgres(Path::new("/usr/lib/postgresql")).unwrap_or_default(),
        redis: "/usr/bin/redis-server".into(),
        libraries: None,
    };
    if works(&installed) {
        return Ok(installed);
    }
    let folder = manifests::target()?.join("tools/databases");
    if let Some(unpacked) = unpacked(&folder) {
        return Ok(unpacked);
    }
    once::alone(APT, || {
        if unpacked(&folder).is_some() {
            return Ok(());
        }
        unpack(&folder).map_err(|reason| {
            missing_requirement(format!("PostgreSQL and Redis cannot be unpacked: {reason}"))
        })
    })?;
    unpacked(&folder).ok_or_else(|| {
        missing_requirement(
            "PostgreSQL and Redis of Debian's packages do not start: install postgresql and redis-server"
                .into(),
        )
    })
}

fn unpacked(folder: &Path) -> Option<Databases> {
    let root = folder.join("root");
    let libraries = fs::read_dir(root.join("usr/lib")).ok()?.flatten();
    let found = Databases {
        postgres: newest_postgres(&root.join("usr/lib/postgresql"))?,
        redis: root.join("usr/bin/redis-server"),
        // The folder of the machine's architecture, such as `x86_64-linux-gnu`.
        libraries: libraries
            .map(|entry| entry.path())
            .find(|path| path.to_string_lossy().ends_with("-linux-gnu")),
    };
    works(&found).then_some(found)
}

/// Returns the folder of the programs of the newest PostgreSQL.
fn newest_postgres(versions: &Path) -> Option<PathBuf> {
    let version = |entry: &fs::DirEntry| entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok());
    let newest = fs::read_dir(versions).ok()?.flatten().max_by_key(version)?;
    Some(newest.path().join("bin"))
}

fn works(databases: &Databases) -> bool {
    [databases.postgres.join("postgres"), databases.postgres.join("initdb"), databases.redis.clone()]
        .iter()
        .all(|program| {
            let mut command = Command::new(program);
            if let Some(libraries) = &databases.libraries {
                command.env("LD_LIBRARY_PATH", libraries);
            }
            command.arg("--version").output().is_ok_and(|output| output.status.success())
        })
}

fn unpack(folder: &Path) -> Result<(), String> {
    println!("postgresql, redis-server: missing; unpacking Debian's packages under {}", folder.display());
    let packages = folder.join("packages");
    fs::create_dir_all(&packages).map_err(|error| format!("{}: {error}", packages.display()))?;
    let postgres = match postgres_package() {
        Some(name) => name,
        None => {
            succeed(Command::new("apt-get").args(["update", "-qq"]))?;
            postgres_package().ok_or("apt-cache knows no package postgresql")?
        }
    };
    let client = postgres.replace("postgresql-", "postgresql-client-");
    let mut download = Command::new("apt-get");
    download.args(["download", "-qq", &postgres, &client, "libpq5"]).args(REDIS).current_dir(&packages);
    if succeed(&mut download).is_err() {
        // The lists of packages are old.
        succeed(Command::new("apt-get").args(["update", "-qq"]))?;
        succeed(&mut download)?;
    }
    let files = fs::read_dir(&packages).map_err(|error| format!("{}: {error}", packages.display()))?;
    for file in files.flatten().map(|entry| entry.path()) {
        if file.extension() == Some(OsStr::new("deb")) {
            succeed(Command::new("dpkg").arg("-x").arg(file).arg(folder.join("root")))?;
        }
    }
    // PostgreSQL refuses to run as root, so the tests of root run it as another user.
    let mut reachable = Command::new("chmod");
    succeed(reachable.args(["-R", "a+rX"]).arg(folder))
}

/// Returns the package of the version that the distribution has: the one on which `postgresql` depends.
fn postgres_package() -> Option<String> {
    let output = Command::new("apt-cache").args(["depends", "postgresql"]).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.split_whitespace()
        .find(|word| word.strip_prefix("postgresql-").is_some_and(|version| version.parse::<u32>().is_ok()))
        .map(str::to_owned)
}

/// Installs the servers that are missing.
pub(crate) fn install() -> Result<(), CheckError> {
    // Tests of users without these servers are skipped.
    if env::consts::OS != "linux" {
        return Err(missing_requirement("PostgreSQL and Redis: only Linux is supported".into()));
    }
    find().map(|_| ())
}
