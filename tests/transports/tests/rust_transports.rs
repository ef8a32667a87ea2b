//! Tests both transports with a real socket: the requests they send, and their results for each kind of failure.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use hudhud::zagely::{BlockContact, ListMessages, RemoveGroupContacts, SendMessage};
use hudhud::{AsyncTransport, CallOptions, Endpoint, KeyPair, Request, Response, Transport, TransportFault};
use hudhud::{Zagely, zagely};
use hudhud_reqwest::{Limits, ReqwestTransport, reqwest};
use hudhud_ureq::UreqTransport;

const TIMEOUT: Duration = Duration::from_secs(20);

/// A request that arrived.
struct Arrived {
    /// The request line.
    line: String,
    /// The headers in lower case, one per line.
    headers: String,
    body: Vec<u8>,
}

/// A server on loopback that handles each request with a given function and passes it on to the test.
struct Server {
    address: SocketAddr,
    arrived: Receiver<Arrived>,
}

impl Server {
    fn new(answer: impl Fn(&mut TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, arrived) = channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let Some(request) = read(&stream) else { continue };
                let _ = sender.send(request);
                answer(&mut stream);
            }
        });
        Self { address, arrived }
    }

    /// Starts a server that always sends this response and closes the connection.
    fn saying(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::new(move |stream| drop(stream.write_all(&answer)))
    }

    fn request<E: Endpoint<Vendor = zagely::Credentials>>(&self, call: E) -> Request {
        request(&format!("http://{}", self.address), call)
    }

    fn arrived(&self) -> Arrived {
        self.arrived.recv_timeout(TIMEOUT).expect("a request arrived")
    }
}

fn read(stream: &TcpStream) -> Option<Arrived> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let mut headers = String::new();
    while reader.read_line(&mut headers).ok()? > 2 {}
    let headers = headers.to_ascii_lowercase();
    let length = headers.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
    let mut body = vec![0; length.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    Some(Arrived { line: line.trim_end().into(), headers, body })
}

fn request<E: Endpoint<Vendor = zagely::Credentials>>(base_url: &str, call: E) -> Request {
    let zagely = Zagely::new(KeyPair::new("pk_of_tests", "sk_of_tests").unwrap());
    zagely.base_url(base_url).unwrap().request(&call, &CallOptions::new()).unwrap()
}

