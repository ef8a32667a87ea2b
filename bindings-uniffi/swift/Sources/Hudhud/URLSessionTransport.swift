// The default transport: Foundation's HTTP client, without its automatic repetition of requests.
import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A transport over Foundation's HTTP client. It needs no further package.
///
/// Each request gets a fresh connection. On a kept connection that ends without a response, Foundation would repeat the
/// request, and a message could be sent twice.
///
/// On Linux `URLSession` is a layer over libcurl and has no option for a fresh connection or a version of HTTP. On
/// Linux this type therefore calls the same libcurl directly, over HTTP/1.1. Over HTTP/2, libcurl repeats a request if
/// the server reports that it did not process the request. A statically linked program hides libcurl's functions. This
/// type uses `URLSession` in such a program.
public final class URLSessionTransport: Transport {
    private let configuration: Configuration
    private let attempt: AttemptLimits
    private let usesSession: Bool

    /// Creates a transport with the default limits: 60 seconds, and a body of 32 MiB.
    public init() {
        let limits = AttemptLimits(timeout: 60, maxResponseBytes: 32 << 20)
        (configuration, attempt, usesSession) = (Configuration(.ephemeral), limits, CurlLoop.shared == nil)
    }

    /// Creates a transport with limits for each attempt.
    ///
    /// - Parameters:
    ///   - configuration: the source of the proxy, and on Apple's platforms of all other settings. Its cookies and cache
    ///     are not used.
    ///   - timeout: the longest duration of one attempt, from its start until the last byte of the response. It must be longer
    ///     than zero. Default, with `nil`: the shorter of the configuration's `timeoutIntervalForRequest` (60 seconds) and
    ///     `timeoutIntervalForResource`.
    ///   - maxResponseBytes: the largest size of a response body in bytes, after decompression. It must be greater than zero.
    ///   - caFile: a PEM file with the only certificate authorities to trust. It is for Linux only. On Apple's
    ///     platforms the system decides which authorities to trust.
    /// - Throws: `HudhudError.invalidRequest` if a limit is not greater than zero.
    public convenience init(
        configuration: URLSessionConfiguration = .ephemeral, timeout: Duration? = nil,
        maxResponseBytes: Int = 32 << 20, caFile: String? = nil
    ) throws {
        let seconds = timeout.map { $0 / .seconds(1) }
        try self.init(configuration, seconds, maxResponseBytes, caFile, usesSession: CurlLoop.shared == nil)
    }

    init(
        _ configuration: URLSessionConfiguration, _ timeout: TimeInterval?, _ maxResponseBytes: Int, _ caFile: String?,
        usesSession: Bool
    ) throws {
        let timeouts = timeout.map { ["timeout": $0] } ?? [
            "configuration.timeoutIntervalForRequest": configuration.timeoutIntervalForRequest,
            "configuration.timeoutIntervalForResource": configuration.timeoutIntervalForResource,
        ]
        // NaN is not longer than zero either.
        var wrong = timeouts.filter { !($0.value > 0) }.map { ($0.key, "expected a duration > 0, found \($0.value) seconds") }
        if maxResponseBytes <= 0 { wrong.append(("maxResponseBytes", "expected a number > 0, found \(maxResponseBytes)")) }
        guard wrong.isEmpty else { throw HudhudError.invalidSettings(wrong.sorted { $0.0 < $1.0 }) }
        // Clocks cannot measure longer timeouts.
        let longest: TimeInterval = 2_000_000
        let seconds = timeouts.values.reduce(longest, min)
        attempt = AttemptLimits(timeout: seconds, maxResponseBytes: maxResponseBytes, caFile: caFile)
        self.configuration = Configuration(configuration)
        self.usesSession = usesSession
    }

    /// Sends a request and returns the complete response. Cancelling the task cancels the request.
    ///
    /// - Throws: `TransportError` if no complete response came; `CancellationError` if the task was cancelled, or a
    ///   `TransportError` with the fault `connect` if the request certainly did not leave before that.
    public func send(_ request: Request) async throws -> Response {
        try Task.checkCancellation()
        guard let url = URL(string: request.url), let host = url.host else {
            throw TransportError(.connect, reason: "Foundation cannot parse the URL")
        }
        var attempt = attempt
        if let timeout = request.timeout { attempt.timeout = min(attempt.timeout, timeout / .seconds(1)) }
        guard attempt.timeout > 0 else { throw TransportError(.connect, reason: "\(host): the request has no time left") }
        if !usesSession, let loop = CurlLoop.shared {
            attempt.proxy = configuration.proxy(for: url)
            return try await loop.send(request, attempt)
        }
        var wire = URLRequest(url: url)
        wire.httpMethod = request.method
        wire.httpBody = request.body
        wire.timeoutInterval = attempt.timeout
        for header in request.headers { wire.addValue(header.value, forHTTPHeaderField: header.name) }
        return try await SessionAttempt(wire, host, attempt).run(configuration.copy())
    }
}

/// A copy of a configuration that is never modified.
private struct Configuration: @unchecked Sendable {
    private let configuration: URLSessionConfiguration

    init(_ given: URLSessionConfiguration) {
        configuration = given.copy() as? URLSessionConfiguration ?? .ephemeral
        configuration.httpCookieStorage = nil
        configuration.urlCache = nil
    }

    func copy() -> URLSessionConfiguration { configuration.copy() as? URLSessionConfiguration ?? .ephemeral }

    /// Returns the proxy for a URL, or `nil` to use the proxy of the environment.
    func proxy(for url: URL) -> String? {
        let isSecure = url.scheme?.lowercased() == "https"
        let name = isSecure ? "HTTPS" : "HTTP"
        guard let all = configuration.connectionProxyDictionary, let host = all[name + "Proxy"] as? String else { return nil }
        if let enabled = all[name + "Enable"] as? Int, enabled == 0 { return nil }
        return "http://\(host.contains(":") ? "[\(host)]" : host):\(all[name + "Port"] as? Int ?? 80)"
    }
}

extension HudhudError {
    /// Returns the error about settings, with the name of each and its message.
    fileprivate static func invalidSettings(_ wrong: [(field: String, message: String)]) -> HudhudError {
        let (reason, hint) = ("A value is invalid.", "Correct the named fields; nothing was sent.")
        let all = wrong.map { "\($0.field): \($0.message)." }.joined(separator: " ")
        return .invalidRequest(
            failure: ErrorDetails(
                summary: "invalid_request: \(reason) \(all) \(hint)", kind: "invalid_request", call: nil, code: nil, reason: reason,
                fieldErrors: wrong.map { FieldErrors(field: $0.field, messages: [$0.message]) }, requiredAbility: nil,
                safeToRetry: false, mayHaveHappened: false, keyForgotten: false, attempts: 0, elapsed: .zero, details: [:],
                allowedMethods: [], hint: hint, origin: .caller, transportFault: nil, transportReason: nil, idempotencyKey: nil,
                retryAfter: nil, meta: nil, response: nil))
    }
}
