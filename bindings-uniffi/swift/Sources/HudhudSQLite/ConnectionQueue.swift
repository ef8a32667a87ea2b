// The order in which tasks use a connection.
import Foundation
import Hudhud

/// Lets one task after the other use a connection, in the order of their arrival.
final class ConnectionQueue: @unchecked Sendable {
    /// The place of a task in the queue. The tasks that this task starts inherit the place, and may outlive it.
    private final class Place: @unchecked Sendable {
        private let queue: ConnectionQueue
        /// The lock of `queue` protects it.
        private var hasEnded = false

        init(_ queue: ConnectionQueue) { self.queue = queue }

        func isOpen(in other: ConnectionQueue) -> Bool { queue === other && queue.lock.withLock { !hasEnded } }

        /// Gives the place up, and returns the task that waits next, if there is one.
        func end() -> CheckedContinuation<Void, any Error>? {
            queue.lock.withLock {
                hasEnded = true
                guard queue.waiting.isEmpty else { return queue.waiting.removeFirst().continuation }
                queue.isTaken = false
                return nil
            }
        }
    }

    /// The places of the current task, one for each connection that it uses.
    @TaskLocal private static var held: [Place] = []

    private let longestWait: Duration
    private let lock = NSLock()
    private var isTaken = false
    private var waiting: [(place: Place, continuation: CheckedContinuation<Void, any Error>)] = []

    /// Creates a queue. A task that has waited for `longestWait` gets `InboxBusy`: a handler may hang.
    init(longestWait: Duration = .seconds(30)) { self.longestWait = longestWait }

    /// Waits until the connection is free for this task, and runs `use`. A task that is cancelled waits no longer, and does not run `use`, unless
    /// `isCancellable` is false.
    func take<Result: Sendable>(
        isCancellable: Bool = true, _ use: @Sendable () async throws -> Result
    ) async throws -> Result {
        let place = Place(self)
        guard !Self.held.contains(where: { $0.isOpen(in: self) }) else {
            throw SQLiteError(code: 21, message: "the handler must not use the store of its inbox: use the connection")
        }
        if !takeAtOnce() { try await begin(place, isCancellable) }
        defer { place.end()?.resume() }
        if isCancellable { try Task.checkCancellation() }
        return try await Self.$held.withValue(Self.held + [place]) { try await use() }
    }

    /// Takes the connection if no task has it.
    private func takeAtOnce() -> Bool {
        lock.withLock {
            if isTaken { return false }
            isTaken = true
            return true
        }
    }

    private func begin(_ place: Place, _ isCancellable: Bool) async throws {
        let timer = Task { [self] in
            try await Task.sleep(for: longestWait)
            refuse(place, InboxBusy())
        }
        defer { timer.cancel() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let isMine: Bool? = lock.withLock {
                    if isCancellable, Task.isCancelled { return false }
                    guard isTaken else {
                        isTaken = true
                        return true
                    }
                    waiting.append((place, continuation))
                    return nil
                }
                switch isMine {
                case true?: continuation.resume()
                case false?: continuation.resume(throwing: CancellationError())
                case nil: break
                }
            }
        } onCancel: {
            if isCancellable { refuse(place, CancellationError()) }
        }
    }

    /// Ends the wait of a task with an error, if it still waits.
    private func refuse(_ place: Place, _ error: any Error) {
        let refused: CheckedContinuation<Void, any Error>? = lock.withLock {
            guard let at = waiting.firstIndex(where: { $0.place === place }) else { return nil }
            return waiting.remove(at: at).continuation
        }
        refused?.resume(throwing: error)
    }
}
