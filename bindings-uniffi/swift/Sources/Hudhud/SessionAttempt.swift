// One request over a fresh URLSession.
import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// One request and its outcome. It is a delegate because `URLSession.data(for:)` follows redirects on Linux and has no
/// limit on the size of a response.
final class SessionAttempt: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    private let request: URLRequest
    private let host: String
    private let attempt: Attempt
    private let lock = NSLock()
    private var continuation: CheckedContinuation<Response, any Error>?
    private var body = Data()
    /// The error with which this class ended the request, before the session reports the end.
    private var decided: (any Error)?
    private var requestsSent = 1

    init(_ request: URLRequest, _ host: String, _ attempt: Attempt) {
        self.request = request
        self.host = host
        self.attempt = attempt
    }

    /// Sends the request over a new session, which has no kept connections.
    func run(_ configuration: URLSessionConfiguration) async throws -> Response {
        configuration.timeoutIntervalForResource = attempt.timeout
        let session = URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
        defer { session.finishTasksAndInvalidate() }
        let task = session.dataTask(with: request)
        // The session's timeouts limit the time between two bytes, or do not work on Linux.
        let clock = Task { [attempt] in
            try await Task.sleep(for: .seconds(attempt.timeout))
            self.end(task, with: TransportError(.timeout, reason: self.lateness))
        }
        defer { clock.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let end: (any Error)? = lock.withLock {
                    self.continuation = continuation
                    return decided
                }
                if let end { return finish(.failure(end)) }
                task.resume()
            }
        } onCancel: {
            end(task, with: CancellationError())
        }
    }

    private var lateness: String { "\(host): no complete response within \(attempt.timeout) seconds" }

    private func end(_ task: URLSessionTask, with error: any Error) {
        let decided = lock.withLock {
            self.decided = self.decided ?? error
            return self.decided ?? error
        }
        task.cancel()
        // A task that has not started does not report its cancellation.
        finish(.failure(decided))
    }

    private func finish(_ result: Result<Response, any Error>) {
        let continuation = lock.withLock {
            defer { self.continuation = nil }
            return self.continuation
        }
        continuation?.resume(with: result)
    }

    func urlSession(
        _: URLSession, task _: URLSessionTask, willPerformHTTPRedirection _: HTTPURLResponse,
        newRequest _: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        // A redirected request would carry the keys to another server.
        completionHandler(nil)
    }

    func urlSession(_: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let fits = lock.withLock {
            guard data.count <= attempt.maxResponseBytes - body.count else { return false }
            body.append(data)
            return true
        }
        if !fits { end(dataTask, with: TransportError.tooLarge(attempt.maxResponseBytes)) }
    }

    #if !canImport(FoundationNetworking)
    func urlSession(_: URLSession, task _: URLSessionTask, didFinishCollecting metrics: URLSessionTaskMetrics) {
        lock.withLock { requestsSent = metrics.transactionMetrics.count }
    }
    #endif

    func urlSession(_: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        let (decided, body, requestsSent) = lock.withLock { (self.decided, self.body, self.requestsSent) }
        if let decided { return finish(.failure(decided)) }
        if let error { return finish(.failure(transportError(error, task, requestsSent))) }
        guard let response = task.response as? HTTPURLResponse else {
            return finish(.failure(TransportError(.closed, reason: "\(host): no HTTP response")))
        }
        let headers = response.allHeaderFields.map { Header(name: "\($0.key)", value: "\($0.value)") }
        // The session has already decoded the body.
        let isPacked = headers.contains { $0.name.lowercased() == "content-encoding" }
        let kept = headers.filter { !isPacked || !["content-encoding", "content-length"].contains($0.name.lowercased()) }
        finish(.success(Response(status: UInt16(clamping: response.statusCode), headers: kept, body: body)))
    }

    private func transportError(_ error: any Error, _ task: URLSessionTask, _ requestsSent: Int) -> TransportError {
        let code = (error as? URLError)?.code
        let reason = code == .timedOut ? lateness : "\(host): \(words(for: code))"
        // If a second request cannot connect, the first may have been sent.
        if task.countOfBytesSent == 0, requestsSent <= 1, cannotHaveLeft(code, error) {
            return TransportError(.connect, reason: reason)
        }
        return TransportError(code == .timedOut ? .timeout : .closed, reason: reason)
    }

    private func cannotHaveLeft(_ code: URLError.Code?, _ error: any Error) -> Bool {
        #if canImport(FoundationNetworking)
        // The code describes the last address that was tried, even if another address was reached. The beginning of
        // libcurl's message is reliable.
        let sentence = (error as NSError).userInfo[NSLocalizedDescriptionKey] as? String ?? ""
        return Self.beforeRequest.contains { sentence.hasPrefix($0) }
        #else
        switch code {
        case .cannotConnectToHost, .cannotFindHost, .dnsLookupFailed, .notConnectedToInternet, .secureConnectionFailed,
            .serverCertificateUntrusted, .serverCertificateHasBadDate, .serverCertificateHasUnknownRoot,
            .serverCertificateNotYetValid, .clientCertificateRejected, .clientCertificateRequired,
            .appTransportSecurityRequiresSecureConnection, .badURL, .unsupportedURL:
            return true
        default: return false
        }
        #endif
    }

    #if canImport(FoundationNetworking)
    /// The beginnings of libcurl's messages about name resolution, connecting and the TLS handshake.
    private static let beforeRequest = [
        "Could not resolve", "Couldn't resolve", "Failed to connect", "Couldn't connect", "SSL certificate problem",
        "SSL: no alternative certificate", "SSL: certificate subject name", "TLS connect error", "OpenSSL SSL_connect",
        "error:", "CONNECT tunnel failed", "Proxy CONNECT aborted",
    ]
    #endif

    private func words(for code: URLError.Code?) -> String {
        switch code {
        case .cannotConnectToHost: "the connection cannot be made"
        case .cannotFindHost, .dnsLookupFailed: "the host is unknown"
        case .notConnectedToInternet: "there is no network"
        case .secureConnectionFailed: "the TLS handshake failed"
        case .serverCertificateUntrusted, .serverCertificateHasUnknownRoot: "the certificate is not trusted"
        case .serverCertificateHasBadDate, .serverCertificateNotYetValid: "the certificate is not valid at this time"
        case .networkConnectionLost, .badServerResponse: "the connection ended without a complete response"
        default: "no complete response came (URLError \(code?.rawValue ?? 0))"
        }
    }
}
