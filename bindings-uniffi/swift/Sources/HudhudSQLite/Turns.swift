// The order in which tasks use a connection.
import Foundation

/// Lets one task after the other use a connection, in the order of their arrival.
final class Turns: @unchecked Sendable {
    /// The turns of the connections that the current task has.
    @TaskLocal private static var held: [ObjectIdentifier] = []

    private let lock = NSLock()
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Waits for the turn of this task, and runs `use`.
    func take<Result: Sendable>(_ use: @Sendable () async throws -> Result) async throws -> Result {
        guard !Self.held.contains(ObjectIdentifier(self)) else {
            throw SQLiteError(code: 21, message: "the handler must not use the store of its inbox: use the connection")
        }
        await begin()
        defer { end() }
        try Task.checkCancellation()
        return try await Self.$held.withValue(Self.held + [ObjectIdentifier(self)]) { try await use() }
    }

    private func begin() async {
        await withCheckedContinuation { continuation in
            let isMine = lock.withLock {
                if isTaken { waiting.append(continuation) }
                defer { isTaken = true }
                return !isTaken
            }
            if isMine { continuation.resume() }
        }
    }

    private func end() {
        let next: CheckedContinuation<Void, Never>? = lock.withLock {
            guard waiting.isEmpty else { return waiting.removeFirst() }
            isTaken = false
            return nil
        }
        next?.resume()
    }
}
