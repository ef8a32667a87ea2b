//! Reads complete HTTP/1.1 requests: the headers and the whole body. Writes the bytes of responses.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::wire::Wire;

/// The maximum size of a request, in bytes.
const LONGEST: usize = 256 * 1024;

/// A request that was read completely.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// The request target, unchanged.
    pub(crate) path: String,
}

impl Request {
    /// Returns true for the call that opens a connection before the tested call.
    pub(crate) fn is_warm_up(&self) -> bool {
        self.method == "GET"
            && self.path.split('?').next().is_some_and(|path| path.ends_with("/api/v1/health"))
    }
}

/// An HTTP/1.1 connection, with the bytes that were read ahead.
pub(crate) struct Reader<'a> {
    pub(crate) wire: &'a mut dyn Wire,
    read: Vec<u8>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(wire: &'a mut dyn Wire) -> Self {
        Self { wire, read: Vec::new() }
    }

    /// Reads the next request completely. Returns `None` if the connection ends first.
    pub(crate) async fn request(&mut self) -> Option<Request> {
        let head = self.until(b"\r\n\r\n").await?;
        let head = String::from_utf8_lossy(&head).into_owned();
        let mut lines = head.split("\r\n");
        let mut words = lines.next()?.split(' ');
        let request = Request { method: words.next()?.into(), path: words.next()?.into() };
        let header = |wanted: &str| {
            lines.clone().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case(wanted).then(|| value.trim().to_ascii_lowercase())
            })
        };
        if header("expect").is_some_and(|value| value == "100-continue") {
            self.wire.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.ok()?;
        }
        if header("transfer-encoding").is_some_and(|value| value.ends_with("chunked")) {
            self.chunks().await?;
        } else if let Some(length) = header("content-length") {
            self.exactly(length.parse().ok()?).await?;
        }
        Some(request)
    }

    async fn chunks(&mut self) -> Option<()> {
        loop {
            let line = self.until(b"\r\n").await?;
            let line = String::from_utf8_lossy(&line).into_owned();
            let size = usize::from_str_radix(line.trim().split(';').next()?, 16).ok()?;
            if size > 0 {
                self.exactly(size + 2).await?;
                continue;
            }
            while self.until(b"\r\n").await? != b"\r\n" {}
            return Some(());
        }
    }

    /// Reads up to and including these bytes.
    async fn until(&mut self, end: &[u8]) -> Option<Vec<u8>> {
        loop {
            if let Some(at) = self.read.windows(end.len()).position(|bytes| bytes == end) {
                return Some(self.read.drain(..at + end.len()).collect());
            }
            self.more().await?;
        }
    }

    pub(crate) async fn exactly(&mut self, length: usize) -> Option<Vec<u8>> {
        while self.read.len() < length {
            self.more().await?;
        }
        Some(self.read.drain(..length).collect())
    }

    async fn more(&mut self) -> Option<()> {
        let mut bytes = [0; 16 * 1024];
        let count = self.wire.read(&mut bytes).await.ok()?;
        self.read.extend_from_slice(&bytes[..count]);
        (count > 0 && self.read.len() <= LONGEST).then_some(())
    }

    /// Writes and flushes the bytes.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> Option<()> {
        self.wire.write_all(bytes).await.ok()?;
        self.wire.flush().await.ok()
    }
}
