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
    private let maxResponseBytes: Int
    private let outcome: Outcome
    /// The queue of all calls of the session. On Linux they wait for each other, even between sessions.
    private let queue = DispatchQueue(label: "dev.hudhud.session")
    /// The task, once there is one. Only code on `queue` reads and writes it.
    private var task: URLSessionTask?
    private let lock = NSLock()
    private var body = Data()
    private var requestsSent = 1

    init(_ request: URLRequest, _ host: String, _ attempt: AttemptLimits) {
        self.request = request
        self.host = host
        maxResponseBytes = attempt.maxResponseBytes
        outcome = Outcome(host: host, timeout: attempt.timeout)
    }

    /// Sends the request over a new session, which has no kept connections.
    func run(_ configuration: URLSessionConfiguration) async throws -> Response {
        configuration.timeoutIntervalForResource = request.timeoutInterval
        return try await outcome.wait {
            queue.async { [self] in start(configuration) }
        } abandon: { [self] in
            abandon()
        }
    }

    private func start(_ configuration: URLSessionConfiguration) {
        guard outcome.mayLeave() else { return }
        let session = URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
        let task = session.dataTask(with: request)
        self.task = task
        task.resume()
        // The session ends, and releases this object, when the task ends.
        session.finishTasksAndInvalidate()
    }

    private func finish(_ result: Result<Response, any Error>) { outcome.decide(result) }

    private func abandon() {
        queue.async { [self] in task?.cancel() }
    }

    func urlSession(
        _: URLSession, task _: URLSessionTask, willPerformHTTPRedirection _: HTTPURLResponse,
        newRequest _: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        // A redirected request would carry the keys to another server.
        completionHandler(nil)
    }

    func urlSession(_: URLSession, dataTask _: URLSessionDataTask, didReceive data: Data) {
        let fits = lock.withLock {
            guard data.count <= maxResponseBytes - body.count else { return false }
            body.append(data)
            return true
        }
        if !fits, outcome.decide(.failure(TransportError.tooLarge(maxResponseBytes))) { abandon() }
    }

    #if !canImport(FoundationNetworking)
    func urlSession(_: URLSession, task _: URLSessionTask, didFinishCollecting metrics: URLSessionTaskMetrics) {
        lock.withLock { requestsSent = metrics.transactionMetrics.count }
    }
    #endif

    func urlSession(_: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        let (body, requestsSent) = lock.withLock { (self.body, self.requestsSent) }
        if let error { return finish(.failure(transportError(error, task, requestsSent))) }
        guard let response = task.response as? HTTPURLResponse else {
            return finish(.failure(TransportError(.closed, reason: "\(host): no HTTP response")))
        }
        let headers = response.allHeaderFields.map { Header(name: "\($0.key)", value: "\($0.value)") }
        // The session has already decoded the body.
        let isPacked = headers.contains { $0.name.lowercased() == "content-encoding" }
        let unpacked = headers.filter { !isPacked || !["content-encoding", "content-length"].contains($0.name.lowercased()) }
        finish(.success(Response(status: UInt16(clamping: response.statusCode), headers: unpacked, body: body)))
    }

    private func transportError(_ error: any Error, _ task: URLSessionTask, _ requestsSent: Int) -> TransportError {
        let code = (error as? URLError)?.code
        let reason = code == .timedOut ? outcome.lateness : "\(host): \(words(for: code))"
        // Without its user information, which has the URL.
        let underlying = code.map { URLError($0) }
        // If a second request cannot connect, the first may have been sent.
        if task.countOfBytesSent == 0, requestsSent <= 1, cannotHaveLeft(code, error) {
            return TransportError(.connect, reason: reason, underlyingError: underlying)
        }
        return TransportError(code == .timedOut ? .timeout : .closed, reason: reason, underlyingError: underlying)
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
        default: "no complete response arrived (URLError \(code?.rawValue ?? 0))"
        }
    }
}
