// Foundation's URLSession as a transport.
import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// `URLSession` as the transport: nothing to add to a program.
public final class URLSessionTransport: Transport {
    private let session: URLSession
    private let responses = Responses()

    /// - Parameter configuration: brings its proxy and time limits. Its cookies and cache are not used.
    public init(configuration: URLSessionConfiguration = .ephemeral) {
        configuration.httpCookieStorage = nil
        configuration.urlCache = nil
        session = URLSession(configuration: configuration, delegate: responses, delegateQueue: nil)
    }

    deinit { session.finishTasksAndInvalidate() }

    public func send(_ request: Request) async throws -> Response {
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

    func expect(_ task: URLSessionTask, _ continuation: CheckedContinuation<Response, any Error>) {
        lock.withLock { awaited[task.taskIdentifier] = Awaited(continuation: continuation) }
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
        guard let awaited = lock.withLock({ awaited.removeValue(forKey: task.taskIdentifier) }) else { return }
        if let error {
            let cancelled = (error as? URLError)?.code == .cancelled
            awaited.continuation.resume(throwing: cancelled ? CancellationError() : TransportError(fault(of: error)))
        } else if let response = task.response as? HTTPURLResponse {
            let headers = response.allHeaderFields.map { Header(name: "\($0.key)", value: "\($0.value)") }
            awaited.continuation.resume(
                returning: Response(status: UInt16(response.statusCode), headers: headers, body: awaited.body))
        } else {
            awaited.continuation.resume(throwing: TransportError(.closed))
        }
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
