// The clients. A client runs an Exchange over a transport, and adds no logic to it.
import Foundation

/// A client of Zagely, for servers.
///
/// **Not in apps:** the vendor forbids its keys where users can reach them. Use this client on your own server, and let
/// the app call your server.
///
/// ```swift
/// let zagely = try Zagely.fromEnvironment()  // ZAGELY_PUBLIC_KEY, ZAGELY_SECRET_KEY, ZAGELY_SESSION_ID
/// let sent = try await zagely.messages.send(SendMessage(to: "+15551234567", message: "hi"))
/// for try await contact in zagely.contacts.list(.init(tags: ["vip"])) { print(contact.name ?? "") }
/// ```
public typealias Zagely = Client<ZagelyService>

/// A client of Wazaj, for servers.
///
/// **Not in apps:** the vendor forbids its key and its base URL where users can reach them. Use this client on your own
/// server, and let the app call your server.
public typealias Wazaj = Client<WazajService>

/// A client of one vendor. Tasks can share it.
public struct Client<S: Service>: Sendable {
    private let service: S
    private let transport: any Transport
    private let observers: [any Observer]
    private let rateLimiter: RateLimiter?
    private let log: HudhudLogger?

    init(
        _ transport: any Transport, _ observer: (any Observer)?, _ logger: HudhudLogger?, _ rateLimiter: RateLimiter?,
        _ service: S
    ) {
        self.transport = transport
        self.rateLimiter = rateLimiter
        log = logger ?? StandardErrorLog.fromEnvironment()
        var observers: [any Observer] = []
        if let observer { observers.append(observer) }
        if let log { observers.append(LogObserver(log)) }
        self.observers = observers
        self.service = service
    }

    /// Makes a call and returns its output with the metadata and the response. The methods of the groups
    /// (`contacts.get`) return only the output.
    ///
    /// - Throws: `HudhudError` if the call failed; `CallCancelled` if the task was cancelled.
    public func withResponse<C: Call>(_ call: C, options: CallOptions = .init()) async throws -> ApiResponse<C.CallOutput>
    where C.Service == S {
        try await run(exchange(call, options: options))
    }

    /// Returns the items of all pages of a list.
    public func items<C: PagedCall>(_ call: C, options: CallOptions = .init()) -> Items<C> where C.Service == S {
        Items(pages: pages(call, options: options))
    }

    /// Returns the pages of a list. Each page is requested when it is needed.
    public func pages<C: PagedCall>(_ call: C, options: CallOptions = .init()) -> Pages<C> where C.Service == S {
        Pages(client: self, call: call, options: options)
    }

    /// Encodes the request of a call, for programs that send it themselves. It has an idempotency key only if the options
    /// contain one.
    public func request<C: Call>(_ call: C, options: CallOptions = .init()) throws -> Request where C.Service == S {
        try CallArguments.named(C.callName, call, options) {
            try service.request(call: call.inner, options: options.crossing)
        }
    }

    /// Decodes the response to a call. `idempotencyKey` is the key that was sent. It becomes a part of the metadata.
    public func decode<C: Call>(_: C.Type, _ response: Response, idempotencyKey: String? = nil) throws
        -> ApiResponse<C.CallOutput> where C.Service == S
    {
        let (output, meta) = try NativeBridge.decode(
            vendor: S.vendor, call: C.callName, response: response, key: idempotencyKey)
        guard let output = C.read(output) else { preconditionFailure("core returned the output of another call") }
        return ApiResponse(output: output, meta: meta, response: response)
    }

    /// Starts a call and returns its state machine, for programs that do their own I/O. `entropy` is 16 random bytes.
    public func exchange<C: Call>(_ call: C, options: CallOptions = .init(), entropy: Data? = nil) throws
        -> Exchange<C.CallOutput> where C.Service == S
    {
        let handle = try CallArguments.named(C.callName, call, options) {
            try service.exchange(call: call.inner, options: options.crossing, entropy: entropy ?? randomBytes())
        }
        return Exchange(handle, of: C.self)
    }

