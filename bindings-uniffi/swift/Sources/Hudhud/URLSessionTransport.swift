// The usual transport: Foundation's HTTP, kept from repeating requests.
import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Foundation's HTTP as the transport: nothing to add to a program.
///
/// Each request gets a fresh connection. On a kept connection that ends without an answer Foundation repeats the
/// request, and a message would be sent twice.
///
/// On Linux `URLSession` is a layer over libcurl that gives no way to choose a fresh connection or a version of HTTP.
/// On Linux this type therefore calls the same libcurl, over HTTP/1.1: over HTTP/2 libcurl repeats a request whenever
/// the server says that it did not take it. A program that is linked statically hides libcurl's functions; this type
/// falls back on `URLSession` in it.
public final class URLSessionTransport: Transport {
    private let configuration: Configuration
    private let attempt: Attempt
    private let usesSession: Bool

    /// With limits for each attempt.
    ///
    /// - Parameters:
    ///   - configuration: brings the proxy, and on Apple's platforms everything else. Its cookies and cache are not
    ///     used.
    ///   - timeout: how many seconds one attempt may take, from its start until the last byte of the response. If `nil`,
    ///     the shorter of the configuration's `timeoutIntervalForRequest` (60 seconds) and `timeoutIntervalForResource`.
    ///   - maxResponseBytes: how many bytes a response may have once it is unpacked.
    ///   - caFile: a PEM file with the only certificate authorities to trust; on Linux. On Apple's platforms the system
    ///     decides.
    public convenience init(
        configuration: URLSessionConfiguration = .ephemeral, timeout: TimeInterval? = nil,
        maxResponseBytes: Int = 32 << 20, caFile: String? = nil
    ) {
        self.init(configuration, timeout, maxResponseBytes, caFile, usesSession: CurlLoop.shared == nil)
    }

    init(
        _ configuration: URLSessionConfiguration, _ timeout: TimeInterval?, _ maxResponseBytes: Int, _ caFile: String?,
        usesSession: Bool
    ) {
        self.configuration = Configuration(configuration)
        let usual = min(configuration.timeoutIntervalForRequest, configuration.timeoutIntervalForResource)
        let seconds = timeout ?? usual
        // Clocks count no further, and not at all to what is no number.
        let longest: TimeInterval = 2_000_000
        attempt = Attempt(
            timeout: seconds > 0 ? min(seconds, longest) : 0, maxResponseBytes: max(0, maxResponseBytes), caFile: caFile)
        self.usesSession = usesSession
    }

    /// Sends a request and gives the whole response. When the task is cancelled, so is the request.
    ///
    /// - Throws: `TransportError` if none came; `CancellationError` if the task was cancelled.
    public func send(_ request: Request) async throws -> Response {
        try Task.checkCancellation()
        guard let url = URL(string: request.url), let host = url.host else {
            throw TransportError(.connect, reason: "Foundation does not read the address")
        }
        guard attempt.timeout > 0 else { throw TransportError(.connect, reason: "expected a timeout of more than 0 seconds") }
        if !usesSession, let loop = CurlLoop.shared {
            var attempt = attempt
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

/// A copy of a configuration that nothing changes any more.
private struct Configuration: @unchecked Sendable {
    private let configuration: URLSessionConfiguration

    init(_ given: URLSessionConfiguration) {
        configuration = given.copy() as? URLSessionConfiguration ?? .ephemeral
        configuration.httpCookieStorage = nil
        configuration.urlCache = nil
    }

    func copy() -> URLSessionConfiguration { configuration.copy() as? URLSessionConfiguration ?? .ephemeral }

    /// The proxy for an address, or `nil` to leave it to the environment.
    func proxy(for url: URL) -> String? {
        let isSecure = url.scheme?.lowercased() == "https"
        let name = isSecure ? "HTTPS" : "HTTP"
        guard let all = configuration.connectionProxyDictionary, let host = all[name + "Proxy"] as? String else { return nil }
        if let enabled = all[name + "Enable"] as? Int, enabled == 0 { return nil }
        return "http://\(host.contains(":") ? "[\(host)]" : host):\(all[name + "Port"] as? Int ?? 80)"
    }
}
