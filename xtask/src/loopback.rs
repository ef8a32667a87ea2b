//! A small HTTP server on loopback, for the benchmarks of calls: it answers each request at once with one contact.
//!
//! All hosts measure with this server, and it runs outside their processes. It states no limits, so that no client
//! slows down.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// The environment variable with the base URL of the server.
pub(crate) const VARIABLE: &str = "HUDHUD_LOOPBACK";

const BODY: &str = r#"{"id":"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee","name":"Jane Doe","phone_number":"+15551234567","email":null,"tags":["vip","active"],"is_blocked":false,"opted_out_at":null,"custom_fields":{"city":"New York"},"groups":[{"id":"g-1","name":"VIP"}],"created_at":"2026-01-15T09:00:00Z"}"#;

/// Starts the server, which ends with this process. Returns its base URL.
pub(crate) fn start() -> Result<String, String> {
    let fault = |error: io::Error| format!("the loopback server cannot be started: {error}");
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(fault)?;
    let port = listener.local_addr().map_err(fault)?.port();
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            // A client that breaks its connection ends nothing else.
            thread::spawn(move || answer(&connection));
        }
    });
    Ok(format!("http://127.0.0.1:{port}"))
}

/// Answers the requests of a connection, none of which has a body.
fn answer(connection: &TcpStream) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Request-Id: req-1\r\nContent-Length: ";
    let response = format!("{head}{}\r\n\r\n{BODY}", BODY.len());
    let (mut reader, mut writer) = (BufReader::new(connection), connection);
    let mut line = String::new();
    while reader.read_line(&mut line)? > 0 {
        if line == "\r\n" {
            writer.write_all(response.as_bytes())?;
        }
        line.clear();
    }
    Ok(())
}
