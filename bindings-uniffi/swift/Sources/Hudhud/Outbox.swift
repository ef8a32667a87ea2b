// The outbox: sends each of many messages once. Core decides, and the native library keeps the journal.
import Foundation

/// Sends each of many messages once, even if the program is stopped or killed in between.
///
/// ```swift
/// let outbox = try Outbox(path: "invitations.outbox", client: zagely)
/// try outbox.addAll(guests.map { SendMessage(to: $0.number, message: "Hi \($0.name)") })
/// let report = try await outbox.send()
/// try outbox.close()
/// ```
///
/// Run the same program again to continue: messages that the outbox already has are not added again, and what was sent is
/// not sent again. The journal is a file that contains the recipients and the texts. Only its owner can read it, and one
/// program at a time can use it. Any host of this library can continue it. `docs/outbox.md` explains the rules and what they
/// cannot promise.
///
/// Tasks can share an outbox.
public final class Outbox<S: Service>: Sendable {
    private let handle: OutboxHandle
    private let client: Client<S>
    private let call: String
    private let news = News()

    fileprivate init(_ path: String, _ client: Client<S>, _ call: String, _ refusals: Int) throws {
        guard refusals >= 0 else { throw OutboxError.refused(message: "stopAfterRefusals: expected a number >= 0") }
        handle = try client.openOutbox(path: path, call: call)
        handle.stopAfterRefusals(refusals: Int64(refusals))
        self.client = client
        self.call = call
    }

    /// Adds a message, and returns false if the outbox already has it. A `send` that runs sends it too, unless it is about to end:
    /// call `send` again after the last message.
    ///
    /// - Parameters:
    ///   - message: the call that sends it.
    ///   - id: the id under which it is sent once. Default: the recipient.
    ///   - row: the row of your list. `messages` returns it.
    /// - Throws: `HudhudError.invalidRequest` if the call is invalid; `OutboxError` if the outbox belongs to another call, has
    ///   another message under this id, or takes no more messages.
    @discardableResult
    public func add<C: Call>(_ message: C, id: String? = nil, row: Int = 0) throws -> Bool where C.Service == S {
        guard (0...Int(UInt32.max)).contains(row) else {
            throw OutboxError.refused(message: "row: expected a number from 0 to \(UInt32.max)")
        }
        guard C.callName == call else {
            let place = row > 0 ? "row \(row) of the list: " : ""
            throw OutboxError.refused(message: "\(place)expected a message of \(call), not of \(C.callName)")
        }
        let isNew = try handle.add(id: id, row: Int64(row), fields: client.outboxFields(message, row: row))
        if isNew { news.rise() }
        return isNew
    }

    /// Adds all messages of the outbox, and closes the outbox for further ones. Returns the number of new messages. The rows
    /// are numbered from 1.
    ///
    /// If a message is invalid, the error states its row. The messages of the earlier rows are then in the outbox. The other
    /// messages are not, and the outbox stays open. Correct the row and call this function again with the whole list: no
    /// message is added twice.
    ///
    /// - Throws: the errors of `add`.
    @discardableResult
    public func addAll<C: Call>(_ messages: some Sequence<C>) throws -> Int where C.Service == S {
        var count = 0
        for (at, message) in messages.enumerated() where try add(message, row: at + 1) { count += 1 }
        try handle.closeList()
        return count
    }

    /// The counts of messages.
    public var report: OutboxReport { handle.report() }

    /// Returns the messages in a state, such as the unknown ones.
    public func messages(_ state: OutboxMessageState) throws -> [OutboxMessage] {
        try handle.numbers(state: state).map { try handle.message(number: $0) }
    }