    /// Makes a call by its name. The input is JSON with the vendor's field names. The output of a list is one page.
    ///
    /// It is for tools that know only at run time which call to make.
    ///
    /// ```swift
    /// let response = try await zagely.callByName("contacts.get", input: #"{"contact_id":"c-1"}"#)
    /// print(outputAsJson(output: response.output))
    /// ```
    ///
    /// - Parameters:
    ///   - name: the call's name, such as `contacts.get`.
    ///   - input: a JSON object. The members of its object `extra` are sent unchanged, like `extra` of the options. If the
    ///     options have a member of the same name, the value in the options is sent.
    ///   - options: the options of the call.
    /// - Throws: `HudhudError.invalidRequest` if no call has this name or the input does not fit it; otherwise the errors
    ///   of every call.
    public func callByName(_ name: String, input: String = "{}", options: CallOptions = .init()) async throws
        -> ApiResponse<Output>
    {
        let (call, extra) = try service.readByName(name: name, input: input)
        let handle = try CallArguments.named(name, extra, options) {
            var all = try options.crossing
            all.extra = extra.merging(options.extra) { _, option in option }
            return try service.exchange(call: call, options: all, entropy: randomBytes())
        }
        return try await run(Exchange(handle, vendor: S.vendor, call: name) { $0 })
    }

    /// Makes a call to a route that this version does not know, with the same retries and errors. Returns the response's
    /// JSON.
    ///
    /// ```swift
    /// let label = try await zagely.request(.patch, "/api/v1/labels/{label_id}", ["label_id": "l-1", "color": "red"])
    /// ```
    ///
    /// - Parameters:
    ///   - method: the HTTP method.
    ///   - path: the path after the base URL. Fields replace its parameters in braces. Write ids as parameters: logs and
    ///     traces then show the path without them.
    ///   - fields: the parameters of the path. The other members become the query of a GET, and the JSON body of other
    ///     methods.
    ///   - options: the options of the call.
    /// - Throws: `HudhudError` if the call failed, or the path, a field or an option is invalid; `CallCancelled` if the
    ///   task was cancelled.
    @discardableResult
    public func request(
        _ method: Method, _ path: String, _ fields: [String: JsonValue] = [:], options: CallOptions = .init()
    ) async throws -> JsonValue {
        try await withResponse(method, path, fields, options: options).output
    }

    /// Does the same as `request`, and returns the JSON with the metadata and the response.
    public func withResponse(
        _ method: Method, _ path: String, _ fields: [String: JsonValue] = [:], options: CallOptions = .init()
    ) async throws -> ApiResponse<JsonValue> {
        let call = RouteCall(method: method, path: path, fields: fields)
        let handle = try CallArguments.named(Tape.byRoute, fields, options) {
            try service.exchangeByRoute(call: call, options: options.crossing, entropy: randomBytes())
        }
        return try await run(
            Exchange(handle, vendor: S.vendor, call: Tape.byRoute) { if case .json(let value) = $0 { value } else { nil } })
    }

    func openOutbox(path: String, call: String) throws -> OutboxHandle {
        try service.openOutbox(path: path, call: call, entropy: randomBytes(), now: now())
    }

    func outboxFields<C: Call>(_ call: C, row: Int) throws -> String where C.Service == S {
        try CallArguments.named(C.callName, call, .init()) { try service.outboxFields(call: call.inner, row: Int64(row)) }
    }

    func nextPages<C: PagedCall>(_ call: C, options: CallOptions) throws -> @Sendable (Data) throws -> ExchangeHandle?
    where C.Service == S {
        try CallArguments.named(C.callName, call, options) {
            try service.nextPages(call: call.inner, options: options.crossing)
        }
    }

    func run<CallOutput>(_ exchange: Exchange<CallOutput>) async throws -> ApiResponse<CallOutput> {
        if let rateLimiter { exchange.wait(for: rateLimiter) }
        guard !observers.isEmpty else { return try await drive(exchange, nil) }
        let watch = Watch(observers, exchange.call, exchange.handle, log)
        do {
            let response = try await drive(exchange, watch)
            watch.succeeded(response.meta)
            return response
        } catch {
            watch.failed(error)
            throw error
        }
    }