/// The results of both transports, with their names.
type Results = [(&'static str, Result<Response, TransportFault>); 2];

/// Sends a request with both transports and with these limits.
fn send_within(request: &Request, limits: Limits) -> Results {
    let blocking = UreqTransport::with_limits(limits).send(request.clone());
    let asynchronous = send_async(&ReqwestTransport::with_limits(limits).unwrap(), request);
    [("ureq", blocking), ("reqwest", asynchronous)]
}

fn send_async(transport: &ReqwestTransport, request: &Request) -> Result<Response, TransportFault> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(AsyncTransport::send(transport, request.clone()))
}

fn send(request: &Request) -> Results {
    send_within(request, Limits::new())
}

#[test]
fn every_status_is_returned_as_a_response() {
    for status in [200, 201, 400, 401, 404, 422, 429, 500, 503] {
        let server = Server::saying(format!(
            "HTTP/1.1 {status} Whatever\r\nX-RateLimit-Remaining: 7\r\nContent-Length: 4\r\n\r\n\
             {{\"a\""
        ));
        for (name, answer) in send(&server.request(ListMessages::new())) {
            let answer = answer.unwrap();
            assert_eq!((answer.status, &*answer.body), (status, &b"{\"a\""[..]), "{name}");
            assert_eq!(answer.header("x-ratelimit-remaining"), Some("7"), "{name}");
        }
    }
}

#[test]
fn requests_are_sent_unchanged() {
    let server = Server::saying("HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}");
    let request = server.request(SendMessage::text("+15551234567", "Salut, मित्र"));
    for (name, answer) in send(&request) {
        assert_eq!(answer.unwrap().status, 201, "{name}");
        let arrived = server.arrived();
        assert_eq!(arrived.line, "POST /api/v1/messages/send HTTP/1.1", "{name}");
        assert_eq!(Some(arrived.body), request.body, "{name}");
        for (header, value) in &request.headers {
            let line = format!("{header}: {value}").to_ascii_lowercase();
            assert_eq!(arrived.headers.lines().filter(|found| *found == line).count(), 1, "{name}: {header}");
        }
    }
}

#[test]
fn no_user_agent_is_added() {
    let server = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    let zagely = Zagely::new(KeyPair::new("pk_of_tests", "sk_of_tests").unwrap()).user_agent(None);
    let zagely = zagely.base_url(&format!("http://{}", server.address)).unwrap();
    for (name, answer) in send(&zagely.request(&ListMessages::new(), &CallOptions::new()).unwrap()) {
        assert_eq!(answer.unwrap().status, 200, "{name}");
        assert!(!server.arrived().headers.contains("user-agent"), "{name}");
    }
}

#[test]
fn delete_may_have_a_body() {
    let server = Server::saying("HTTP/1.1 204 No Content\r\n\r\n");
    let request = server.request(RemoveGroupContacts::new("g-1").contact_ids(["c-1", "c-2"]));
    assert!(request.body.is_some());
    for (name, answer) in send(&request) {
        let answer = answer.unwrap();
        assert_eq!((answer.status, answer.body.len()), (204, 0), "{name}");
        let arrived = server.arrived();
        assert!(arrived.line.starts_with("DELETE "), "{name}");
        assert_eq!(Some(arrived.body), request.body, "{name}");
    }
}

#[test]
fn requests_without_a_body_get_none() {
    let server = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    for request in [server.request(ListMessages::new()), server.request(BlockContact::new("c-1"))] {
        assert_eq!(request.body, None);
        for (name, answer) in send(&request) {
            assert_eq!(answer.unwrap().status, 200, "{name}");
            let arrived = server.arrived();
            assert_eq!(arrived.body, b"", "{name}");
            assert!(!arrived.headers.contains("transfer-encoding"), "{name}");
        }
    }
}

#[test]
fn a_request_with_a_timeout_ends_by_it() {
    let server = Server::new(|stream| drop(stream.read(&mut [0])));
    for mut request in [server.request(ListMessages::new()), server.request(BlockContact::new("c-1"))] {
        request.timeout = Some(Duration::from_millis(200));
        let begun = Instant::now();
        for (name, answer) in send(&request) {
            assert_eq!(answer.unwrap_err(), TransportFault::Timeout, "{name}");
        }
        // The transports' own timeout is 30 s.
        assert!(begun.elapsed() < TIMEOUT);
    }
}

#[test]
fn redirects_are_returned_and_not_followed() {
    let elsewhere = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    for status in [301, 302, 303, 307, 308] {
        let to = format!("http://{}/elsewhere", elsewhere.address);
        let server = Server::saying(format!(
            "HTTP/1.1 {status} Elsewhere\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n"
        ));
        let get = server.request(ListMessages::new());
        let post = server.request(SendMessage::text("+15551234567", "hi"));
        for (name, answer) in send(&get).into_iter().chain(send(&post)) {
            let answer = answer.unwrap();
            assert_eq!((answer.status, answer.header("location")), (status, Some(&*to)), "{name}");
        }
    }
    assert!(elsewhere.arrived.try_recv().is_err());
}

#[test]
fn a_refused_connection_is_a_connect_fault() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (name, answer) in send(&request(&format!("http://{free}"), ListMessages::new())) {
        assert_eq!(answer.unwrap_err(), TransportFault::Connect, "{name}");
    }
}

#[test]
fn an_unknown_host_is_a_connect_fault() {
    for (name, answer) in send(&request("https://host.invalid", ListMessages::new())) {
        assert_eq!(answer.unwrap_err(), TransportFault::Connect, "{name}");
    }
}

#[test]
fn a_server_without_tls_is_a_connect_fault() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
            let _ = stream.read(&mut [0; 1024]);
        }
    });
    for (name, answer) in send(&request(&format!("https://{address}"), ListMessages::new())) {
        assert_eq!(answer.unwrap_err(), TransportFault::Connect, "{name}");
    }
}

#[test]
fn a_missing_or_incomplete_response_is_a_timeout() {
    let silent = |_: &mut TcpStream| thread::sleep(Duration::from_secs(2));
    let dripping = |stream: &mut TcpStream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
        for _ in 0..20 {
            let _ = stream.write_all(b"x");
            thread::sleep(Duration::from_millis(100));
        }
    };
    for server in [Server::new(silent), Server::new(dripping)] {
        let begun = Instant::now();
        let limits = Limits::new().with_timeout(Duration::from_millis(500));
        for (name, answer) in send_within(&server.request(ListMessages::new()), limits) {
            assert_eq!(answer.unwrap_err(), TransportFault::Timeout, "{name}");
        }
        assert!(begun.elapsed() < TIMEOUT);
    }
}

#[test]
fn a_connection_that_ends_early_is_a_closed_fault() {
    let cut = [
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"data\":",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"dat\r\n",
        "This is not HTTP.\r\n\r\n",
    ];
    for answer in cut {
        let server = Server::saying(answer);
        for (name, answer) in send(&server.request(ListMessages::new())) {
            assert_eq!(answer.unwrap_err(), TransportFault::Closed, "{name}");
        }
    }
}

#[test]
fn an_endless_body_is_a_closed_fault() {
    let server = Server::new(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n");
        let zeros = [0; 64 * 1024];
        while stream.write_all(&zeros).is_ok() {}
    });
    for (name, answer) in send(&server.request(ListMessages::new())) {
        assert_eq!(answer.unwrap_err(), TransportFault::Closed, "{name}");
    }
}

