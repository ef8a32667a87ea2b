//! A minimal HTTP/2 server: it detects that a request was read completely, and can respond incorrectly.

use std::collections::HashMap;
use std::time::Duration;

use loona_hpack::Decoder;
use tokio::io::AsyncWriteExt as _;
use tokio::time::sleep;

use super::end::End;
use super::ledger::Ledger;
use super::request::{Reader, Request};
use super::wire::Wire;
use crate::calls::good_answer;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;

const END_STREAM: u8 = 1;
const ACK: u8 = 1;
const END_HEADERS: u8 = 4;
const PADDED: u8 = 8;
const PRIORITY: u8 = 32;

/// The behaviour of an HTTP/2 server after it has read a request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Conduct {
    /// Closes the connection.
    Vanish,
    /// Closes the connection and the listener, which returns after 700 ms.
    VanishAndReturn,
    /// Sends GOAWAY with the false claim that it processed no request of this connection.
    GoAwayBeforeAll,
    /// Sends GOAWAY with this request as the last one, and closes without a response.
    GoAwayAfterThis,
    /// Resets the stream with this code.
    Reset(u32),
    /// Announces a longer body than it sends.
    WrongLength,
    /// Sends a frame that HTTP/2 forbids.
    BadFrame,
    /// Sends the headers and half of the body, then closes.
    Half,
    /// Never responds.
    Hang,
    /// Sends one byte every 500 ms.
    Drip,
    /// Sends 103 before a good response.
    Informational,
    /// Sends a good response.
    Good,
}

/// Serves a connection until its end. Returns how it ended.
pub(crate) async fn serve(wire: &mut dyn Wire, conduct: Conduct, ledger: &Ledger) -> Option<End> {
    let mut reader = Reader::new(wire);
    reader.exactly(24).await?;
    reader.write(&frame(SETTINGS, 0, 0, &[])).await?;
    let mut decoder = Decoder::new();
    let mut streams: HashMap<u32, (Vec<u8>, bool)> = HashMap::new();
    let mut requests: HashMap<u32, Request> = HashMap::new();
    loop {
        let head = reader.exactly(9).await?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let (kind, flags) = (head[3], head[4]);
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]) & 0x7fff_ffff;
        let payload = reader.exactly(length).await?;
        let mut ended = false;
        match kind {
            SETTINGS if flags & ACK == 0 => reader.write(&frame(SETTINGS, ACK, 0, &[])).await?,
            PING if flags & ACK == 0 => reader.write(&frame(PING, ACK, 0, &payload)).await?,
            DATA => ended = flags & END_STREAM != 0,
            HEADERS | CONTINUATION => {
                let (block, ends) = streams.entry(stream).or_default();
                if kind == HEADERS {
                    *ends = flags & END_STREAM != 0;
                    block.extend(fragment(flags, &payload)?);
                } else {
                    block.extend(payload);
                }
                if flags & END_HEADERS != 0 {
                    ended = *ends;
                    let fields = decoder.decode(block).ok()?;
                    let field = |name: &str| {
                        let found = fields.iter().find(|(key, _)| key == name.as_bytes());
                        found.map(|(_, value)| String::from_utf8_lossy(value).into_owned())
                    };
                    let request = Request { method: field(":method")?, path: field(":path")? };
                    requests.insert(stream, request);
                }
            }
            _ => {}
        }
        if !ended {
            continue;
        }
        let Some(request) = requests.remove(&stream) else { continue };
        if request.is_warm_up() {
            reader.write(&good(&request, stream)).await?;
        } else {
            ledger.count(&request);
            if let Some(end) = answer(&mut reader, conduct, &request, stream).await? {
                return Some(end);
            }
        }
    }
}

async fn answer(
    reader: &mut Reader<'_>,
    conduct: Conduct,
    request: &Request,
    stream: u32,
) -> Option<Option<End>> {
    let body = good_answer(&request.method, &request.path).as_bytes();
    match conduct {
        Conduct::Vanish => return Some(Some(End::Closed)),
        Conduct::VanishAndReturn => return Some(Some(End::Away)),
        Conduct::Hang => {}
        Conduct::GoAwayBeforeAll => {
            reader.write(&frame(GOAWAY, 0, 0, &[0; 8])).await?;
            linger(reader).await;
            return Some(Some(End::Closed));
        }
        Conduct::GoAwayAfterThis => {
            let last = [stream.to_be_bytes(), [0; 4]].concat();
            reader.write(&frame(GOAWAY, 0, 0, &last)).await?;
            linger(reader).await;
            return Some(Some(End::Closed));
        }
        Conduct::Reset(code) => reader.write(&frame(RST_STREAM, 0, stream, &code.to_be_bytes())).await?,
        Conduct::WrongLength => {
            let mut bytes = headers(stream, body.len() + 1000);
            bytes.extend(frame(DATA, END_STREAM, stream, body));
            reader.write(&bytes).await?;
        }
        Conduct::BadFrame => {
            // The padding is longer than the frame.
            reader.write(&headers(stream, body.len())).await?;
            reader.write(&frame(DATA, PADDED, stream, &[200, 1, 2, 3])).await?;
        }
        Conduct::Half => {
            reader.write(&headers(stream, body.len())).await?;
            reader.write(&frame(DATA, 0, stream, &body[..body.len() / 2])).await?;
            return Some(Some(End::Closed));
        }
        Conduct::Drip => {
            reader.write(&headers(stream, 10_000)).await?;
            for _ in 0..10_000 {
                reader.write(&frame(DATA, 0, stream, b" ")).await?;
                sleep(Duration::from_millis(500)).await;
            }
        }
        Conduct::Informational => {
            let hints = [&[0x08, 3][..], b"103"].concat();
            reader.write(&frame(HEADERS, END_HEADERS, stream, &hints)).await?;
            reader.write(&good(request, stream)).await?;
        }
        Conduct::Good => reader.write(&good(request, stream)).await?,
    }
    Some(None)
}

/// Gives the client time to read before the connection is closed.
async fn linger(reader: &mut Reader<'_>) {
    let _ = reader.wire.flush().await;
    sleep(Duration::from_millis(50)).await;
}

fn good(request: &Request, stream: u32) -> Vec<u8> {
    let body = good_answer(&request.method, &request.path).as_bytes();
    let mut bytes = headers(stream, body.len());
    bytes.extend(frame(DATA, END_STREAM, stream, body));
    bytes
}

/// Returns the headers of a 200 response with JSON of this length.
fn headers(stream: u32, length: usize) -> Vec<u8> {
    let mut block = vec![0x88];
    for (name, value) in [("content-type", "application/json"), ("content-length", &length.to_string())] {
        for text in [name, value] {
            if text == name {
                block.push(0);
            }
            block.push(u8::try_from(text.len()).expect("the header is short"));
            block.extend_from_slice(text.as_bytes());
        }
    }
    frame(HEADERS, END_HEADERS, stream, &block)
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("the frame is short").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// Returns the header block of a HEADERS frame, without padding and priority.
fn fragment(flags: u8, payload: &[u8]) -> Option<&[u8]> {
    let mut block = payload;
    if flags & PADDED != 0 {
        let (padding, rest) = block.split_first()?;
        block = rest.get(..rest.len().checked_sub(usize::from(*padding))?)?;
    }
    if flags & PRIORITY != 0 {
        block = block.get(5..)?;
    }
    Some(block)
}