    /// Runs an exchange to its end. The watch states what happens.
    private func drive<CallOutput>(_ exchange: Exchange<CallOutput>, _ watch: Watch?) async throws
        -> ApiResponse<CallOutput>
    {
        let begun = ContinuousClock.now
        // The last error of the HTTP client.
        var underlyingError: (any Error)?
        var storeWaits = rateLimiter?.waits(of: exchange.handle, log)
        while true {
            switch try step(exchange, underlyingError, watch) {
            case .send(let request):
                if Task.isCancelled {
                    // The request is not sent.
                    try exchange.fail(.connect, now: now(), reason: nil)
                    throw exchange.cancelled()
                }
                watch?.sends(request)
                let response: Response
                do {
                    response = try await transport.send(request)
                } catch let error as TransportError {
                    underlyingError = error.underlyingError
                    try exchange.fail(error.fault, now: now(), reason: error.reason)
                    watch?.received()
                    if Task.isCancelled { throw end(exchange, watch, exchange.cancelled()) }
                    if error.isUnusable {
                        throw end(exchange, watch, exchange.unusable(error.reason ?? "", begun.duration(to: .now)))
                    }
                    continue
                } catch {
                    let isCancelled = Task.isCancelled
                    // Otherwise it is a mistake of the transport, or an error that it does not translate. Another attempt would
                    // fail again. It may be any error, such as the `HudhudError` of another client, or a `CancellationError`.
                    let reason = isCancelled ? nil : "\(Mistake.reason) \(type(of: error))"
                    try exchange.fail(.closed, now: now(), reason: reason)
                    watch?.received()
                    if isCancelled { throw end(exchange, watch, exchange.cancelled()) }
                    throw end(exchange, watch, exchange.mistaken(error, begun.duration(to: .now)))
                }
                try exchange.receive(response, now: now())
                watch?.received()
            case .wait(let duration):
                do {
                    watch?.waits()
                    if storeWaits == nil { try await Task.sleep(for: duration) } else { try await storeWaits?.wait(duration) }
                } catch is CancellationError { throw exchange.cancelled() }
            case .done(let response): return response
            }
        }
    }
}

extension Client {
    /// Returns the error of a call that ends between two steps. Ends the observed attempt, which no other attempt follows.
    private func end<CallOutput, Failure>(_ exchange: Exchange<CallOutput>, _ watch: Watch?, _ error: Failure) -> Failure {
        if let watch {
            var last = exchange.lastAttempt()
            last?.wait = nil
            watch.ended(last)
        }
        return error
    }

    /// Returns the next step. If the transport failed, adds the transport's own error to the error of the call.
    private func step<CallOutput>(_ exchange: Exchange<CallOutput>, _ underlyingError: (any Error)?, _ watch: Watch?) throws
        -> Step<CallOutput>
    {
        do {
            return try exchange.step(now: now(), watch)
        } catch HudhudError.transport(var failure) {
            failure.underlying.error = underlyingError
            throw HudhudError.transport(failure: failure)
        }
    }
}

