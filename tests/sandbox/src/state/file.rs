//! The state file. It is written to a temporary file and then renamed, so that a crash leaves the old file intact.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::Path;

use super::world::World;

/// Loads the saved state, if the file exists.
pub(crate) fn load(path: &Path) -> io::Result<Option<World>> {
    match File::open(path) {
        Ok(file) => Ok(Some(serde_json::from_reader(BufReader::new(file))?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Saves the bytes from [`to_bytes`].
pub(crate) fn save(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("tmp");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    // The file contains keys, so only its owner may read it.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = BufWriter::new(options.open(&beside)?);
    file.write_all(bytes)?;
    file.into_inner()?.sync_all()?;
    fs::rename(&beside, path)
}

/// Serializes the state.
pub(crate) fn to_bytes(world: &World) -> io::Result<Vec<u8>> {
    Ok(serde_json::to_vec(world)?)
}
