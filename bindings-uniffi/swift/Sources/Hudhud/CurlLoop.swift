// Requests over libcurl, on Linux. One thread drives all of them.
import CHudhudCurl
import Foundation

/// The limits, the certificate authorities and the proxy of one request.
struct Attempt: Sendable {
    let timeout: TimeInterval
    let maxResponseBytes: Int
    var caFile: String?
    var proxy: String?
}

/// Runs requests, each on a fresh connection.
final class CurlLoop: @unchecked Sendable {
    /// The loop of this program, or `nil` if the program has no suitable libcurl.
    static let shared = CurlLoop()

    private typealias Continuation = CheckedContinuation<Response, any Error>

    /// A request that has not ended.
    private struct Awaited {
        let ticket: Ticket
        let transfer: OpaquePointer
        let continuation: Continuation
        let host: String
        let attempt: Attempt
    }

    /// The link from a cancellation to its request. Only the thread of the loop reads and writes its fields.
    private final class Ticket: @unchecked Sendable {
        var transfer: OpaquePointer?
        /// True if the request was cancelled. The cancellation may arrive before the request.
        var isCancelled = false
    }

    private enum Change {
        case begin(Ticket, Awaited)
        case cancel(Ticket)
    }

    private let loop: OpaquePointer
    private let lock = NSLock()
    private var changes: [Change] = []

    private init?() {
        guard let loop = hudhud_curl_loop_new() else { return nil }
        self.loop = loop
        let thread = Thread { [self] in run() }
        thread.name = "dev.hudhud.curl"
        thread.start()
    }

