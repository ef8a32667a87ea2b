// Log lines about calls, for a logger of swift-log's shape, or for standard error.
import Foundation

/// The levels of log lines, with the names that swift-log gives them.
public enum LogLevel: String, Sendable, Comparable, CaseIterable {
    /// An attempt.
    case debug
    /// A call that succeeded, or that the program cancelled.
    case info
    /// A call that failed, a wait before another attempt, or a failure of a rate limiter's store. A wait of five seconds or more
    /// for the rate limiter is a line too, at most once a minute for each limiter.
    case warning

    /// True if the level is less important.
    public static func < (one: LogLevel, other: LogLevel) -> Bool {
        allCases.firstIndex(of: one)! < allCases.firstIndex(of: other)!
    }
}

/// Receives log lines about calls. `LogLevel` lists the lines of each level. The metadata of a line has the same facts as its
/// text. No line contains a key, a phone number or a text of a message.
///
/// With swift-log:
///
/// ```swift
/// let log = Logger(label: "hudhud")
/// let zagely = try Zagely(publicKey: publicKey, secretKey: secretKey) { level, message, metadata in
///     log.log(level: .init(rawValue: level.rawValue)!, "\(message)", metadata: metadata.mapValues { .string($0) })
/// }
/// ```
public typealias HudhudLogger = @Sendable (_ level: LogLevel, _ message: String, _ metadata: [String: String]) -> Void

/// The log on standard error.
enum StandardErrorLog {
    /// Returns a logger that prints the lines of a level and above, if the environment variable `HUDHUD_LOG` is `debug`,
    /// `info` or `warning`.
    static func fromEnvironment() -> HudhudLogger? {
        let name = ProcessInfo.processInfo.environment["HUDHUD_LOG"]?.trimmingCharacters(in: .whitespaces).lowercased() ?? ""
        guard !name.isEmpty else { return nil }
        guard let lowest = LogLevel(rawValue: name == "warn" ? "warning" : name) else {
            write("HUDHUD_LOG: expected debug, info or warning")
            return nil
        }
        return { level, message, _ in
            if level >= lowest { write("\(Date().ISO8601Format()) hudhud \(level.rawValue.uppercased()) \(message)") }
        }
    }

    private static func write(_ line: String) { FileHandle.standardError.write(Data("\(line)\n".utf8)) }
}

/// Logs what a call does. The texts are the same in Python.
struct LogObserver: Observer {
    private let log: HudhudLogger

    init(_ log: @escaping HudhudLogger) { self.log = log }

    func begin(_ call: CallDescription) -> (any CallObserver)? { Lines(call: call, log: log) }

    private struct Lines: CallObserver {
        let call: CallDescription
        let log: HudhudLogger

        func event(_ event: CallEvent) {
            guard case .attemptEnded(let attempt, let method, _) = event else { return }
            var facts = ["call": call.call, "attempt": "\(attempt.number)"]
            facts["status"] = attempt.status.map { "\($0)" }
            facts["error"] = attempt.error
            facts["fault"] = attempt.fault.map { "\($0)" }
            facts["request_id"] = attempt.requestId
            facts["remaining"] = attempt.rateLimit.remaining.map { "\($0)" }
            let url = "\(method) \(call.urlTemplate) to \(call.serverAddress):\(call.serverPort)"
            log(.debug, "\(call.call): attempt \(attempt.number): \(url): \(described(attempt))", facts)
            guard let wait = attempt.wait else { return }
            let seconds = Double(wait.components.seconds) + Double(wait.components.attoseconds) / 1e18
            let shown = String(format: "%.1f", seconds)
            facts["wait_seconds"] = shown
            let failed = reason(attempt.error ?? "", attempt.status.map(Int.init), attempt.fault)
            log(.warning, "\(call.call): attempt \(attempt.number) failed: \(failed); waiting \(shown) s", facts)
        }

        func end(_ end: CallEnd) {
            let outcome = end.error.map { reason($0, end.status, end.fault) }
                ?? "\(end.status ?? 0)" + (end.idempotentReplay ? ", a stored response" : "")
            let attempts = "\(end.attempts) attempt\(end.attempts == 1 ? "" : "s")"
            let (seconds, attoseconds) = end.elapsed.components
            let millis = seconds * 1000 + attoseconds / 1_000_000_000_000_000
            var facts = ["call": call.call, "attempts": "\(end.attempts)", "elapsed_ms": "\(millis)"]
            facts["status"] = end.status.map { "\($0)" }
            facts["error"] = end.error
            // The program itself cancels calls.
            let isFailure = end.error != nil && end.error != "\(CallCancelled.self)"
            log(isFailure ? .warning : .info, "\(call.call): \(outcome) after \(attempts), \(millis) ms", facts)
        }

        /// Returns a text such as `rate_limited (HTTP 429)`, or `transport (connect)`.
        private func reason(_ kind: String, _ status: Int?, _ fault: TransportFault?) -> String {
            if let status { return "\(kind) (HTTP \(status))" }
            return fault.map { "\(kind) (\($0))" } ?? kind
        }

        private func described(_ attempt: Attempt) -> String {
            let status = attempt.status.map(Int.init)
            var parts = [attempt.error.map { reason($0, status, attempt.fault) } ?? "\(status ?? 0)"]
            let limits = attempt.rateLimit
            func add(_ left: UInt64?, _ limit: UInt64?, _ period: String) {
                if let left { parts.append("\(left) of \(limit.map { "\($0)" } ?? "?") left \(period)") }
            }
            add(limits.remaining, limits.limit, "this minute")
            add(limits.dailyRemaining, limits.dailyLimit, "today")
            if let id = attempt.requestId { parts.append("request id \(id)") }
            return parts.joined(separator: ", ")
        }
    }
}
