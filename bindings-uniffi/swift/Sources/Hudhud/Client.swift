// The ready clients: the loop of Exchange over a transport, and nothing else.
import Foundation

/// A client of Zagely, for servers.
///
/// **Not in apps:** the vendor forbids its keys where users can reach them. Call this from your own server, and let the
/// app call that.
///
/// ```swift
/// let zagely = Zagely(publicKey: publicKey, secretKey: secretKey)
/// let sent = try await zagely.messages.send(SendMessage(to: "+15551234567", message: "hi"))
/// for try await contact in zagely.contacts.list(.init(tags: ["vip"])) { print(contact.name ?? "") }
/// ```
public typealias Zagely = Client<ZagelyService>

/// A client of Wazaj, for servers.
///
/// **Not in apps:** the vendor forbids its key and its address where users can reach them. Call this from your own
/// server, and let the app call that.
public typealias Wazaj = Client<WazajService>

/// What the clients of both vendors can do beside their calls. It is safe to share between tasks.
public struct Client<S: Service>: Sendable {
    /// What is wrong with the keys is told by the first call.
    private let service: Result<S, any Error>
    private let transport: any Transport

    init(_ transport: any Transport, _ service: () throws -> S) {
        self.transport = transport
        self.service = Result { try service() }
    }

    /// Makes a call, and gives its reply with the metadata. The groups (`contacts.get`) give the answer alone.
    ///
    /// - Throws: `HudhudError` if it failed; `CallCancelled` if the task was cancelled.
    public func reply<C: Call>(_ call: C, options: CallOptions = .init()) async throws -> Reply<C.Answered>
    where C.Service == S {
        guard let reply = try await run(exchange(call, options: options)) else {
            preconditionFailure("only a page can have been seen before")
        }
        return reply
    }

    /// The items of all pages of a list.
    public func items<C: PagedCall>(_ call: C, options: CallOptions = .init()) -> Items<C> where C.Service == S {
        Items(pages: pages(call, options: options))
    }

    /// The pages of a list, each asked for when it is needed.
    public func pages<C: PagedCall>(_ call: C, options: CallOptions = .init()) -> Pages<C> where C.Service == S {
        Pages(client: self, call: call, options: options)
    }

    /// The request of a call, to be sent by other means. Without an idempotency key in the options none is sent.
    public func request<C: Call>(_ call: C, options: CallOptions = .init()) throws -> Request where C.Service == S {
        try service.get().request(call: call.inner, options: options)
    }

    /// The reply in a response to a call. `idempotencyKey` is the one that was sent; it is handed on in the metadata.
    public func decode<C: Call>(_: C.Type, _ response: Response, idempotencyKey: String? = nil) throws
        -> Reply<C.Answered> where C.Service == S
    {
        let (answer, meta) = try Door.decode(
            vendor: S.vendor, call: C.callName, response: response, key: idempotencyKey)
        guard let answer = C.read(answer) else { preconditionFailure("an answer of another call") }
        return Reply(answer: answer, meta: meta, response: response)
    }

    /// The call in flight, to be driven by other means. `entropy` is 16 bytes of randomness.
    public func exchange<C: Call>(_ call: C, options: CallOptions = .init(), entropy: Data? = nil) throws
        -> Exchange<C.Answered> where C.Service == S
    {
        let flying = try service.get().exchange(call: call.inner, options: options, entropy: entropy ?? randomBytes())
        return Exchange(flying, of: C.self)
    }

    /// Makes a call by its name, with its input as JSON under the vendor's names: for tools, which learn only when they
    /// run what they are to call. Of a list it gives one page.
    ///
    /// ```swift
    /// let reply = try await zagely.reply(named: "contacts.get", input: #"{"contact_id":"c-1"}"#)
    /// print(answerAsJson(answer: reply.answer))
    /// ```
    ///
    /// - Parameters:
    ///   - name: the call's name, such as `contacts.get`.
    ///   - input: a JSON object. What stands in it under `extra` is sent as it is, as what stands in the options'.
    ///   - options: as with every call.
    /// - Throws: `HudhudError.invalidRequest` if there is no such call or it takes no such input; else what every call
    ///   throws.
    public func reply(named name: String, input: String = "{}", options: CallOptions = .init()) async throws
        -> Reply<Answer>
    {
        let service = try service.get()
        let (call, extra) = try service.readNamed(name: name, input: input)
        let all = CallOptions(
            idempotencyKey: options.idempotencyKey, method: options.method,
            extra: extra.merging(options.extra) { _, option in option }, checks: options.checks, retry: options.retry)
        let flying = try service.exchange(call: call, options: all, entropy: randomBytes())
        guard let reply = try await run(Exchange(flying, vendor: S.vendor, call: name) { $0 }) else {
            preconditionFailure("only a page can have been seen before")
        }
        return reply
    }

    func nextPages<C: PagedCall>(_ call: C, options: CallOptions) throws -> @Sendable (Data) throws -> Flying?
    where C.Service == S {
        try service.get().nextPages(call: call.inner, options: options)
    }

