// The outcome of one attempt, with the timer that ends it.
import Foundation

/// The limits, the certificate authorities and the proxy of one request.
struct AttemptLimits: Sendable {
    var timeout: TimeInterval
    let maxResponseBytes: Int
    var caFile: String?
    var proxy: String?
}

/// The outcome of one attempt. A result, the timeout or a cancellation decides it, whichever comes first. The others are ignored.
///
/// The timer has its own queue, on which nothing blocks. The attempt therefore ends when its timeout is over, even if the
/// HTTP client blocks or never reports an end.
final class Outcome: @unchecked Sendable {
    private typealias Continuation = CheckedContinuation<Response, any Error>

    private static let timers = DispatchQueue(label: "dev.hudhud.timeouts")

    private let timeout: TimeInterval
    private let host: String
    private let lock = NSLock()
    private var result: Result<Response, any Error>?
    private var continuation: Continuation?
    private var timer: (any DispatchSourceTimer)?
    private var mayHaveLeft = false

    init(host: String, timeout: TimeInterval) {
        self.host = host
        self.timeout = timeout
    }

    /// Begins the attempt, and waits until its outcome is decided.
    ///
    /// - Parameters:
    ///   - begin: starts the request. It is not called if the task is cancelled already.
    ///   - abandon: ends the request after the timeout or a cancellation. It may be called before `begin` returns.
    func wait(begin: () -> Void, abandon: @escaping @Sendable () -> Void) async throws -> Response {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                if let result = hold(continuation, abandon) { return continuation.resume(with: result) }
                begin()
            }
        } onCancel: {
            // A request that certainly did not leave has had no effect.
            if decide({ $0 ? .failure(CancellationError()) : .failure(TransportError(.connect)) }) { abandon() }
        }
    }

    /// Decides the outcome. Returns false if it was decided before.
    @discardableResult
    func decide(_ result: Result<Response, any Error>) -> Bool { decide { _ in result } }

    /// Records that bytes of the request may leave from now on. Returns false if the outcome is decided: then nothing may be
    /// sent.
    func mayLeave() -> Bool {
        lock.withLock {
            guard result == nil else { return false }
            mayHaveLeft = true
            return true
        }
    }

    /// True if a later result is ignored.
    var isDecided: Bool { lock.withLock { result != nil } }

    /// The reason of a timeout.
    var lateness: String { "\(host): no complete response within \(timeout) seconds" }

    /// Keeps the continuation and starts the timer. Returns the outcome if it is decided already.
    private func hold(
        _ continuation: Continuation, _ abandon: @escaping @Sendable () -> Void
    ) -> Result<Response, any Error>? {
        let timer = DispatchSource.makeTimerSource(queue: Self.timers)
        timer.setEventHandler { [self] in
            let isLate = decide { mayHaveLeft in
                .failure(TransportError(mayHaveLeft ? .timeout : .connect, reason: lateness))
            }
            if isLate { abandon() }
        }
        timer.schedule(deadline: .now() + timeout)
        return lock.withLock {
            // A timer must be activated before it is released.
            timer.activate()
            guard result == nil else {
                timer.cancel()
                return result
            }
            self.continuation = continuation
            self.timer = timer
            return nil
        }
    }

    private func decide(_ result: (_ mayHaveLeft: Bool) -> Result<Response, any Error>) -> Bool {
        let first = lock.withLock { () -> (Result<Response, any Error>, Continuation?, (any DispatchSourceTimer)?)? in
            guard self.result == nil else { return nil }
            let result = result(mayHaveLeft)
            self.result = result
            defer { (continuation, timer) = (nil, nil) }
            return (result, continuation, timer)
        }
        guard let (result, continuation, timer) = first else { return false }
        timer?.cancel()
        continuation?.resume(with: result)
        return true
    }
}
