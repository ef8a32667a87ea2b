// Requests over libcurl, on Linux. One thread drives all of them.
import CHudhudCurl
import Foundation

/// Runs requests, each on a fresh connection.
final class CurlLoop: @unchecked Sendable {
    /// The loop of this program, or `nil` if the program has no suitable libcurl.
    static let shared = CurlLoop()

    /// A request that has not ended.
    private struct Awaited {
        let ticket: Ticket
        let transfer: OpaquePointer
        let host: String
        let attempt: AttemptLimits

        var outcome: Outcome { ticket.outcome }
    }

    /// The link from an outcome to its transfer.
    private final class Ticket: @unchecked Sendable {
        let outcome: Outcome
        /// The transfer in the loop. Only the thread of the loop reads and writes it.
        var transfer: OpaquePointer?

        init(_ outcome: Outcome) { self.outcome = outcome }
    }

    private enum Change {
        case begin(Awaited)
        /// The outcome is decided. This change may arrive before the request.
        case abandon(Ticket)
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
    func send(_ request: Request, _ attempt: AttemptLimits) async throws -> Response {
        let host = URLComponents(string: request.url)?.host ?? "?"
        let outcome = Outcome(host: host, timeout: attempt.timeout)
        let ticket = Ticket(outcome)
        return try await outcome.wait {
            guard let transfer = Self.transfer(request, attempt, outcome) else {
                outcome.decide(.failure(Self.refusal))
                return
            }
            make(.begin(Awaited(ticket: ticket, transfer: transfer, host: host, attempt: attempt)))
        } abandon: { [self] in
            make(.abandon(ticket))
        }
    }

    private static var refusal: TransportError { TransportError(.connect, reason: "libcurl rejected the request") }

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
                case .begin(let new):
                    guard !new.outcome.isDecided, hudhud_curl_add(loop, new.transfer) != 0 else {
                        hudhud_curl_transfer_free(new.transfer)
                        new.outcome.decide(.failure(Self.refusal))
                        continue
                    }
                    new.ticket.transfer = new.transfer
                    awaited[new.transfer] = new
                case .abandon(let ticket):
                    guard let transfer = ticket.transfer else { continue }
                    ticket.transfer = nil
                    awaited[transfer] = nil
                    hudhud_curl_remove(loop, transfer)
                }
            }
            hudhud_curl_advance(loop)
            // All ends are read before the wait, which does not notice them.
            var end = hudhud_curl_end()
            while let transfer = hudhud_curl_next(loop, &end) {
                guard let done = awaited.removeValue(forKey: transfer) else {
                    preconditionFailure("libcurl reported the end of an unknown transfer")
                }
                done.ticket.transfer = nil
                let result = Self.result(end, done)
                hudhud_curl_remove(loop, transfer)
                done.outcome.decide(result)
            }
            hudhud_curl_wait(loop)
        }
    }

    /// Creates a transfer, which must end before `outcome` is released.
    private static func transfer(_ request: Request, _ attempt: AttemptLimits, _ outcome: Outcome) -> OpaquePointer? {
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
                        given.may_send = { Unmanaged<Outcome>.fromOpaque($0!).takeUnretainedValue().mayLeave() ? 1 : 0 }
                        given.may_send_data = Unmanaged.passUnretained(outcome).toOpaque()
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
            let reason = reason(end, awaited)
            let underlying = LibcurlError(code: Int(end.code), reason: reason)
            return .failure(TransportError(fault, reason: reason, underlyingError: underlying))
        }
        let head = UnsafeRawBufferPointer(start: end.head, count: end.head_bytes)
        let body = end.body.map { Data(bytes: $0, count: end.body_bytes) } ?? Data()
        let response = Response(status: UInt16(clamping: end.status), headers: headers(head), body: body)
        return .success(response)
    }

    private static let timedOut: Int32 = 28

    /// Returns the reason in fixed texts of libcurl and the system, which contain nothing of the request.
    private static func reason(_ end: hudhud_curl_end, _ awaited: Awaited) -> String {
        if end.code == timedOut { return awaited.outcome.lateness }
        var reason = end.sentence.map { String(cString: $0) } ?? ""
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
