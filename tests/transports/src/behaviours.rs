//! The behaviours of the hostile vendor and of the network in front of it. Each is a row of the table.

use std::time::Duration;

use crate::calls::{ALL, Call, THREE, TWO};
use crate::vendor::http2::Conduct as H2;
use crate::vendor::{BadTls, Certificate, Conduct as H1, Proxy, Scene};

/// A behaviour.
pub(crate) struct Behaviour {
    /// The name of its row.
    pub(crate) name: &'static str,
    /// A complete description in one sentence.
    pub(crate) description: &'static str,
    pub(crate) scene: Scene,
    pub(crate) expect: Expect,
    /// The calls that are tested with it.
    pub(crate) calls: &'static [Call],
    /// The number of calls that are made first, so that a connection is kept.
    pub(crate) warm_up: u32,
    /// The number of attempts that the client may make.
    pub(crate) attempts: u32,
    /// The timeout of an attempt.
    pub(crate) timeout: Duration,
    /// The maximum size of a response, where it differs from the transport's default.
    pub(crate) max_response_bytes: Option<u64>,
}

/// The outcome that the invariants allow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Expect {
    /// The request was read and no response came: any fault but `connect`.
    Unanswered,
    /// Like `Unanswered`. Alternatively, the second attempt of a repeatable call succeeds.
    UnansweredOrAgain,
    /// Like `Unanswered`, and the fault is `closed`, because the connection ends.
    Closed,
    /// Like `Unanswered`, and the fault is `timeout`.
    Timeout,
    /// The vendor certainly read nothing, so the fault must be `connect`.
    NothingSent,
    /// The vendor read nothing. A transport that cannot know this may report `timeout`.
    NothingSentInTime,
    /// The response is good and is decoded, or nothing was sent and the fault says so.
    GoodOrNothingSent,
    /// The response is good and is decoded.
    Good,
    /// The response is good and empty.
    Empty,
    /// The response is good and is decoded, or the error names its encoding.
    GoodOrNamed(&'static str),
    /// An error with this status after one request.
    Status(u16),
    /// An error after one request, but not `connect`.
    Error,
    /// Success or an error after at most one request.
    AtMostOnce,
    /// Like `Status`, but without a status in a browser, which hides it for redirects.
    Redirect(u16),
}

const SHORT: Duration = Duration::from_secs(2);
const MEDIUM: Duration = Duration::from_secs(4);
const LONG: Duration = Duration::from_secs(10);

const fn row(name: &'static str, description: &'static str, scene: Scene, expect: Expect) -> Behaviour {
    Behaviour {
        name,
        description,
        scene,
        expect,
        calls: TWO,
        warm_up: 0,
        attempts: 2,
        timeout: LONG,
        max_response_bytes: None,
    }
}

impl Behaviour {
    /// Sets the calls.
    const fn of(mut self, calls: &'static [Call]) -> Self {
        self.calls = calls;
        self
    }

    /// Uses a connection that was used before and kept.
    const fn on_kept_connection(mut self) -> Self {
        self.warm_up = 1;
        self
    }

    /// Allows one attempt only.
    const fn once(mut self) -> Self {
        self.attempts = 1;
        self
    }

    /// Sets a short timeout, which must expire.
    const fn short(mut self) -> Self {
        self.timeout = SHORT;
        self
    }

    /// Sets a timeout that is long enough for two addresses.
    const fn medium(mut self) -> Self {
        self.timeout = MEDIUM;
        self
    }

    /// Sets a small maximum size of the response.
    const fn bounded(mut self) -> Self {
        self.max_response_bytes = Some(100_000);
        self
    }
}

