//! Unpacks responses in an encoding that the client did not request. Some servers and proxies still send gzip or
//! deflate.

use std::io::Read;

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use hudhud::TransportFault;

use crate::limits::Limits;

/// Unpacks gzip and deflate up to the maximum size and removes the encoding from the headers. Another encoding is kept,
/// so that core can name it in its error.
pub(crate) fn unpack(
    headers: &mut HeaderMap,
    body: Vec<u8>,
    limits: &Limits,
) -> Result<Vec<u8>, TransportFault> {
    let mut encodings = Vec::new();
    for value in headers.get_all(CONTENT_ENCODING) {
        let Ok(names) = value.to_str() else { return Ok(body) };
        encodings.extend(names.split(',').map(|name| name.trim().to_ascii_lowercase()));
    }
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
                ("deflate", true) => read(ZlibDecoder::new(&*body), limits),
                // Some servers send raw deflate without the zlib frame.
                ("deflate", false) => read(DeflateDecoder::new(&*body), limits),
                _ => read(MultiGzDecoder::new(&*body), limits),
            }?;
        }
    }
    if headers.remove(CONTENT_ENCODING).is_some() {
        headers.remove(CONTENT_LENGTH);
    }
    Ok(body)
}

/// Reads everything up to the maximum size.
fn read(decoder: impl Read, limits: &Limits) -> Result<Vec<u8>, TransportFault> {
    let mut bytes = Vec::new();
    let most = limits.max_response_bytes().saturating_add(1);
    decoder.take(most).read_to_end(&mut bytes).map_err(|_| TransportFault::Closed)?;
    limits.check_size(bytes.len())?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    const TEXT: &[u8] = b"{\"data\":[]}";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn deflate(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// Unpacks a body with these values of `Content-Encoding`. Returns the body and the headers that are left.
    fn unpacked(
        encodings: &[&str],
        body: Vec<u8>,
        limits: &Limits,
    ) -> Result<(Vec<u8>, usize), TransportFault> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_LENGTH, body.len().into());
        for encoding in encodings {
            headers.append(CONTENT_ENCODING, encoding.parse().unwrap());
        }
        let body = unpack(&mut headers, body, limits)?;
        Ok((body, headers.len()))
    }

    #[test]
    fn gzip_and_deflate_are_unpacked() {
        for (encodings, body) in [
            (&["gzip"][..], gzip(TEXT)),
            (&["GZIP"], gzip(TEXT)),
            (&["x-gzip"], gzip(TEXT)),
            (&["gzip"], [gzip(&TEXT[..4]), gzip(&TEXT[4..])].concat()),
            (&["deflate"], zlib(TEXT)),
            (&["deflate"], deflate(TEXT)),
            (&["deflate, gzip"], gzip(&zlib(TEXT))),
            (&["deflate", "gzip"], gzip(&zlib(TEXT))),
            (&["identity"], TEXT.to_vec()),
        ] {
            assert_eq!(unpacked(encodings, body, &Limits::new()), Ok((TEXT.to_vec(), 0)), "{encodings:?}");
        }
        assert_eq!(unpacked(&["gzip"], Vec::new(), &Limits::new()), Ok((Vec::new(), 0)));
    }

    #[test]
    fn other_encodings_are_kept() {
        for encodings in [&["br"][..], &["gzip, br"], &["br", "gzip"], &["\u{e9}"]] {
            let kept = unpacked(encodings, TEXT.to_vec(), &Limits::new()).unwrap();
            assert_eq!(kept, (TEXT.to_vec(), 1 + encodings.len()), "{encodings:?}");
        }
        assert_eq!(unpacked(&[], TEXT.to_vec(), &Limits::new()), Ok((TEXT.to_vec(), 1)));
    }

    #[test]
    fn incomplete_and_foreign_bytes_are_a_closed_fault() {
        let whole = gzip(TEXT);
        for body in [whole[..whole.len() - 6].to_vec(), TEXT.to_vec(), [whole, TEXT.to_vec()].concat()] {
            assert_eq!(unpacked(&["gzip"], body, &Limits::new()), Err(TransportFault::Closed));
        }
    }

    #[test]
    fn unpacked_bytes_are_limited() {
        let limits = Limits::new().with_max_response_bytes(1000);
        for (size, fits) in [(1000, true), (1001, false), (10_000_000, false)] {
            let body = unpacked(&["gzip"], gzip(&vec![b' '; size]), &limits);
            assert_eq!(body.is_ok(), fits, "{size}");
        }
    }
}