/// Text without the secret key.
extension Client: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The vendor, the base URL, and the form of the public key: `pk_…xgZF`.
    public var description: String {
        let identity = service.identity()
        let key = identity.publicKey.map { ", publicKey: \($0)" } ?? ""
        return "\(S.vendor.capitalized)(baseURL: \(identity.baseUrl)\(key))"
    }
    public var debugDescription: String { description }
    /// A mirror without children, because they would show the keys.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Client where S == ZagelyService {
    /// Creates a client from a key pair.
    ///
    /// **Not in apps:** the vendor forbids its keys where users can reach them, and users can read the keys in an app.
    /// Create the client on your own server, and let the app call your server.
    ///
    /// - Parameters:
    ///   - publicKey: `pk_…`
    ///   - secretKey: `sk_…`
    ///   - transport: the transport that sends the requests.
    ///   - baseURL: the origin: `https`, or `http` on loopback. Default: the vendor's.
    ///   - appRoutes: the credentials and the path prefix of requests to the unversioned routes. The defaults are
    ///     inferred: the vendor's page does not state them.
    ///   - settings: settings for requests that differ from the defaults.
    ///   - rateLimiter: decides when each request may leave, so that the limits of the key are used fully, but not exceeded.
    ///     Pass one limiter to all clients of a key. `nil` turns it off. Default: a limiter of this client alone.
    ///   - observer: follows the calls, for metrics and traces.
    ///   - logger: receives log lines. Default: standard error if the environment variable `HUDHUD_LOG` is set.
    /// - Throws: `HudhudError.invalidRequest` if a key, the base URL or a setting is malformed.
    public init(
        publicKey: String, secretKey: String, transport: any Transport = URLSessionTransport(),
        baseURL: String? = nil, appRoutes: AppRoutes? = nil, settings: Settings = .init(),
        rateLimiter: RateLimiter? = RateLimiter(), observer: (any Observer)? = nil, logger: HudhudLogger? = nil
    ) throws {
        let service = try OptionNames.inSwift {
            try ZagelyService(
                publicKey: publicKey, secretKey: secretKey, baseUrl: baseURL, appRoutes: appRoutes, settings: settings.crossing)
        }
        self.init(transport, observer, logger, rateLimiter, service)
    }

    /// Creates a client from environment variables, as `fromEnv` in other languages. An empty variable counts as unset.
    /// Arguments replace variables.
    ///
    /// | variable | value |
    /// |---|---|
    /// | `ZAGELY_PUBLIC_KEY` | the public key, `pk_…`; required |
    /// | `ZAGELY_SECRET_KEY` | the secret key, `sk_…`; required |
    /// | `ZAGELY_SESSION_ID` | the default session, as `sessionId` of `Settings` |
    /// | `ZAGELY_BASE_URL` | the origin instead of the vendor's |
    /// | `ZAGELY_APP_TOKEN` | the token for app routes, as `token` of `AppRoutes` |
    ///
    /// - Parameters:
    ///   - environment: the variables, for tests and for programs that keep them elsewhere.
    ///   - transport: the transport that sends the requests.
    ///   - appRoutes: the credentials and the path prefix of requests to the unversioned routes.
    ///   - settings: settings for requests that differ from the defaults.
    ///   - rateLimiter: decides when each request may leave, so that the limits of the key are used fully, but not exceeded.
    ///     Pass one limiter to all clients of a key. `nil` turns it off. Default: a limiter of this client alone.
    ///   - observer: follows the calls, for metrics and traces.
    ///   - logger: receives log lines. Default: standard error if the environment variable `HUDHUD_LOG` is set.
    /// - Throws: `HudhudError.invalidRequest` if a required variable is not set, or a value is malformed.
    public static func fromEnvironment(
        _ environment: [String: String] = ProcessInfo.processInfo.environment,
        transport: any Transport = URLSessionTransport(), appRoutes: AppRoutes? = nil, settings: Settings = .init(),
        rateLimiter: RateLimiter? = RateLimiter(), observer: (any Observer)? = nil, logger: HudhudLogger? = nil
    ) throws -> Self {
        // Core knows the names. The other variables of the process do not cross to it.
        let variables = environment.filter { $0.key.hasPrefix("ZAGELY_") }
        let service = try OptionNames.inSwift {
            try ZagelyService.fromVariables(variables: variables, appRoutes: appRoutes, settings: settings.crossing)
        }
        return Self(transport, observer, logger, rateLimiter, service)
    }
}

extension Client where S == WazajService {
    /// Creates a client from the key and the base URL of a deployment.
    ///
    /// **Not in apps:** the vendor forbids its key and its base URL where users can reach them, and users can read both
    /// in an app. Create the client on your own server, and let the app call your server.
    ///
    /// - Parameters:
    ///   - apiKey: the key of the deployment.
    ///   - baseURL: the host of the deployment, followed by `/api/wazaj/business`: `https`, or `http` on loopback.
    ///   - transport: the transport that sends the requests.
    ///   - apiKeyScheme: the form in which the key is sent, if it differs from the default.
    ///   - settings: settings for requests that differ from the defaults.
    ///   - rateLimiter: decides when each request may leave, so that the limits of the key are used fully, but not exceeded.
    ///     Pass one limiter to all clients of a key. `nil` turns it off. Default: a limiter of this client alone.
    ///   - observer: follows the calls, for metrics and traces.
    ///   - logger: receives log lines. Default: standard error if the environment variable `HUDHUD_LOG` is set.
    /// - Throws: `HudhudError.invalidRequest` if the key, the base URL or a setting is malformed.
    public init(
        apiKey: String, baseURL: String, transport: any Transport = URLSessionTransport(), apiKeyScheme: ApiKeyScheme? = nil,
        settings: Settings = .init(), rateLimiter: RateLimiter? = RateLimiter(), observer: (any Observer)? = nil,
        logger: HudhudLogger? = nil
    ) throws {
        let service = try OptionNames.inSwift {
            try WazajService(apiKey: apiKey, baseUrl: baseURL, apiKeyScheme: apiKeyScheme, settings: settings.crossing)
        }
        self.init(transport, observer, logger, rateLimiter, service)
    }