/// Returns all behaviours in the order of the table.
pub(crate) fn all() -> Vec<Behaviour> {
    use Expect::{
        AtMostOnce, Closed, Empty, Error, Good, GoodOrNamed, GoodOrNothingSent, NothingSent,
        NothingSentInTime, Redirect, Status, Timeout, Unanswered, UnansweredOrAgain,
    };
    use Scene::{Certified, Http, Http2, Https};
    vec![
        // Behaviours without a response.
        row(
            "no answer",
            "The vendor reads the request on a new connection and closes it without a response.",
            Http(H1::Vanish),
            Closed,
        )
        .of(ALL),
        row(
            "no answer, kept",
            "The same on a connection that was used before and kept. Many libraries assume that such a connection was stale.",
            Http(H1::Vanish),
            Closed,
        )
        .of(ALL)
        .on_kept_connection(),
        row(
            "no answer, away",
            "The vendor reads the request, closes its port and then the connection. The port opens again 700 ms later.",
            Http(H1::VanishAndReturn),
            Closed,
        )
        .of(ALL),
        row(
            "no answer, kept, away",
            "The same on a kept connection. A repetition by the library gets a refused connection, which does not prove that nothing was sent.",
            Http(H1::VanishAndReturn),
            Closed,
        )
        .of(ALL)
        .on_kept_connection(),
        row("reset", "The vendor reads the request and resets the connection.", Http(H1::Reset), Closed).of(ALL),
        row(
            "reset, kept",
            "The same on a kept connection.",
            Http(H1::Reset),
            Closed,
        )
        .of(ALL)
        .on_kept_connection(),
        row(
            "no answer, TLS",
            "The vendor reads the request over TLS and closes the connection without a TLS alert.",
            Https(H1::Vanish),
            Closed,
        )
        .of(THREE),
        row("no answer, TLS, kept", "The same on a kept connection.", Https(H1::Vanish), Closed).of(ALL).on_kept_connection(),
        row("hang", "The vendor reads the request and never responds.", Http(H1::Hang), Timeout).short(),
        row(
            "hang, kept",
            "The same on a kept connection.",
            Http(H1::Hang),
            Timeout,
        )
        .short()
        .on_kept_connection(),
        row(
            "drip, body",
            "The headers arrive at once, then the body, one byte per 500 ms.",
            Http(H1::DripBody),
            Timeout,
        )
        .short(),
        row(
            "drip, headers",
            "The whole response arrives one byte per 500 ms, from the status line on.",
            Http(H1::DripHead),
            Timeout,
        )
        .short(),
        row(
            "drip, 1xx",
            "The vendor sends 103 every 500 ms and nothing else.",
            Http(H1::DripInformational),
            Timeout,
        )
        .short(),
        row(
            "kept, then closed",
            "The vendor closes the kept connection while the request may be in transit.",
            Http(H1::CloseAfterWarmUp),
            AtMostOnce,
        )
        .of(ALL)
        .on_kept_connection(),
        row(
            "half a body",
            "The response ends in the middle of its body.",
            Http(H1::SayAndClose(|responder| responder.half_body())),
            Closed,
        )
        .of(THREE),
        row(
            "half a header",
            "The response ends in the middle of its headers.",
            Http(H1::SayAndClose(|responder| responder.half_head())),
            Closed,
        )
        .of(THREE),
        row(
            "chunks cut off",
            "A chunked response ends before its last chunk.",
            Http(H1::SayAndClose(|responder| responder.chunked_cut())),
            Closed,
        )
        .of(THREE),
        row(
            "endless body",
            "The body is endless. The maximum size of a response is set to 100,000 bytes.",
            Http(H1::EndlessBody),
            Closed,
        )
        .once()
        .bounded(),
        row(
            "endless headers",
            "The headers are endless.",
            Http(H1::EndlessHead),
            Unanswered,
        )
        .once()
        .bounded(),
        row(
            "gzip bomb",
            "20 kB of gzip unpack to 20 MB. The maximum size of a response is set to 100,000 bytes.",
            Http(H1::Say(|responder| responder.bomb())),
            Closed,
        )
        .once()
        .bounded(),
        // Responses that invite a repetition.
        row(
            "503, retry now",
            "The vendor responds with 503 and `Retry-After: 0`.",
            Http(H1::Say(|responder| responder.status("503 Service Unavailable", "Retry-After: 0\r\n"))),
            Status(503),
        )
        .of(ALL)
        .once(),
        row(
            "503, closed",
            "The vendor responds with 503 and closes the connection.",
            Http(H1::SayAndClose(|responder| responder.status("503 Service Unavailable", "Connection: close\r\n"))),
            Status(503),
        )
        .of(THREE)
        .once(),
        row(
            "429",
            "The vendor responds with 429 and `Retry-After: 0`.",
            Http(H1::Say(|responder| responder.status("429 Too Many Requests", "Retry-After: 0\r\n"))),
            Status(429),
        )
        .of(ALL)
        .once(),
        row(
            "408",
            "The vendor responds with 408, after which some libraries repeat the request.",
            Http(H1::SayAndClose(|responder| responder.status("408 Request Timeout", "Connection: close\r\n"))),
            Status(408),
        )
        .of(ALL)
        .once(),
        row(
            "408, kept",
            "The same on a kept connection.",
            Http(H1::SayAndClose(|responder| responder.status("408 Request Timeout", "Connection: close\r\n"))),
            Status(408),
        )
        .of(ALL)
        .once()
        .on_kept_connection(),
        row(
            "421",
            "The vendor responds with 421, which suggests another connection.",
            Http(H1::Say(|responder| responder.status("421 Misdirected Request", ""))),
            Status(421),
        )
        .of(THREE)
        .once(),
        row(
            "425",
            "The vendor responds with 425, which suggests a repetition without early data.",
            Http(H1::Say(|responder| responder.status("425 Too Early", ""))),
            Status(425),
        )
        .of(THREE)
        .once(),
        row(
            "401",
            "The vendor responds with 401 and a challenge for HTTP authentication.",
            Http(H1::Say(|responder| responder.status("401 Unauthorized", "WWW-Authenticate: Basic realm=\"made up\"\r\n"))),
            Status(401),
        )
        .of(THREE)
        .once(),
                row(
            "407",
            "The vendor responds with 407, which only a proxy may do.",
            Http(H1::Say(|responder| {
                responder.status("407 Proxy Authentication Required", "Proxy-Authenticate: Basic realm=\"made up\"\r\n")
            })),
            Error,
        )
        .of(THREE)
        .once(),
        row(
            "101",
            "The vendor responds with 101, although the client requested no other protocol.",
            Http(H1::SayAndClose(|_| {
                b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n".to_vec()
            })),
            Error,
        )
        .of(THREE)
        .once(),
row("301", "The vendor redirects the client to the requested address.", Http(H1::Say(|responder| responder.redirect("301 Moved Permanently"))), Redirect(301)).of(THREE).once(),
        row("302", "The same with 302.", Http(H1::Say(|responder| responder.redirect("302 Found"))), Redirect(302)).of(THREE).once(),
        row("303", "The same with 303.", Http(H1::Say(|responder| responder.redirect("303 See Other"))), Redirect(303)).of(THREE).once(),
        row("307", "The same with 307.", Http(H1::Say(|responder| responder.redirect("307 Temporary Redirect"))), Redirect(307)).of(THREE).once(),
        row("308", "The same with 308.", Http(H1::Say(|responder| responder.redirect("308 Permanent Redirect"))), Redirect(308)).of(THREE).once(),
        row("307, elsewhere", "The vendor redirects the client to another origin.", Http(H1::Say(|responder| responder.redirect_elsewhere())), Redirect(307)).of(THREE).once(),
        // Behaviours over HTTP/2.
        row("HTTP/2: good", "Over HTTP/2, the vendor sends a good response.", Http2(H2::Good), Good).of(ALL),
        row("HTTP/2: 103 first", "Over HTTP/2, 103 precedes a good response.", Http2(H2::Informational), Good),
        row("HTTP/2: no answer", "Over HTTP/2, the vendor reads the request and closes the connection.", Http2(H2::Vanish), Closed).of(ALL),
        row("HTTP/2: no answer, kept", "The same on a kept connection.", Http2(H2::Vanish), Closed).of(ALL).on_kept_connection(),
        row("HTTP/2: no answer, kept, away", "The same, and the port is closed for 700 ms.", Http2(H2::VanishAndReturn), Closed).of(ALL).on_kept_connection(),
        row("HTTP/2: GOAWAY", "The vendor reads the request, sends GOAWAY with the false claim that it processed none, and closes.", Http2(H2::GoAwayBeforeAll), Unanswered).of(ALL),
        row("HTTP/2: GOAWAY, kept", "The same on a kept connection.", Http2(H2::GoAwayBeforeAll), Unanswered).of(ALL).on_kept_connection(),
        row("HTTP/2: GOAWAY, last", "The vendor sends GOAWAY with this request as its last, and closes without a response.", Http2(H2::GoAwayAfterThis), Unanswered).of(THREE),
        row("HTTP/2: REFUSED_STREAM", "The vendor reads the request and falsely claims that it did not process it.", Http2(H2::Reset(7)), Unanswered).of(ALL),
        row("HTTP/2: INTERNAL_ERROR", "The vendor reads the request and resets its stream.", Http2(H2::Reset(2)), Closed).of(THREE),
        row("HTTP/2: HTTP_1_1_REQUIRED", "The vendor reads the request and requires HTTP/1.1.", Http2(H2::Reset(13)), UnansweredOrAgain).of(ALL),
        row("HTTP/2: wrong length", "The body is shorter than `content-length` says.", Http2(H2::WrongLength), Unanswered).of(ALL),
        row("HTTP/2: bad frame", "The vendor sends a frame that HTTP/2 forbids.", Http2(H2::BadFrame), Unanswered).of(ALL),
        row("HTTP/2: half a body", "The connection ends in the middle of the body.", Http2(H2::Half), Closed).of(THREE),
        row("HTTP/2: hang", "Over HTTP/2, the vendor never responds.", Http2(H2::Hang), Timeout).short(),
        row("HTTP/2: drip", "Over HTTP/2, the body arrives one byte per 500 ms.", Http2(H2::Drip), Timeout).short(),
        // Connections that fail.
        row("refused", "The port has no listener.", Scene::Refused, NothingSent).of(THREE),
        row("unknown host", "The name has no address.", Scene::UnknownHost, NothingSent),
        row("first address drops", "The name has two addresses. The first drops every packet, the second sends a good response.", Scene::FirstDrops, GoodOrNothingSent).once().medium(),
        row("all addresses drop", "Both addresses drop every packet.", Scene::AllDrop, NothingSentInTime).once().short(),
        row("self-signed", "The certificate is self-signed.", Certified(Certificate::SelfSigned), NothingSent),
        row("expired", "The certificate has expired.", Certified(Certificate::Expired), NothingSent),
        row("wrong name", "The certificate is for another host.", Certified(Certificate::OtherName), NothingSent),
        row("TLS version", "The vendor supports none of the client's TLS versions.", Scene::BadTls(BadTls::Version), NothingSent),
        row("TLS closes", "The connection ends in the middle of the TLS handshake.", Scene::BadTls(BadTls::Closes), NothingSent),
        row("TLS hangs", "The vendor never responds to the TLS handshake.", Scene::BadTls(BadTls::Hangs), NothingSentInTime).once().short(),
        row("no TLS", "The vendor responds to the TLS handshake with HTTP.", Scene::BadTls(BadTls::Plain), NothingSent),
        row("proxy refused", "The proxy's port has no listener.", Scene::Proxy(Proxy::Refused), NothingSent),
        row("proxy 403", "The proxy responds to CONNECT with 403.", Scene::Proxy(Proxy::Answers("403 Forbidden")), NothingSent),
        row("proxy 407", "The proxy responds to CONNECT with 407 and a challenge.", Scene::Proxy(Proxy::Answers("407 Proxy Authentication Required")), NothingSent),
        row("proxy 502", "The proxy responds to CONNECT with 502.", Scene::Proxy(Proxy::Answers("502 Bad Gateway")), NothingSent),
        row("proxy closes", "The proxy closes the connection after CONNECT.", Scene::Proxy(Proxy::Closes), NothingSent),
        row("proxy hangs", "The proxy never responds to CONNECT.", Scene::Proxy(Proxy::Hangs), NothingSentInTime).once().short(),
        // Good responses in unusual forms.
        row("good", "The vendor sends a good response.", Http(H1::Say(|responder| responder.plain())), Good).of(ALL),
        row("good, kept", "The same on a kept connection.", Http(H1::Say(|responder| responder.plain())), Good).of(ALL).on_kept_connection(),
        row("good, TLS", "The same over TLS.", Https(H1::Say(|responder| responder.plain())), Good).of(THREE),
        row("chunked", "A good response arrives in chunks, one of them with an extension.", Http(H1::Say(|responder| responder.chunked())), Good),
        row("until close", "The body ends with the connection.", Http(H1::SayAndClose(|responder| responder.until_close())), Good),
        row("gzip", "The response is encoded in gzip, which the client did not request.", Http(H1::Say(|responder| responder.gzip())), Good),
        row("deflate", "The response is encoded in deflate, which the client did not request.", Http(H1::Say(|responder| responder.deflate())), Good),
        row("br", "The response is encoded in Brotli, which the client did not request.", Http(H1::Say(|responder| responder.brotli())), GoodOrNamed("br")),
        row("zstd", "The response is encoded in Zstandard, which the client did not request.", Http(H1::Say(|responder| responder.zstandard())), GoodOrNamed("zstd")),
        row("identity", "The response names the encoding `identity`, which changes nothing.", Http(H1::Say(|responder| responder.identity())), Good),
        row("byte order mark", "The JSON starts with a byte order mark.", Http(H1::Say(|responder| responder.byte_order_mark())), Good),
        row("204", "The vendor responds with 204 and no body.", Http(H1::Say(|_| b"HTTP/1.1 204 No Content\r\n\r\n".to_vec())), Empty).of(&[Call::SendText, Call::Toggle, Call::Delete]),
        row("1xx first", "100 and 103 precede a good response.", Http(H1::Say(|responder| responder.informational())), Good).of(THREE),
        row("repeated headers", "Some headers occur twice, with different values.", Http(H1::Say(|responder| responder.repeated_headers())), Good),
    ]
}

impl Behaviour {
    /// Returns true if most of the time is spent waiting.
    pub(crate) fn waits(&self) -> bool {
        self.timeout != LONG
    }

    /// Returns true if the behaviour needs a transport that supports HTTP/2.
    pub(crate) fn is_http2(&self) -> bool {
        matches!(self.scene, Scene::Http2(_))
    }
}
