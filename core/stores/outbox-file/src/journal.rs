//! The journal in a file: appended in order, made durable, and used by one program at a time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use hudhud::outbox::{Outbox, OutboxJournal, OutboxReader, OutboxReport};

use crate::error::OutboxFileError;

/// The bytes that are read at a time.
const PIECE: usize = 1 << 20;

/// Reads the report from a journal. Another program may be using it.
///
/// # Errors
/// [`OutboxFileError::File`], [`OutboxFileError::Empty`], or [`OutboxFileError::Outbox`] for a damaged journal.
pub fn read_report(path: impl AsRef<Path>) -> Result<OutboxReport, OutboxFileError> {
    let read = read(&mut File::open(path)?)?;
    read.outbox.map(|outbox| outbox.report()).ok_or(OutboxFileError::Empty)
}

fn read(file: &mut File) -> Result<OutboxJournal, OutboxFileError> {
    let mut reader = OutboxReader::new();
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(reader.finish(SystemTime::now().into())?),
            read => reader.push(&piece[..read])?,
        }
    }
}

/// An open journal. Its lock ends with it. For bindings, not public API.
#[derive(Debug)]
pub struct Journal {
    file: File,
    length: u64,
    is_broken: bool,
}

impl Journal {
    /// Opens the journal, or begins it. `create` returns the outbox of a new journal.
    ///
    /// # Errors
    /// [`OutboxFileError::InUse`], [`OutboxFileError::File`], or [`OutboxFileError::Outbox`] for a damaged journal.
    pub fn open(path: &Path, create: impl Fn() -> Outbox) -> Result<(Self, Outbox), OutboxFileError> {
        if !path.exists() {
            begin(path, &create().take_records())?;
        }
        let mut file = OpenOptions::new().read(true).write(true).open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OutboxFileError::InUse),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let read = read(&mut file)?;
        file.set_len(read.length)?;
        // An empty journal was created by another program.
        let mut outbox = read.outbox.unwrap_or_else(create);
        let mut journal = Self { file, length: read.length, is_broken: false };
        journal.append(&mut outbox)?;
        journal.file.sync_data()?;
        Ok((journal, outbox))
    }

    /// Appends the records that the outbox holds.
    ///
    /// # Errors
    /// That of the file, or of an earlier record.
    pub fn append(&mut self, outbox: &mut Outbox) -> io::Result<()> {
        if self.is_broken {
            // The next reader cuts the file.
            return Err(io::Error::other("an earlier record could not be written; open it again"));
        }
        let records = outbox.take_records();
        if records.is_empty() {
            return Ok(());
        }
        self.is_broken = true;
        self.file.seek(SeekFrom::Start(self.length))?;
        self.file.write_all(&records)?;
        self.is_broken = false;
        self.length += records.len() as u64;
        Ok(())
    }

    /// Reads bytes of the journal.
    ///
    /// # Errors
    /// That of the file.
    pub fn read(&mut self, position: u64, length: u32) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length as usize];
        self.file.seek(SeekFrom::Start(position))?;
        self.file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// Returns the length of the journal.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Returns the part of the journal that is durable. Another thread than that of `append` can extend it.
    ///
    /// # Errors
    /// That of the file.
    pub fn durable(&self) -> io::Result<Durable> {
        Ok(Durable { file: self.file.try_clone()?, length: self.length, is_broken: false })
    }
}

/// The part of a journal that is durable. For bindings, not public API.
#[derive(Debug)]
pub struct Durable {
    file: File,
    length: u64,
    is_broken: bool,
}

impl Durable {
    /// Makes durable what was appended, if it ends before `wanted`. `appended` returns the length of the journal now.
    ///
    /// # Errors
    /// That of the file, or an earlier one. After an error the system may have dropped records, and another attempt would then
    /// succeed without them.
    pub fn extend(&mut self, wanted: u64, appended: impl FnOnce() -> u64) -> io::Result<()> {
        if self.is_broken {
            return Err(io::Error::other("an earlier record could not be made durable; open it again"));
        }
        if self.length < wanted {
            let appended = appended();
            self.is_broken = true;
            self.file.sync_data()?;
            (self.is_broken, self.length) = (false, appended);
        }
        Ok(())
    }
}

/// Creates a journal whose first records are durable before it gets its name. Only its owner can read it. A journal that another
/// program creates meanwhile stays as it is.
fn begin(path: &Path, records: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    // Random: two threads may begin the same journal, and a process of another machine may have the same number.
    name.push(format!(".new-{:016x}", RandomState::new().build_hasher().finish()));
    let new = path.with_file_name(name);
    let result = write_new(&new, records).and_then(|()| publish(&new, path, records));
    // After a success the file has two names.
    let _ = fs::remove_file(&new);
    result
}

fn write_new(new: &Path, records: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(new)?;
    file.write_all(records)?;
    file.sync_all()
}

fn publish(new: &Path, path: &Path, records: &[u8]) -> io::Result<()> {
    match fs::hard_link(new, path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(_) => write_in_place(path, records)?,
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder: PathBuf = folder.map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    // Windows makes names durable itself.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Creates a journal in a file system that has no links. A new name for the complete file could replace a journal that is in use.
fn write_in_place(path: &Path, records: &[u8]) -> io::Result<()> {
    match write_new(path, records) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_that_exists_is_not_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("journal");
        write_in_place(&path, b"first").expect("a new file");
        write_in_place(&path, b"second").expect("the file exists");
        begin(&path, b"third").expect("the file exists");
        assert_eq!(fs::read(&path).expect("the file"), b"first");
        assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1);
    }

    #[test]
    fn threads_that_begin_one_journal_at_once_agree_on_its_content() {
        let folder = tempfile::tempdir().expect("a folder");
        for round in 0..100 {
            let path = folder.path().join(format!("journal-{round}"));
            std::thread::scope(|scope| {
                for number in 0..4 {
                    let path = &path;
                    scope.spawn(move || begin(path, &[number; 86]).expect("a journal"));
                }
            });
            let content = fs::read(&path).expect("the file");
            assert!(content.len() == 86 && content.iter().all(|byte| *byte == content[0]), "{content:?}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn after_an_error_nothing_is_called_durable() {
        // Linux cannot make this file durable.
        let file = File::open("/dev/null").expect("the file exists");
        let mut durable = Durable { file, length: 10, is_broken: false };
        assert!(durable.extend(10, || 20).is_ok());
        for _ in 0..2 {
            assert!(durable.extend(11, || 20).is_err());
        }
        assert!(durable.extend(0, || 20).is_err());
    }
}
