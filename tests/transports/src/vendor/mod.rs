//! The hostile vendor. Each case has its own servers and ports, which are closed after the case.
//!
//! A request counts when its headers and its whole body were read. Warm-up requests (`GET /api/v1/health`) get a good
//! response and do not count.

mod answers;
mod certificates;
pub(crate) mod http2;
mod request;

use std::error::Error;
use std::future::pending;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use socket2::{Domain, SockRef, Socket, Type};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

pub(crate) use self::answers::Asked;
use self::certificates::Authority;
pub(crate) use self::certificates::Certificate;
use self::http2::End;
use self::request::{Reader, Request};
use crate::names;

/// The time for which a listener is closed.
const AWAY: Duration = Duration::from_millis(700);

/// The setup of a case.
#[derive(Clone, Copy)]
pub(crate) enum Scene {
    /// HTTP/1.1 on 127.0.0.1.
    Http(Conduct),
    /// HTTP/1.1 over TLS.
    Https(Conduct),
    /// HTTP/2 over TLS. A client that does not support it gets good responses over HTTP/1.1.
    Http2(http2::Conduct),
    /// A port without a listener.
    Refused,
    /// A name without an address.
    UnknownHost,
    /// Two addresses: the first drops all packets, the second responds well.
    FirstDrops,
    /// Two addresses that drop all packets.
    AllDrop,
    /// TLS with a certificate of this kind.
    Certified(Certificate),
    /// A server that does not speak TLS correctly.
    BadTls(BadTls),
    /// A proxy between the client and a good vendor.
    Proxy(Proxy),
}

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
    Say(fn(&Asked<'_>) -> Vec<u8>),
    /// Responds and closes the connection.
    SayAndClose(fn(&Asked<'_>) -> Vec<u8>),
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

/// The behaviour of a server that does not speak TLS correctly.
#[derive(Clone, Copy)]
pub(crate) enum BadTls {
    /// Sends the alert that it supports none of the client's TLS versions.
    Version,
    /// Closes the connection in the middle of the handshake.
    Closes,
    /// Never responds to the handshake.
    Hangs,
    /// Responds with HTTP without TLS.
    Plain,
}

/// The behaviour of a proxy.
#[derive(Clone, Copy)]
pub(crate) enum Proxy {
    /// The port has no listener.
    Refused,
    /// Responds to CONNECT with this status line.
    Answers(&'static str),
    /// Closes the connection after CONNECT.
    Closes,
    /// Never responds.
    Hangs,
}

/// The record of a case.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    whole: AtomicU32,
    spoke_http2: AtomicBool,
    requests: Mutex<Vec<String>>,
}

impl Ledger {
    fn count(&self, request: &Request) {
        // A browser's preflight request is not a call.
        if request.method != "OPTIONS" {
            self.whole.fetch_add(1, SeqCst);
        }
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.push(format!("{} {}", request.method, request.path));
    }

    /// Returns the number of requests that were read completely.
    pub(crate) fn whole(&self) -> u32 {
        self.whole.load(SeqCst)
    }

    /// Returns true if any connection used HTTP/2.
    pub(crate) fn spoke_http2(&self) -> bool {
        self.spoke_http2.load(SeqCst)
    }

    /// Returns the requests that were read completely.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The files and keys that all cases of a run share.
pub(crate) struct Ground {
    authority: Authority,
    /// The TLS acceptors with the good certificate: for HTTP/1.1 only, and also for HTTP/2.
    http1: TlsAcceptor,
    http2: TlsAcceptor,
    folder: tempfile::TempDir,
}

impl Ground {
    pub(crate) fn new() -> Result<Self, Box<dyn Error + Send + Sync>> {
        let authority = Authority::new()?;
        let http1 = authority.acceptor(Certificate::Good, &[b"http/1.1"])?;
        let http2 = authority.acceptor(Certificate::Good, &[b"h2", b"http/1.1"])?;
        let ground = Self { authority, http1, http2, folder: tempfile::tempdir()? };
        std::fs::write(ground.ca_file(), ground.authority.pem())?;
        names::write(ground.folder())?;
        Ok(ground)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }
}

/// A running vendor. Dropping it closes all its ports and connections.
pub(crate) struct Vendor {
    /// The scheme, host and port of the vendor.
    pub(crate) origin: String,
    pub(crate) proxy: Option<String>,
    pub(crate) is_tls: bool,
    pub(crate) ledger: Arc<Ledger>,
    tasks: Vec<AbortHandle>,
    /// Sockets that reserve ports and fill backlogs.
    _held: Vec<Socket>,
    _waiting: Vec<Socket>,
}

impl Drop for Vendor {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Vendor {
    /// Starts the servers of a scene.
    pub(crate) fn open(ground: &Ground, scene: Scene) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let mut vendor = Self {
            origin: String::new(),
            proxy: None,
            is_tls: true,
            ledger: Arc::default(),
            tasks: Vec::new(),
            _held: Vec::new(),
            _waiting: Vec::new(),
        };
        let good = || Some(ground.http1.clone());
        match scene {
            Scene::Http(conduct) => {
                let port = vendor.serve(Service::Http(conduct), None)?;
                vendor.is_tls = false;
                vendor.origin = format!("http://127.0.0.1:{port}");
            }
            Scene::Https(conduct) => {
                let port = vendor.serve(Service::Http(conduct), good())?;
                vendor.origin = format!("https://{}:{port}", names::VENDOR);
            }
            Scene::Http2(conduct) => {
                let port = vendor.serve(Service::Http2(conduct), Some(ground.http2.clone()))?;
                vendor.origin = format!("https://{}:{port}", names::VENDOR);
            }
            Scene::Refused => {
                let port = vendor.hold(bind((Ipv4Addr::LOCALHOST, 0))?)?;
                vendor.is_tls = false;
                vendor.origin = format!("http://127.0.0.1:{port}");
            }
            Scene::UnknownHost => vendor.origin = format!("https://{}", names::UNKNOWN),
            Scene::FirstDrops | Scene::AllDrop => {
                let port = vendor.drop_all(Ipv4Addr::LOCALHOST, 0)?;
                let second = Ipv4Addr::new(127, 0, 0, 2);
                if let Scene::FirstDrops = scene {
                    let listener = listen(bind((second, port))?)?;
                    vendor.accept(listener, Service::Http(GOOD), good());
                } else {
                    vendor.drop_all(second, port)?;
                }
                vendor.origin = format!("https://{}:{port}", names::TWO);
            }
            Scene::Certified(certificate) => {
                let acceptor = ground.authority.acceptor(certificate, &[b"http/1.1"])?;
                let port = vendor.serve(Service::Http(GOOD), Some(acceptor))?;
                vendor.origin = format!("https://{}:{port}", names::VENDOR);
            }
            Scene::BadTls(conduct) => {
                let port = vendor.serve(Service::BadTls(conduct), None)?;
                vendor.origin = format!("https://{}:{port}", names::VENDOR);
            }
            Scene::Proxy(conduct) => {
                let port = vendor.serve(Service::Http(GOOD), good())?;
                vendor.origin = format!("https://{}:{port}", names::VENDOR);
                let port = match conduct {
                    Proxy::Refused => vendor.hold(bind((Ipv4Addr::LOCALHOST, 0))?)?,
                    _ => vendor.serve(Service::Proxy(conduct), None)?,
                };
                vendor.proxy = Some(format!("http://127.0.0.1:{port}"));
            }
        }
        Ok(vendor)
    }

    /// Reserves a port without a listener.
    fn hold(&mut self, socket: Socket) -> io::Result<u16> {
        let port = port_of(&socket)?;
        self._held.push(socket);
        Ok(port)
    }

    /// Fills the backlog of an address, so that the system drops every further connection attempt.
    fn drop_all(&mut self, address: Ipv4Addr, port: u16) -> io::Result<u16> {
        let socket = bind((address, port))?;
        socket.listen(0)?;
        let port = self.hold(socket)?;
        for _ in 0..4 {
            let client = Socket::new(Domain::IPV4, Type::STREAM, None)?;
            client.set_nonblocking(true)?;
            // The attempt is in progress or was dropped. Both fill the backlog.
            let _ = client.connect(&SocketAddr::from((address, port)).into());
            self._waiting.push(client);
        }
        Ok(port)
    }

    fn serve(&mut self, service: Service, tls: Option<TlsAcceptor>) -> io::Result<u16> {
        // Reserves the port while the listener is closed.
        let held = bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = self.hold(held)?;
        let listener = listen(bind((Ipv4Addr::LOCALHOST, port))?)?;
        self.accept(listener, service, tls);
        Ok(port)
    }

    fn accept(
        &mut self,
        (address, listener): (SocketAddr, TcpListener),
        service: Service,
        tls: Option<TlsAcceptor>,
    ) {
        let origin = match tls {
            Some(_) => format!("https://{}:{}", names::VENDOR, address.port()),
            None => format!("http://{address}"),
        };
        let post = Arc::new(Post {
            service,
            tls,
            elsewhere: origin.replace("127.0.0.1", "localhost"),
            origin,
            ledger: Arc::clone(&self.ledger),
            leave: Notify::new(),
            left: Notify::new(),
        });
        self.tasks.push(tokio::spawn(accept(address, listener, post)).abort_handle());
    }
}

const GOOD: Conduct = Conduct::Say(|asked| asked.plain());

/// The kind of server on one port.
#[derive(Clone, Copy)]
enum Service {
    Http(Conduct),
    Http2(http2::Conduct),
    BadTls(BadTls),
    Proxy(Proxy),
}

/// The data that the connections of one port share.
struct Post {
    service: Service,
    tls: Option<TlsAcceptor>,
    origin: String,
    elsewhere: String,
    ledger: Arc<Ledger>,
    leave: Notify,
    left: Notify,
}

fn bind(address: impl Into<SocketAddr>) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&address.into().into())?;
    Ok(socket)
}

fn port_of(socket: &Socket) -> io::Result<u16> {
    let address = socket.local_addr()?.as_socket();
    address.map(|address| address.port()).ok_or_else(|| io::Error::other("the socket has no port"))
}

fn listen(socket: Socket) -> io::Result<(SocketAddr, TcpListener)> {
    socket.listen(128)?;
    socket.set_nonblocking(true)?;
    let listener = TcpListener::from_std(socket.into())?;
    Ok((listener.local_addr()?, listener))
}

/// Accepts connections until the vendor is dropped, except while the listener is closed.
async fn accept(address: SocketAddr, listener: TcpListener, post: Arc<Post>) {
    let mut listener = Some(listener);
    let mut connections = JoinSet::new();
    loop {
        let Some(open) = &listener else { return };
        tokio::select! {
            accepted = open.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                connections.spawn(connection(stream, Arc::clone(&post)));
            }
            () = post.leave.notified() => {
                drop(listener.take());
                post.left.notify_waiters();
                sleep(AWAY).await;
                listener = bind(address).and_then(listen).ok().map(|(_, listener)| listener);
            }
        }
    }
}

/// A connection with or without TLS.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Unpin + Send {
    /// Returns the underlying TCP connection.
    fn tcp(&self) -> &TcpStream;
}

impl Wire for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Wire for TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

async fn connection(stream: TcpStream, post: Arc<Post>) {
    let _ = stream.set_nodelay(true);
    let mut service = post.service;
    let mut wire: Box<dyn Wire> = match &post.tls {
        None => Box::new(stream),
        Some(tls) => {
            let Ok(stream) = tls.accept(stream).await else { return };
            match (service, stream.get_ref().1.alpn_protocol() == Some(b"h2")) {
                (Service::Http2(_), true) => post.ledger.spoke_http2.store(true, SeqCst),
                (Service::Http2(_), false) => service = Service::Http(GOOD),
                _ => {}
            }
            Box::new(stream)
        }
    };
    let end = match service {
        Service::Http(conduct) => http1(&mut *wire, conduct, &post).await,
        Service::Http2(conduct) => http2::serve(&mut *wire, conduct, &post.ledger).await,
        Service::BadTls(conduct) => bad_tls(&mut *wire, conduct).await,
        Service::Proxy(conduct) => proxy(&mut *wire, conduct).await,
    };
    if end == Some(End::Away) {
        let left = post.left.notified();
        post.leave.notify_one();
        left.await;
    }
}

async fn http1(wire: &mut dyn Wire, conduct: Conduct, post: &Post) -> Option<End> {
    let mut reader = Reader::new(wire);
    loop {
        let request = reader.request().await?;
        let asked = Asked { request: &request, origin: &post.origin, elsewhere: &post.elsewhere };
        if request.is_warm_up() {
            reader.write(&asked.plain()).await?;
            if let Conduct::CloseAfterWarmUp = conduct {
                return Some(End::Closed);
            }
            continue;
        }
        post.ledger.count(&request);
        match conduct {
            Conduct::Vanish => return Some(End::Closed),
            Conduct::VanishAndReturn => return Some(End::Away),
            Conduct::Reset => {
                SockRef::from(reader.wire.tcp()).set_linger(Some(Duration::ZERO)).ok()?;
                return Some(End::Closed);
            }
            Conduct::Hang => pending().await,
            Conduct::CloseAfterWarmUp => reader.write(&asked.plain()).await?,
            Conduct::DripInformational => loop {
                reader.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n").await?;
                sleep(Duration::from_millis(500)).await;
            },
            Conduct::Say(say) => reader.write(&say(&asked)).await?,
            Conduct::SayAndClose(say) => {
                reader.write(&say(&asked)).await?;
                return Some(End::Closed);
            }
            Conduct::DripHead => drip(&mut reader, &asked.plain()).await?,
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

async fn bad_tls(wire: &mut dyn Wire, conduct: BadTls) -> Option<End> {
    // Reads the client's first message, or its first part.
    let count = wire.read(&mut [0; 16 * 1024]).await.ok()?;
    if count == 0 {
        return None;
    }
    match conduct {
        BadTls::Closes => return Some(End::Closed),
        BadTls::Hangs => pending::<()>().await,
        // An alert of TLS 1.0: fatal, protocol_version.
        BadTls::Version => wire.write_all(&[21, 3, 1, 0, 2, 2, 70]).await.ok()?,
        BadTls::Plain => {
            let answer = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
            wire.write_all(answer).await.ok()?;
        }
    }
    sleep(Duration::from_millis(50)).await;
    Some(End::Closed)
}

async fn proxy(wire: &mut dyn Wire, conduct: Proxy) -> Option<End> {
    let mut reader = Reader::new(wire);
    reader.request().await?;
    match conduct {
        Proxy::Hangs => pending().await,
        Proxy::Answers(status) => {
            let answer = format!(
                "HTTP/1.1 {status}\r\nProxy-Authenticate: Basic realm=\"made up\"\r\nConnection: close\r\n\
                 Content-Length: 0\r\n\r\n"
            );
            reader.write(answer.as_bytes()).await?;
        }
        Proxy::Closes | Proxy::Refused => {}
    }
    Some(End::Closed)
}