    /// Sends all messages that have no outcome, and returns the report. It waits while the vendor is unavailable. It stops if a
    /// person must act: the report's `stopped` is then the reason.
    ///
    /// A cancelled task ends the calls at once. Their messages are then in doubt, or unknown if they have no keys.
    ///
    /// - Parameters:
    ///   - concurrency: the number of messages in flight at a time.
    ///   - progress: a function that is called after each outcome.
    /// - Throws: `OutboxError` if the journal cannot be written; `HudhudError.store` if the store of the client's rate limiter
    ///   fails; `HudhudError.transport` if the transport threw another error than a `TransportError`; `CancellationError`.
    @discardableResult
    public func send(
        concurrency: Int = 8, progress: (@Sendable (OutboxReport) -> Void)? = nil
    ) async throws -> OutboxReport {
        guard concurrency >= 1 else { throw OutboxError.refused(message: "concurrency: expected a number >= 1") }
        handle.beginSending()
        defer { handle.endSending() }
        let failure = Failure()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<concurrency {
                group.addTask { [self] in
                    do { try await work(failure, progress) } catch { failure.keep(error) }
                    news.rise()
                }
            }
        }
        // The error of a call that the cancellation ended says nothing more.
        if Task.isCancelled, failure.error == nil || failure.error is CallCancelled { throw CancellationError() }
        if let error = failure.error { throw error }
        try handle.flush()
        return report
    }

    private func work(_ failure: Failure, _ progress: (@Sendable (OutboxReport) -> Void)?) async throws {
        while failure.error == nil, !Task.isCancelled {
            let seen = news.count
            switch try handle.next(now: now()) {
            case .send(let number, let fields, let key, let deadline):
                try await deliver(number, fields, key, deadline)
                progress?(report)
            case .wait(let millis): await news.wait(after: seen, atMost: .milliseconds(millis))
            case .busy: await news.wait(after: seen, atMost: .seconds(60))
            case .stopped, .done: return
            }
        }
    }

    /// Sends a message and records its outcome.
    private func deliver(_ number: Int64, _ fields: String, _ key: String?, _ deadline: UInt64?) async throws {
        defer { news.rise() }
        do { try handle.flush() } catch {
            try? handle.notSent(number: number, now: now())
            throw error
        }
        let options = CallOptions(idempotencyKey: key, deadline: deadline.map { .milliseconds($0) })
        let response: ApiResponse<Output>
        do {
            response = try await client.callByName(call, input: fields, options: options)
        } catch let error as HudhudError {
            try handle.failed(number: number, details: error.failure, now: now())
            // These errors say what to correct.
            if case .store = error { throw error }
            if Mistake.caused(error.failure) { throw error }
            return
        } catch {
            let isUnsent = (error as? CallCancelled)?.mayHaveHappened == false
            if isUnsent { try handle.notSent(number: number, now: now()) } else { try handle.lost(number: number, now: now()) }
            throw error
        }
        try handle.sent(number: number, body: response.response.body)
    }

    /// Makes the journal durable and releases it. It throws an `OutboxError` while `send` runs.
    public func close() throws { try handle.release() }
}

extension Outbox where S == ZagelyService {
    /// Opens the journal, or begins it. A journal belongs to the client's public key and base URL.
    ///
    /// - Parameters:
    ///   - path: the file of the journal.
    ///   - client: the client that sends.
    ///   - stopAfterRefusals: the number of refusals in a row after which the outbox stops. 0: refusals do not stop it.
    /// - Throws: `OutboxError` if another program uses the journal, it is damaged, or it belongs to another call or key.
    public convenience init(path: String, client: Zagely, stopAfterRefusals: Int = 20) throws {
        try self.init(path, client, "messages.send", stopAfterRefusals)
    }
}

extension Outbox where S == WazajService {
    /// Opens the journal, or begins it, for a call of Wazaj: `messages.send_text`, or `messages.send_template`.
    public convenience init(
        path: String, client: Wazaj, call: String = "messages.send_text", stopAfterRefusals: Int = 20
    ) throws {
        try self.init(path, client, call, stopAfterRefusals)
    }
}

extension Outbox: CustomStringConvertible {
    /// The counts of messages.
    public var description: String {
        let report = report
        return "Outbox(\(report.sent) sent, \(report.refused) refused, \(report.unknown) unknown, \(report.left) left of \(report.total))"
    }
}

/// The first failure of a task.
private final class Failure: @unchecked Sendable {
    private let lock = NSLock()
    private var first: (any Error)?

    var error: (any Error)? { lock.withLock { first } }

    func keep(_ error: any Error) { lock.withLock { first = first ?? error } }
}

/// The number of outcomes and new messages so far, and the tasks that wait for the next one.
private final class News: @unchecked Sendable {
    private let lock = NSLock()
    private var risen = 0
    private var waiting: [Waiter] = []

    var count: Int { lock.withLock { risen } }

    func rise() {
        let woken = lock.withLock {
            risen += 1
            defer { waiting = [] }
            return waiting
        }
        for waiter in woken { waiter.end() }
    }

    /// Waits until there are more than `seen` of them, but not longer than this time. It returns early if the task is cancelled.
    func wait(after seen: Int, atMost time: Duration) async {
        let waiter = Waiter()
        let isOver = lock.withLock {
            if risen == seen { waiting.append(waiter) }
            return risen != seen
        }
        if isOver { return }
        let timer = Task {
            try? await Task.sleep(for: time)
            waiter.end()
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter.hold($0) }
        } onCancel: {
            waiter.end()
        }
        timer.cancel()
    }
}

/// A task that waits until the first call of `end`.
private final class Waiter: @unchecked Sendable {
    private let lock = NSLock()
    private var isOver = false
    private var continuation: CheckedContinuation<Void, Never>?

    func hold(_ continuation: CheckedContinuation<Void, Never>) {
        let isOver = lock.withLock {
            if !self.isOver { self.continuation = continuation }
            return self.isOver
        }
        if isOver { continuation.resume() }
    }

    func end() {
        let held = lock.withLock {
            isOver = true
            defer { continuation = nil }
            return continuation
        }
        held?.resume()
    }
}
