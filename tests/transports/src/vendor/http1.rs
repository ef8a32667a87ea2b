//! A minimal HTTP/1.1 server, which can respond incorrectly.

use std::future::pending;
use std::time::Duration;

use socket2::SockRef;
use tokio::time::sleep;

use super::answers::Responder;
use super::end::End;
use super::ledger::Ledger;
use super::request::Reader;
use super::wire::Wire;

/// The behaviour of an HTTP/1.1 server after it has read a request.
#[derive(Clone, Copy)]
pub(crate) enum Conduct {
    /// Closes the connection.
    Vanish,
    /// Resets the connection.
    Reset,
    /// Closes the connection and the listener, which returns after 700 ms.
    VanishAndReturn,
    /// Never responds.
    Hang,
    /// Responds and keeps the connection.
    Say(fn(&Responder<'_>) -> Vec<u8>),
    /// Responds and closes the connection.
    SayAndClose(fn(&Responder<'_>) -> Vec<u8>),
    /// Sends one byte every 500 ms, from the status line on.
    DripHead,
    /// Sends the headers at once, then one byte every 500 ms.
    DripBody,
    /// Sends 103 every 500 ms and never a final response.
    DripInformational,
    /// Closes the connection after its response to the warm-up. Responds well on a new connection.
    CloseAfterWarmUp,
    /// Sends an endless body.
    EndlessBody,
    /// Sends endless headers.
    EndlessHead,
}

/// Responds well.
pub(crate) const GOOD: Conduct = Conduct::Say(|responder| responder.plain());

/// Serves a connection until its end. Returns how it ended. `elsewhere` is the origin to which redirects to another
/// one lead.
pub(crate) async fn serve(
    wire: &mut dyn Wire,
    conduct: Conduct,
    origin: &str,
    elsewhere: &str,
    ledger: &Ledger,
) -> Option<End> {
    let mut reader = Reader::new(wire);
    loop {
        let request = reader.request().await?;
        let responder = Responder { request: &request, origin, elsewhere };
        if request.is_warm_up() {
            reader.write(&responder.plain()).await?;
            if let Conduct::CloseAfterWarmUp = conduct {
                return Some(End::Closed);
            }
            continue;
        }
        ledger.count(&request);
        match conduct {
            Conduct::Vanish => return Some(End::Closed),
            Conduct::VanishAndReturn => return Some(End::Away),
            Conduct::Reset => {
                SockRef::from(reader.wire.tcp()).set_linger(Some(Duration::ZERO)).ok()?;
                return Some(End::Closed);
            }
            Conduct::Hang => pending().await,
            Conduct::CloseAfterWarmUp => reader.write(&responder.plain()).await?,
            Conduct::DripInformational => loop {
                reader.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n").await?;
                sleep(Duration::from_millis(500)).await;
            },
            Conduct::Say(say) => reader.write(&say(&responder)).await?,
            Conduct::SayAndClose(say) => {
                reader.write(&say(&responder)).await?;
                return Some(End::Closed);
            }
            Conduct::DripHead => drip(&mut reader, &responder.plain()).await?,
            Conduct::DripBody => {
                let head =
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10000\r\n\r\n";
                reader.write(head).await?;
                drip(&mut reader, &[b' '; 10_000]).await?;
            }
            Conduct::EndlessBody => {
                let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
                reader.write(head).await?;
                let chunk = [b"4000\r\n", &[b' '; 0x4000][..], b"\r\n"].concat();
                flood(&mut reader, &chunk).await?;
            }
            Conduct::EndlessHead => {
                reader.write(b"HTTP/1.1 200 OK\r\n").await?;
                flood(&mut reader, format!("X-More: {}\r\n", "m".repeat(1000)).as_bytes()).await?;
            }
        }
    }
}

/// Sends one byte every 500 ms.
async fn drip(reader: &mut Reader<'_>, bytes: &[u8]) -> Option<()> {
    for byte in bytes {
        reader.write(&[*byte]).await?;
        sleep(Duration::from_millis(500)).await;
    }
    Some(())
}

/// Sends the bytes repeatedly, up to 300 million bytes in all. No client should read that many.
async fn flood(reader: &mut Reader<'_>, bytes: &[u8]) -> Option<()> {
    for _ in 0..300_000_000 / bytes.len() {
        reader.write(bytes).await?;
    }
    pending().await
}
