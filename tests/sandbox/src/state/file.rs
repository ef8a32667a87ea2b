//! The state file: written beside its place and moved there, so that a crash leaves the old one whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::Path;

use super::World;

/// Reads what was kept, if there is a file.
pub(crate) fn load(path: &Path) -> io::Result<Option<World>> {
    match File::open(path) {
        Ok(file) => Ok(Some(serde_json::from_reader(BufReader::new(file))?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Keeps bytes that [`to_bytes`] made.
pub(crate) fn save(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("tmp");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    // It holds keys: nobody else on the machine has any business with them.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = BufWriter::new(options.open(&beside)?);
    file.write_all(bytes)?;
    file.into_inner()?.sync_all()?;
    fs::rename(&beside, path)
}

/// The state as it is kept.
pub(crate) fn to_bytes(world: &World) -> io::Result<Vec<u8>> {
    Ok(serde_json::to_vec(world)?)
}