/// Returns a good response with this encoding and this body.
fn packed(encoding: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn gzip_and_deflate_are_unpacked() {
    let text: &[u8] = b"{\"data\":[]}";
    let (mut zlib, mut raw) = (
        ZlibEncoder::new(Vec::new(), Compression::default()),
        DeflateEncoder::new(Vec::new(), Compression::default()),
    );
    zlib.write_all(text).unwrap();
    raw.write_all(text).unwrap();
    for (encoding, body) in [
        ("gzip", gzip(text)),
        ("GZIP", gzip(text)),
        ("x-gzip", gzip(text)),
        ("gzip, gzip", gzip(&gzip(text))),
        ("deflate", zlib.finish().unwrap()),
        ("deflate", raw.finish().unwrap()),
        ("identity", text.to_vec()),
    ] {
        let server = Server::saying(packed(encoding, &body));
        for (name, answer) in send(&server.request(ListMessages::new())) {
            let answer = answer.unwrap();
            assert_eq!(answer.body, text, "{name}: {encoding}");
            assert_eq!(answer.header("content-encoding"), None, "{name}: {encoding}");
        }
    }
}

#[test]
fn other_encodings_are_kept() {
    for encoding in ["br", "gzip, br"] {
        let server = Server::saying(packed(encoding, b"\x0b\x02\x80{}\x03"));
        for (name, answer) in send(&server.request(ListMessages::new())) {
            let answer = answer.unwrap();
            assert_eq!(answer.header("content-encoding"), Some(encoding), "{name}");
            assert_eq!(&*answer.body, b"\x0b\x02\x80{}\x03", "{name}");
        }
    }
}

#[test]
fn a_response_that_cannot_be_unpacked_is_a_closed_fault() {
    let whole = gzip(b"{\"data\":[]}");
    for body in [&whole[..whole.len() - 6], b"not gzip at all"] {
        let server = Server::saying(packed("gzip", body));
        for (name, answer) in send(&server.request(ListMessages::new())) {
            assert_eq!(answer.unwrap_err(), TransportFault::Closed, "{name}");
        }
    }
}

#[test]
fn a_response_of_the_maximum_size_is_accepted_and_a_larger_one_refused() {
    let plain = |length: usize| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
        [head.as_bytes(), &vec![b' '; length]].concat()
    };
    let zipped = |length: usize| packed("gzip", &gzip(&vec![b' '; length]));
    for (answer, fits) in
        [(plain(1000), true), (plain(1001), false), (zipped(1000), true), (zipped(1001), false)]
    {
        let server = Server::saying(answer);
        let request = server.request(ListMessages::new());
        for (name, answer) in send_within(&request, Limits::new().with_max_response_bytes(1000)) {
            let length = answer.map(|answer| answer.body.len());
            assert_eq!(length, if fits { Ok(1000) } else { Err(TransportFault::Closed) }, "{name}");
        }
    }
}

#[test]
fn entropy_is_random_and_wait_sleeps() {
    let transport = UreqTransport::new();
    assert_ne!(transport.entropy(), transport.entropy());
    let (before, begun) = (transport.now(), Instant::now());
    transport.wait(Duration::from_millis(50));
    assert!(begun.elapsed() >= Duration::from_millis(50) && transport.now() > before);
}

#[test]
fn the_longest_timeout_is_accepted() {
    let server = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    let limits = Limits::new().with_connect_timeout(Duration::MAX).with_timeout(Duration::MAX);
    for (name, answer) in send_within(&server.request(ListMessages::new()), limits) {
        assert_eq!(answer.unwrap().status, 200, "{name}");
    }
}

#[test]
fn the_limits_apply_to_the_programs_own_client() {
    let server = Server::saying(packed("gzip", &gzip(&vec![b' '; 1001])));
    let transport = |limits| ReqwestTransport::with_client(reqwest::Client::new(), limits);
    let request = server.request(ListMessages::new());
    let small = transport(Limits::new().with_max_response_bytes(1000));
    assert_eq!(send_async(&small, &request).unwrap_err(), TransportFault::Closed);
    let silent = Server::new(|_| thread::sleep(Duration::from_secs(2)));
    let short_timeout = transport(Limits::new().with_timeout(Duration::from_millis(300)));
    let request = silent.request(ListMessages::new());
    assert_eq!(send_async(&short_timeout, &request).unwrap_err(), TransportFault::Timeout);
}

/// The program's client violates a condition: it follows redirects.
#[test]
fn a_redirect_that_was_followed_is_reported_as_a_redirect() {
    let elsewhere = Server::saying("HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}");
    let to = format!("http://{}/elsewhere", elsewhere.address);
    let server = Server::saying(format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n"));
    let transport = ReqwestTransport::with_client(reqwest::Client::new(), Limits::new());
    let answer = send_async(&transport, &server.request(SendMessage::text("+15551234567", "hi"))).unwrap();
    assert_eq!((answer.status, answer.header("location")), (302, Some(&*to)));
}