    /// Creates a client from the environment variables `WAZAJ_API_KEY` and `WAZAJ_BASE_URL`, as `fromEnv` in other languages.
    /// Both are required. An empty variable counts as unset.
    ///
    /// - Parameters:
    ///   - environment: the variables, for tests and for programs that keep them elsewhere.
    ///   - transport: the transport that sends the requests.
    ///   - apiKeyScheme: the form in which the key is sent, if it differs from the default.
    ///   - settings: settings for requests that differ from the defaults.
    ///   - rateLimiter: decides when each request may leave, so that the limits of the key are used fully, but not exceeded.
    ///     Pass one limiter to all clients of a key. `nil` turns it off. Default: a limiter of this client alone.
    ///   - observer: follows the calls, for metrics and traces.
    ///   - logger: receives log lines. Default: standard error if the environment variable `HUDHUD_LOG` is set.
    /// - Throws: `HudhudError.invalidRequest` if a variable is not set, or its value is malformed.
    public static func fromEnvironment(
        _ environment: [String: String] = ProcessInfo.processInfo.environment,
        transport: any Transport = URLSessionTransport(), apiKeyScheme: ApiKeyScheme? = nil,
        settings: Settings = .init(), rateLimiter: RateLimiter? = RateLimiter(), observer: (any Observer)? = nil,
        logger: HudhudLogger? = nil
    ) throws -> Self {
        // Core knows the names. The other variables of the process do not cross to it.
        let variables = environment.filter { $0.key.hasPrefix("WAZAJ_") }
        let service = try OptionNames.inSwift {
            try WazajService.fromVariables(variables: variables, apiKeyScheme: apiKeyScheme, settings: settings.crossing)
        }
        return Self(transport, observer, logger, rateLimiter, service)
    }
}

extension CallOptions {
    /// The options as they cross to core, which has no negative durations. Core's message for zero has the same words.
    ///
    /// - Throws: `HudhudError.invalidRequest` if a duration of the retry policy is negative.
    var crossing: CallOptions {
        get throws {
            try refuseNegatives(durations: retry?.negatives ?? [])
            var options = self
            options.timeout = timeout.map { max($0, .zero) }
            options.deadline = deadline.map { max($0, .zero) }
            return options
        }
    }
}

extension Settings {
    /// The settings as they cross to core, which has no negative durations.
    ///
    /// - Throws: `HudhudError.invalidRequest` if a duration of the retry policy is negative.
    var crossing: Settings {
        get throws {
            try refuseNegatives(durations: retry?.negatives ?? [])
            return self
        }
    }
}

/// The pages of a list.
public struct Pages<C: PagedCall>: AsyncSequence, Sendable {
    /// A page with its metadata.
    public typealias Element = ApiResponse<C.CallOutput>

    let client: Client<C.Service>
    let call: C
    let options: CallOptions

    /// Returns an iterator that starts with the first page.
    public func makeAsyncIterator() -> Iterator { Iterator(pages: self) }

    /// Requests each page when it is needed. After an error there are no more pages.
    public struct Iterator: AsyncIteratorProtocol {
        let pages: Pages
        var following: (@Sendable (Data) throws -> ExchangeHandle?)?

        /// Returns the next page, or `nil` after the last.
        public mutating func next() async throws -> ApiResponse<C.CallOutput>? {
            let following = try following ?? pages.client.nextPages(pages.call, options: pages.options)
            self.following = following
            guard let handle = try following(randomBytes()) else { return nil }
            return try await pages.client.run(Exchange(handle, of: C.self))
        }
    }
}

/// The items of a list, page after page.
public struct Items<C: PagedCall>: AsyncSequence, Sendable {
    /// An item of the list.
    public typealias Element = C.Item

    let pages: Pages<C>

    /// Returns an iterator that starts with the first page.
    public func makeAsyncIterator() -> Iterator { Iterator(pages: pages.makeAsyncIterator()) }

    /// Returns the items of a page, then requests the next page.
    public struct Iterator: AsyncIteratorProtocol {
        var pages: Pages<C>.Iterator
        var ready: ArraySlice<C.Item> = []

        /// Returns the next item, or `nil` after the last.
        public mutating func next() async throws -> C.Item? {
            while ready.isEmpty {
                guard let page = try await pages.next() else { return nil }
                ready = C.items(page.output)[...]
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
