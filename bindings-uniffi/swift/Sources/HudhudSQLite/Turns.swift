// The order in which tasks use a connection.
import Foundation

/// Lets one task after the other use a connection, in the order of their arrival.
final class Turns: @unchecked Sendable {
    /// A turn of a task. The tasks that this task starts inherit the turn, and may outlive it.
    private final class Turn: @unchecked Sendable {
        let turns: ObjectIdentifier
        private let lock = NSLock()
        private var hasEnded = false

        init(_ turns: Turns) { self.turns = ObjectIdentifier(turns) }

        var isOpen: Bool { lock.withLock { !hasEnded } }
        func end() { lock.withLock { hasEnded = true } }
    }

    /// The turns of the connections that the current task has.
    @TaskLocal private static var held: [Turn] = []

    private let lock = NSLock()
    private var isTaken = false
    private var waiting: [(turn: Turn, continuation: CheckedContinuation<Void, any Error>)] = []

    /// Waits for the turn of this task, and runs `use`. A task that is cancelled waits no longer.
    func take<Result: Sendable>(_ use: @Sendable () async throws -> Result) async throws -> Result {
        let turn = Turn(self)
        guard !Self.held.contains(where: { $0.turns == turn.turns && $0.isOpen }) else {
            throw SQLiteError(code: 21, message: "the handler must not use the store of its inbox: use the connection")
        }
        try await begin(turn)
        defer {
            turn.end()
            end()
        }
        try Task.checkCancellation()
        return try await Self.$held.withValue(Self.held + [turn]) { try await use() }
    }

    private func begin(_ turn: Turn) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let isMine: Bool? = lock.withLock {
                    if Task.isCancelled { return false }
                    guard isTaken else {
                        isTaken = true
                        return true
                    }
                    waiting.append((turn, continuation))
                    return nil
                }
                switch isMine {
                case true?: continuation.resume()
                case false?: continuation.resume(throwing: CancellationError())
                case nil: break
                }
            }
        } onCancel: {
            let cancelled: CheckedContinuation<Void, any Error>? = lock.withLock {
                guard let at = waiting.firstIndex(where: { $0.turn === turn }) else { return nil }
                return waiting.remove(at: at).continuation
            }
            cancelled?.resume(throwing: CancellationError())
        }
    }

    private func end() {
        let next: CheckedContinuation<Void, any Error>? = lock.withLock {
            guard waiting.isEmpty else { return waiting.removeFirst().continuation }
            isTaken = false
            return nil
        }
        next?.resume()
    }
}