    /// Sends a request. The caller checks first that the task is not cancelled.
    func send(_ request: Request, _ attempt: Attempt) async throws -> Response {
        let ticket = Ticket()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard let transfer = Self.transfer(request, attempt) else {
                    let reason = "libcurl refuses the request"
                    return continuation.resume(throwing: TransportError(.connect, reason: reason))
                }
                let host = URLComponents(string: request.url)?.host ?? "?"
                let awaited = Awaited(
                    ticket: ticket, transfer: transfer, continuation: continuation, host: host, attempt: attempt)
                make(.begin(ticket, awaited))
            }
        } onCancel: {
            make(.cancel(ticket))
        }
    }

    private func make(_ change: Change) {
        lock.withLock { changes.append(change) }
        hudhud_curl_wake(loop)
    }

    private func run() {
        hudhud_curl_thread_begins()
        var awaited: [OpaquePointer: Awaited] = [:]
        while true {
            let changes = lock.withLock {
                defer { self.changes = [] }
                return self.changes
            }
            for change in changes {
                switch change {
                case .begin(let ticket, let new) where ticket.isCancelled:
                    hudhud_curl_transfer_free(new.transfer)
                    new.continuation.resume(throwing: CancellationError())
                case .begin(let ticket, let new):
                    ticket.transfer = new.transfer
                    awaited[new.transfer] = new
                    hudhud_curl_add(loop, new.transfer)
                case .cancel(let ticket):
                    ticket.isCancelled = true
                    guard let transfer = ticket.transfer, let gone = awaited.removeValue(forKey: transfer) else { continue }
                    hudhud_curl_remove(loop, transfer)
                    gone.continuation.resume(throwing: CancellationError())
                }
            }
            hudhud_curl_run(loop)
            var end = hudhud_curl_end()
            while let transfer = hudhud_curl_next(loop, &end) {
                guard let done = awaited.removeValue(forKey: transfer) else {
                    preconditionFailure("libcurl reported the end of an unknown transfer")
                }
                done.ticket.transfer = nil
                let result = Self.result(end, done)
                hudhud_curl_remove(loop, transfer)
                done.continuation.resume(with: result)
            }
        }
    }

    private static func transfer(_ request: Request, _ attempt: Attempt) -> OpaquePointer? {
        var lines = request.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        // Empty lines keep libcurl from adding these two headers.
        lines.append("Expect:")
        if !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) { lines.append("Content-Type:") }
        let texts = lines.map { strdup($0) }
        let file = attempt.caFile.map { strdup($0) }
        let proxy = attempt.proxy.map { strdup($0) }
        defer { (texts + [file ?? nil, proxy ?? nil]).forEach { free($0) } }
        let headers = texts.map { UnsafePointer($0) } + [nil]
        let milliseconds = max(1, min(attempt.timeout * 1000, Double(Int32.max)))
        return headers.withUnsafeBufferPointer { headers in
            request.url.withCString { url in
                request.method.withCString { method in
                    (request.body ?? Data()).withUnsafeBytes { body in
                        var given = hudhud_curl_request()
                        given.url = url
                        given.method = method
                        given.headers = headers.baseAddress
                        given.has_body = request.body == nil ? 0 : 1
                        given.body = body.bindMemory(to: UInt8.self).baseAddress
                        given.body_bytes = body.count
                        given.timeout_ms = Int(milliseconds)
                        given.most_bytes = max(0, attempt.maxResponseBytes)
                        given.ca_file = file.flatMap { UnsafePointer($0) }
                        given.proxy = proxy.flatMap { UnsafePointer($0) }
                        return hudhud_curl_transfer_new(&given)
                    }
                }
            }
        }
    }

    private static func result(_ end: hudhud_curl_end, _ awaited: Awaited) -> Result<Response, any Error> {
        let attempt = awaited.attempt
        if end.is_too_large != 0 { return .failure(TransportError.tooLarge(attempt.maxResponseBytes)) }
        guard end.code == 0 else {
            let fault: TransportFault =
                if end.may_have_left == 0 { .connect } else { end.code == timedOut ? .timeout : .closed }
            return .failure(TransportError(fault, reason: reason(end, awaited)))
        }
        let head = UnsafeRawBufferPointer(start: end.head, count: end.head_bytes)
        let body = end.body.map { Data(bytes: $0, count: end.body_bytes) } ?? Data()
        let response = Response(status: UInt16(clamping: end.status), headers: headers(head), body: body)
        return .success(response)
    }

    private static let timedOut: Int32 = 28

    /// Returns the reason in fixed texts of libcurl and the system, which contain nothing of the request.
    private static func reason(_ end: hudhud_curl_end, _ awaited: Awaited) -> String {
        var reason = end.code == timedOut
            ? "no complete response within \(awaited.attempt.timeout) seconds" : end.sentence.map { String(cString: $0) } ?? ""
        if end.system_error != 0 { reason += " (\(String(cString: strerror(Int32(end.system_error)))))" }
        if let tls = end.tls.map({ String(cString: $0) }), !tls.isEmpty { reason += " (\(tls))" }
        return "\(awaited.host): \(reason)"
    }

    /// Parses the header lines. If there is a content encoding, libcurl has decoded the body: `Content-Encoding` and
    /// `Content-Length` are dropped.
    static func headers(_ head: UnsafeRawBufferPointer) -> [Header] {
        let headers = head.split(separator: UInt8(ascii: "\n")).compactMap { line -> Header? in
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            func text(_ part: Slice<UnsafeRawBufferPointer>) -> String {
                String(decoding: part, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            }
            return Header(name: text(line[..<colon]), value: text(line[line.index(after: colon)...]))
        }
        let isPacked = headers.contains { $0.name.lowercased() == "content-encoding" }
        return headers.filter { header in
            let name = header.name.lowercased()
            return !isPacked || (name != "content-encoding" && name != "content-length")
        }
    }
}

extension TransportError {
    /// Returns the error for a response that exceeds the limit `most`, in bytes.
    static func tooLarge(_ most: Int) -> TransportError {
        TransportError(.closed, reason: "the response is larger than \(most) bytes; raise maxResponseBytes")
    }
}
