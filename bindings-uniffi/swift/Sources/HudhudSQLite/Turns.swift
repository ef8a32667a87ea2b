// The order in which tasks use a connection.
import Foundation

/// Lets one task after the other use a connection, in the order of their arrival.
final class Turns: @unchecked Sendable {
    /// A turn of a task. The tasks that this task starts inherit the turn, and may outlive it.
    private final class Turn: @unchecked Sendable {
        private let turns: Turns
        /// The lock of `turns` protects it.
        private var hasEnded = false

        init(_ turns: Turns) { self.turns = turns }

        func isOpen(in other: Turns) -> Bool { turns === other && turns.lock.withLock { !hasEnded } }

        /// Ends the turn, and returns the task that waits next, if there is one.
        func end() -> CheckedContinuation<Void, any Error>? {
            turns.lock.withLock {
                hasEnded = true
                guard turns.waiting.isEmpty else { return turns.waiting.removeFirst().continuation }
                turns.isTaken = false
                return nil
            }
        }
    }

    /// The turns of the connections that the current task has.
    @TaskLocal private static var held: [Turn] = []

    private let lock = NSLock()
    private var isTaken = false
    private var waiting: [(turn: Turn, continuation: CheckedContinuation<Void, any Error>)] = []

    /// Waits for the turn of this task, and runs `use`. A task that is cancelled waits no longer, and does not run `use`, unless
    /// `isCancellable` is false.
    func take<Result: Sendable>(
        isCancellable: Bool = true, _ use: @Sendable () async throws -> Result
    ) async throws -> Result {
        let turn = Turn(self)
        guard !Self.held.contains(where: { $0.isOpen(in: self) }) else {
            throw SQLiteError(code: 21, message: "the handler must not use the store of its inbox: use the connection")
        }
        if !takeAtOnce() { try await begin(turn, isCancellable) }
        defer { turn.end()?.resume() }
        if isCancellable { try Task.checkCancellation() }
        return try await Self.$held.withValue(Self.held + [turn]) { try await use() }
    }

    /// Takes the connection if no task has it.
    private func takeAtOnce() -> Bool {
        lock.withLock {
            if isTaken { return false }
            isTaken = true
            return true
        }
    }

    private func begin(_ turn: Turn, _ isCancellable: Bool) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let isMine: Bool? = lock.withLock {
                    if isCancellable, Task.isCancelled { return false }
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
            guard isCancellable else { return }
            let cancelled: CheckedContinuation<Void, any Error>? = lock.withLock {
                guard let at = waiting.firstIndex(where: { $0.turn === turn }) else { return nil }
                return waiting.remove(at: at).continuation
            }
            cancelled?.resume(throwing: CancellationError())
        }
    }
}
