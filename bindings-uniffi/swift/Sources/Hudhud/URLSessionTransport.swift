// Foundation's URLSession as a transport.
import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// `URLSession` as the transport: nothing to add to a program.
public final class URLSessionTransport: Transport {
    private let session: URLSession
    private let responses = Responses()

    /// With a session of its own.
    ///
    /// - Parameter configuration: brings its proxy and time limits. Its cookies and cache are not used.
    public init(configuration: URLSessionConfiguration = .ephemeral) {
        // Another may use it too.
        let configuration = configuration.copy() as? URLSessionConfiguration ?? .ephemeral
        configuration.httpCookieStorage = nil
        configuration.urlCache = nil
        session = URLSession(configuration: configuration, delegate: responses, delegateQueue: nil)
    }

    deinit { session.finishTasksAndInvalidate() }

    /// Sends a request and gives the whole response. When the task is cancelled, so is the request.
    ///
    /// - Throws: `TransportError` if none came; `CancellationError` if the task was cancelled.
    public func send(_ request: Request) async throws -> Response {
        try Task.checkCancellation()
        guard let url = URL(string: request.url) else { throw TransportError(.connect) }
        var wire = URLRequest(url: url)
        wire.httpMethod = request.method
        wire.httpBody = request.body
        for header in request.headers { wire.addValue(header.value, forHTTPHeaderField: header.name) }
        let task = session.dataTask(with: wire)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                responses.expect(task, continuation)
                task.resume()
            }
        } onCancel: {
            task.cancel()
        }
    }
}

/// Gathers what comes in, task by task. A session's own gathering would follow redirects on Linux.
private final class Responses: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    private struct Awaited {
        let continuation: CheckedContinuation<Response, any Error>
        var body = Data()
    }

    private let lock = NSLock()
    private var awaited: [Int: Awaited] = [:]
    /// How tasks ended before anybody awaited them: cancelled, and that at once.
    private var ended: [Int: any Error] = [:]

    func expect(_ task: URLSessionTask, _ continuation: CheckedContinuation<Response, any Error>) {
        let end: (any Error)? = lock.withLock {
            if let end = ended.removeValue(forKey: task.taskIdentifier) { return end }
            awaited[task.taskIdentifier] = Awaited(continuation: continuation)
            return nil
        }
        if let end { continuation.resume(throwing: end) }
    }

    func urlSession(
        _: URLSession, task _: URLSessionTask, willPerformHTTPRedirection _: HTTPURLResponse,
        newRequest _: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        // The keys would travel with it.
        completionHandler(nil)
    }

    func urlSession(_: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        lock.withLock { awaited[dataTask.taskIdentifier]?.body.append(data) }
    }

    func urlSession(_: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        let end = error.map(told)
        let awaited: Awaited? = lock.withLock {
            if let awaited = self.awaited.removeValue(forKey: task.taskIdentifier) { return awaited }
            ended[task.taskIdentifier] = end ?? TransportError(.closed)
            return nil
        }
        guard let awaited else { return }
        if let end {
            awaited.continuation.resume(throwing: end)
        } else if let response = task.response as? HTTPURLResponse {
            let headers = response.allHeaderFields.map { Header(name: "\($0.key)", value: "\($0.value)") }
            awaited.continuation.resume(
                returning: Response(status: UInt16(response.statusCode), headers: headers, body: awaited.body))
        } else {
            awaited.continuation.resume(throwing: TransportError(.closed))
        }
    }

    private func told(_ error: any Error) -> any Error {
        if (error as? URLError)?.code == .cancelled { return CancellationError() }
        return TransportError(fault(of: error))
    }

    private func fault(of error: any Error) -> TransportFault {
        switch (error as? URLError)?.code {
        case .cannotConnectToHost, .cannotFindHost, .dnsLookupFailed, .notConnectedToInternet, .secureConnectionFailed,
            .serverCertificateUntrusted, .serverCertificateHasBadDate, .serverCertificateHasUnknownRoot:
            .connect
        case .timedOut: .timeout
        default: .closed
        }
    }
}
