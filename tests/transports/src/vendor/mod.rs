//! The hostile vendor. Each case has its own servers and ports, which are closed after the case.
//!
//! A request counts when its headers and its whole body were read. Warm-up requests (`GET /api/v1/health`) get a good
//! response and do not count.

mod answers;
mod certificates;
mod end;
mod http1;
pub(crate) mod http2;
mod ledger;
mod request;
mod wire;

use std::error::Error;
use std::future::pending;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use socket2::{Domain, Socket, Type};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;

use self::certificates::Authority;
pub(crate) use self::certificates::Certificate;
use self::end::End;
pub(crate) use self::http1::Conduct;
use self::http1::GOOD;
use self::http2::Conduct as Http2Conduct;
pub(crate) use self::ledger::Ledger;
use self::request::Reader;
use self::wire::Wire;
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
    Http2(Http2Conduct),
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

/// The files and keys that all cases of a run share.
pub(crate) struct Environment {
    authority: Authority,
    /// The TLS acceptors with the good certificate: for HTTP/1.1 only, and also for HTTP/2.
    http1: TlsAcceptor,
    http2: TlsAcceptor,
    folder: tempfile::TempDir,
}

impl Environment {
    pub(crate) fn new() -> Result<Self, Box<dyn Error + Send + Sync>> {
        let authority = Authority::new()?;
        let http1 = authority.acceptor(Certificate::Good, &[b"http/1.1"])?;
        let http2 = authority.acceptor(Certificate::Good, &[b"h2", b"http/1.1"])?;
        let environment = Self { authority, http1, http2, folder: tempfile::tempdir()? };
        std::fs::write(environment.ca_file(), environment.authority.pem())?;
        names::write(environment.folder())?;
        Ok(environment)
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
    pub(crate) fn open(
        environment: &Environment,
        scene: Scene,
    ) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let mut vendor = Self {
            origin: String::new(),
            proxy: None,
            is_tls: true,
            ledger: Arc::default(),
            tasks: Vec::new(),
            _held: Vec::new(),
            _waiting: Vec::new(),
        };
        let good = || Some(environment.http1.clone());
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
                let port = vendor.serve(Service::Http2(conduct), Some(environment.http2.clone()))?;
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
                let acceptor = environment.authority.acceptor(certificate, &[b"http/1.1"])?;
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

/// The kind of server on one port.
#[derive(Clone, Copy)]
enum Service {
    Http(Conduct),
    Http2(Http2Conduct),
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

async fn connection(stream: TcpStream, post: Arc<Post>) {
    let _ = stream.set_nodelay(true);
    let mut service = post.service;
    let mut wire: Box<dyn Wire> = match &post.tls {
        None => Box::new(stream),
        Some(tls) => {
            let Ok(stream) = tls.accept(stream).await else { return };
            match (service, stream.get_ref().1.alpn_protocol() == Some(b"h2")) {
                (Service::Http2(_), true) => post.ledger.note_http2(),
                (Service::Http2(_), false) => service = Service::Http(GOOD),
                _ => {}
            }
            Box::new(stream)
        }
    };
    let end = match service {
        Service::Http(conduct) => {
            http1::serve(&mut *wire, conduct, &post.origin, &post.elsewhere, &post.ledger).await
        }
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
