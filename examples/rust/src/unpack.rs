//! Unpacks responses in an encoding that the client did not request. Some servers and proxies still send gzip or
//! deflate.

use std::io::{self, Read};

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use hudhud::TransportFault;

/// Unpacks gzip and deflate up to `most` bytes and removes the encoding from the headers. Another encoding is kept,
/// so that core can name it in its error.
pub(crate) fn unpack(headers: &mut HeaderMap, body: Vec<u8>, most: u64) -> Result<Vec<u8>, TransportFault> {
    let named = headers.get_all(CONTENT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut encodings: Vec<String> =
        named.flat_map(|names| names.split(',')).map(|name| name.trim().to_ascii_lowercase()).collect();
    encodings.retain(|name| !name.is_empty() && name != "identity");
    let are_known = encodings.iter().all(|name| matches!(name.as_str(), "gzip" | "x-gzip" | "deflate"));
    if !are_known {
        return Ok(body);
    }
    let mut body = body;
    // The encoding that is named last was applied last.
    while let Some(encoding) = encodings.pop() {
        if !body.is_empty() {
            let is_zlib = body[0] & 0xf == 8
                && u16::from_be_bytes([body[0], *body.get(1).unwrap_or(&0)]).is_multiple_of(31);
            body = match (encoding.as_str(), is_zlib) {
                ("deflate", true) => read(ZlibDecoder::new(&*body), most),
                // Some servers send raw deflate without the zlib frame.
                ("deflate", false) => read(DeflateDecoder::new(&*body), most),
                _ => read(MultiGzDecoder::new(&*body), most),
            }?;
        }
    }
    if headers.remove(CONTENT_ENCODING).is_some() {
        headers.remove(CONTENT_LENGTH);
    }
    Ok(body)
}

/// Reads everything, but fails if there are more than `most` bytes.
fn read(decoder: impl Read, most: u64) -> Result<Vec<u8>, TransportFault> {
    let mut bytes = Vec::new();
    let read: io::Result<usize> = decoder.take(most.saturating_add(1)).read_to_end(&mut bytes);
    // The vendor has responded, so the call may have taken effect.
    if read.is_err() || bytes.len() as u64 > most { Err(TransportFault::Closed) } else { Ok(bytes) }
}
