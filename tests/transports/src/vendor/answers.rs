//! The bytes of HTTP/1.1 responses, valid and invalid ones.

use std::io::Write as _;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

use super::request::Request;
use crate::calls::good_answer;

/// A request, with the data that a response to it may need.
pub(crate) struct Responder<'a> {
    pub(crate) request: &'a Request,
    /// The scheme, host and port that the client requested.
    pub(crate) origin: &'a str,
    /// Another origin, where requests are counted too.
    pub(crate) elsewhere: &'a str,
}

impl Responder<'_> {
    fn good(&self) -> &'static str {
        good_answer(&self.request.method, &self.request.path)
    }

    /// Returns the good response.
    pub(crate) fn plain(&self) -> Vec<u8> {
        answer("200 OK", "", self.good().as_bytes())
    }

    /// Returns a response with this status, these headers, and an error as its body.
    pub(crate) fn status(&self, status: &str, headers: &str) -> Vec<u8> {
        answer(status, headers, br#"{"error":{"code":"made_up","message":"Made up for a test."}}"#)
    }

    /// Returns a redirect to the requested address.
    pub(crate) fn redirect(&self, status: &str) -> Vec<u8> {
        self.status(status, &format!("Location: {}{}\r\n", self.origin, self.request.path))
    }

    /// Returns a redirect to another origin.
    pub(crate) fn redirect_elsewhere(&self) -> Vec<u8> {
        let location = format!("Location: {}{}\r\n", self.elsewhere, self.request.path);
        self.status("307 Temporary Redirect", &location)
    }

    pub(crate) fn gzip(&self) -> Vec<u8> {
        self.encoded("gzip", &gzip(self.good().as_bytes()))
    }

    pub(crate) fn deflate(&self) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        let body = encoder.write_all(self.good().as_bytes()).and_then(|()| encoder.finish());
        self.encoded("deflate", &body.expect("writing to memory cannot fail"))
    }

    /// Encodes the body as Brotli without compression: one block of plain bytes, and an empty last one.
    pub(crate) fn brotli(&self) -> Vec<u8> {
        let good = self.good().as_bytes();
        let length = u32::try_from(good.len() - 1).expect("the response is short");
        let head = 0xb | length << 7 | 1 << 23;
        let body = [&head.to_le_bytes()[..3], good, &[3]].concat();
        self.encoded("br", &body)
    }

    /// Encodes the body as Zstandard without compression: one raw block.
    pub(crate) fn zstandard(&self) -> Vec<u8> {
        let good = self.good().as_bytes();
        let length = u8::try_from(good.len()).expect("the response is short");
        let head = u32::from(length) << 3 | 1;
        let magic = [0x28, 0xb5, 0x2f, 0xfd, 0x20, length];
        let body = [&magic[..], &head.to_le_bytes()[..3], good].concat();
        self.encoded("zstd", &body)
    }

    pub(crate) fn identity(&self) -> Vec<u8> {
        self.encoded("identity", self.good().as_bytes())
    }

    fn encoded(&self, encoding: &str, body: &[u8]) -> Vec<u8> {
        answer("200 OK", &format!("Content-Encoding: {encoding}\r\n"), body)
    }

    pub(crate) fn byte_order_mark(&self) -> Vec<u8> {
        answer("200 OK", "", &[b"\xef\xbb\xbf", self.good().as_bytes()].concat())
    }

    pub(crate) fn informational(&self) -> Vec<u8> {
        let before = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n";
        [&before[..], &self.plain()].concat()
    }

    pub(crate) fn repeated_headers(&self) -> Vec<u8> {
        let headers = "X-RateLimit-Limit: 120\r\nX-RateLimit-Limit: 60\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\
                       Content-Type: application/json\r\nRetry-After: 1\r\nRetry-After: 2\r\n";
        answer("200 OK", headers, self.good().as_bytes())
    }

    pub(crate) fn chunked(&self) -> Vec<u8> {
        let (first, second) = self.good().split_at(self.good().len() / 2);
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n\
             {:x}\r\n{first}\r\n{:x};of=nothing\r\n{second}\r\n0\r\n\r\n",
            first.len(),
            second.len()
        )
        .into_bytes()
    }

    /// Returns a chunked response that ends where its next chunk should begin.
    pub(crate) fn chunked_cut(&self) -> Vec<u8> {
        let whole = self.chunked();
        whole[..whole.len() - b"0\r\n\r\n".len()].to_vec()
    }

    /// Returns a response that ends in the middle of its body.
    pub(crate) fn half_body(&self) -> Vec<u8> {
        let whole = self.plain();
        whole[..whole.len() - self.good().len() / 2].to_vec()
    }

    /// Returns a response that ends in the middle of its headers.
    pub(crate) fn half_head(&self) -> Vec<u8> {
        self.plain()[..40].to_vec()
    }

    /// Returns a body that ends with the connection, which HTTP allows.
    pub(crate) fn until_close(&self) -> Vec<u8> {
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{}",
            self.good()
        )
        .into_bytes()
    }

    /// Returns a few kilobytes that unpack to 20 million bytes.
    pub(crate) fn bomb(&self) -> Vec<u8> {
        static BOMB: LazyLock<Vec<u8>> = LazyLock::new(|| gzip(&vec![b' '; 20_000_000]));
        self.encoded("gzip", &BOMB)
    }
}

/// Returns the bytes of a response that keeps the connection.
fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let kind = if headers.contains("Content-Type") { "" } else { "Content-Type: application/json\r\n" };
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\n{kind}{headers}Content-Length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("writing to memory cannot fail")
}