    func run<Answered>(_ exchange: Exchange<Answered>) async throws -> Reply<Answered>? {
        var flight = Flight(call: exchange.call, key: exchange.idempotencyKey)
        while true {
            switch try exchange.step(now: now()) {
            case .send(let request):
                if Task.isCancelled { throw flight.cancelled() }
                flight.begin()
                do {
                    try exchange.receive(try await transport.send(request), now: now())
                } catch let error as TransportError {
                    flight.fail(error)
                    if Task.isCancelled { throw flight.cancelled() }
                    try exchange.fail(error.fault, now: now(), reason: error.reason)
                } catch let error where error is CancellationError || Task.isCancelled {
                    throw flight.cancelled()
                }
            case .wait(let duration):
                do { try await Task.sleep(for: duration) } catch { throw flight.cancelled() }
            case .done(let reply): return reply
            case .end: return nil
            }
        }
    }
}

/// Without keys.
extension Client: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Whose client it is.
    public var description: String { "Client(\(S.vendor))" }
    public var debugDescription: String { description }
    /// Nothing: the keys would be in it.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Client where S == ZagelyService {
    /// With a key pair. A key or an address that cannot be one is told by the first call.
    ///
    /// **Not in apps:** the vendor forbids its keys where users can reach them, and who has an app has the keys in it.
    /// Make a client on your own server, and let the app call that.
    ///
    /// - Parameters:
    ///   - publicKey: `pk_…`
    ///   - secretKey: `sk_…`
    ///   - transport: what sends.
    ///   - baseURL: the vendor's origin unless given: `https`, or `http` on loopback.
    ///   - appRoutes: how the unversioned routes are called; inferred, the vendor's page does not say.
    ///   - settings: how requests are made, where the usual way does not do.
    public init(
        publicKey: String, secretKey: String, transport: any Transport = URLSessionTransport(),
        baseURL: String? = nil, appRoutes: AppRoutes? = nil, settings: Settings = .init()
    ) {
        self.init(transport) {
            try ZagelyService(
                publicKey: publicKey, secretKey: secretKey, baseUrl: baseURL, appRoutes: appRoutes, settings: settings)
        }
    }
}

extension Client where S == WazajService {
    /// With the key of a deployment, and its host and `/api/wazaj/business`. What is wrong with them is told by the
    /// first call.
    ///
    /// **Not in apps:** the vendor forbids its key and its address where users can reach them, and who has an app has
    /// what is in it. Make a client on your own server, and let the app call that.
    ///
    /// - Parameters:
    ///   - apiKey: the key of the deployment.
    ///   - baseURL: its host and `/api/wazaj/business`: `https`, or `http` on loopback.
    ///   - transport: what sends.
    ///   - keyForm: how the key is sent, where the usual way does not do.
    ///   - settings: how requests are made, where the usual way does not do.
    public init(
        apiKey: String, baseURL: String, transport: any Transport = URLSessionTransport(), keyForm: KeyForm? = nil,
        settings: Settings = .init()
    ) {
        self.init(transport) {
            try WazajService(apiKey: apiKey, baseUrl: baseURL, keyForm: keyForm, settings: settings)
        }
    }
}

/// The pages of a list.
public struct Pages<C: PagedCall>: AsyncSequence, Sendable {
    /// A page, with its metadata.
    public typealias Element = Reply<C.Answered>

    let client: Client<C.Service>
    let call: C
    let options: CallOptions

    /// Begins with the first page.
    public func makeAsyncIterator() -> Iterator { Iterator(pages: self) }

    /// Asks for a page when it is needed; after an error there are no more.
    public struct Iterator: AsyncIteratorProtocol {
        let pages: Pages
        var following: (@Sendable (Data) throws -> Flying?)?

        /// The next page, or `nil` after the last.
        public mutating func next() async throws -> Reply<C.Answered>? {
            let following = try following ?? pages.client.nextPages(pages.call, options: pages.options)
            self.following = following
            guard let flying = try following(randomBytes()) else { return nil }
            return try await pages.client.run(Exchange(flying, of: C.self))
        }
    }
}

/// The items of a list, page after page.
public struct Items<C: PagedCall>: AsyncSequence, Sendable {
    /// What the list holds.
    public typealias Element = C.Item

    let pages: Pages<C>

    /// Begins with the first page.
    public func makeAsyncIterator() -> Iterator { Iterator(pages: pages.makeAsyncIterator()) }

    /// Goes through a page, then asks for the next.
    public struct Iterator: AsyncIteratorProtocol {
        var pages: Pages<C>.Iterator
        var ready: ArraySlice<C.Item> = []

        /// The next item, or `nil` after the last.
        public mutating func next() async throws -> C.Item? {
            while ready.isEmpty {
                guard let page = try await pages.next() else { return nil }
                ready = C.items(page.answer)[...]
            }
            return ready.popFirst()
        }
    }
}

func now() -> UInt64 { UInt64(max(0, Date().timeIntervalSince1970 * 1000)) }

func randomBytes() -> Data {
    var random = SystemRandomNumberGenerator()
    return Data((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) })
}
