// The inbox: handles each webhook event once. Core decides, and a store keeps an entry for each event.
import Foundation

/// The parts that both modes share. `docs/inbox.md` explains the rules.
public class Inbox: @unchecked Sendable {
    private let entries: any InboxStore
    let rules: InboxRules

    init(_ store: any InboxStore, _ rules: InboxRules) { (entries, self.rules) = (store, rules) }

    /// Deletes entries whose deliveries cannot be repeated any more, at most 1,000. Returns their number. An inbox does this
    /// itself once an hour.
    @discardableResult
    public func cleanUp() async throws -> Int { try await entries.cleanUp(now: rules.clock()) }

    /// Returns the keys of all poisoned events. A key is the id of the delivery, unless that has unusual characters.
    public func poisoned() async throws -> [String] { try await entries.poisoned() }

    /// Deletes the entry of an event, so that its next delivery is handled. Returns true if there was an entry.
    /// Afterwards, let the vendor deliver the event again, from its log of deliveries.
    @discardableResult
    public func forget(key: String) async throws -> Bool { try await entries.forget(key: key) }
}

/// An inbox whose handler writes rows in the store's database. Its effects occur exactly once, because the mark of the event
/// is written in the same transaction.
///
/// ```swift
/// let inbox = try TransactionalInbox(SQLiteInboxStore(path: "shop.db"))
/// let receipt = try await inbox.receive(webhook.receive(headers: headers, body: body)) { event, database in
///     try await database.execute("INSERT INTO received VALUES (?)", [.text("\(Date())")])
/// }
/// // Respond with receipt.httpStatus and receipt.headers.
/// ```
public final class TransactionalInbox<Store: TransactionalInboxStore>: Inbox, @unchecked Sendable {
    private let store: Store

    /// Creates an inbox.
    ///
    /// - Parameters:
    ///   - store: a store with transactions.
    ///   - maxAttempts: the number of failed attempts after which an event is poisoned.
    ///   - clock: the source of the current time.
    ///   - logger: receives a line for each failed attempt, without the text of its error. Default: standard error if the
    ///     environment variable `HUDHUD_LOG` is set.
    /// - Throws: `HudhudError.invalidRequest` if a setting is outside of its range.
    public init(
        _ store: Store, maxAttempts: Int = 5, clock: @escaping @Sendable () -> Date = { Date() }, logger: HudhudLogger? = nil
    ) throws {
        self.store = store
        let lease = Duration.seconds(30)
        try super.init(store, InboxRules(isTransactional: true, lease: lease, maxAttempts: maxAttempts, clock: clock, logger: logger))
    }

    /// Handles the event of a verified delivery, unless it was handled before. The error of the handler is in the receipt. A
    /// handler that ends because the task was cancelled is not counted as an attempt.
    ///
    /// - Parameters:
    ///   - delivery: the delivery, which `Webhook.receive` returns.
    ///   - handler: writes rows through the connection of the transaction. It must not commit.
    /// - Throws: the error of the store; if the task was cancelled, `CancellationError`, or `CallCancelled` if the handler was in
    ///   a call of a client. Respond with 500, so that the vendor delivers again.
    public func receive(
        _ delivery: VerifiedDelivery,
        handler: @escaping @Sendable (_ event: WebhookEvent, _ connection: Store.Connection) async throws -> Void
    ) async throws -> InboxReceipt {
        let arrival = try await rules.arrival(delivery, store)
        do {
            return try await store.transaction { transaction in
                let claimed = try await arrival.claim {
                    try await transaction.putOrGet(key: $0, change: $1)
                } replace: {
                    try await transaction.replace(key: $0, change: $1)
                }
                switch claimed {
                case .refused(let receipt): return receipt
                case .handle(let claim):
                    do { try await handler(delivery.event, transaction.connection) } catch {
                        throw HandlerFailed(claim: claim, error: error)
                    }
                    return InboxReceipt(.handled)
                }
            }
        } catch is InboxBusy {
            return .busy
        } catch let failed as HandlerFailed {
            // Nothing is stored: the program ends, or the server gave the delivery up.
            if isCancellation(failed.error) { throw failed.error }
            return try await arrival.failed(failed.claim, failed.error)
        }
    }
}

/// An inbox whose handler calls other services. Its effects occur at least once: after a crash the handler runs again. It
/// passes `InboxLease.idempotencyKey` on to other services, so that their effects occur once too.
///
/// ```swift
/// let inbox = try LeasedInbox(SQLiteInboxStore(path: "inbox.db"))
/// let receipt = try await inbox.receive(webhook.receive(headers: headers, body: body)) { event, lease in
///     try await zagely.messages.send(answer(event), options: CallOptions(idempotencyKey: "answer-\(lease.idempotencyKey)"))
/// }
/// // Respond with receipt.httpStatus and receipt.headers.
/// ```
public final class LeasedInbox: Inbox, @unchecked Sendable {
    private let store: any InboxStore

    /// Creates an inbox.
    ///
    /// - Parameters:
    ///   - store: a store.
    ///   - lease: the longest time that the handler takes, from a second to an hour. After a crash, the event is not handled
    ///     before the lease has ended.
    ///   - maxAttempts: the number of attempts after which an event is poisoned.
    ///   - clock: the source of the current time.
    ///   - logger: receives a line for each failed attempt, without the text of its error. Default: standard error if the
    ///     environment variable `HUDHUD_LOG` is set.
    /// - Throws: `HudhudError.invalidRequest` if a setting is outside of its range.
    public init(
        _ store: any InboxStore, lease: Duration = .seconds(30), maxAttempts: Int = 5,
        clock: @escaping @Sendable () -> Date = { Date() }, logger: HudhudLogger? = nil
    ) throws {
        self.store = store
        try super.init(store, InboxRules(isTransactional: false, lease: lease, maxAttempts: maxAttempts, clock: clock, logger: logger))
    }

    /// Handles the event of a verified delivery, unless it was handled before. The error of the handler is in the receipt. If
    /// the task is cancelled while the handler runs, the attempt has failed.
    ///
    /// - Parameters:
    ///   - delivery: the delivery, which `Webhook.receive` returns.
    ///   - handler: calls other services, with the key of the lease.
    /// - Throws: the error of the store; if the task was cancelled, `CancellationError`, or `CallCancelled` if the handler was in
    ///   a call of a client. Respond with 500, so that the vendor delivers again.
    public func receive(
        _ delivery: VerifiedDelivery, handler: (_ event: WebhookEvent, _ lease: InboxLease) async throws -> Void
    ) async throws -> InboxReceipt {
        let arrival = try await rules.arrival(delivery, store)
        let claim: InboxDecision
        do {
            let claimed = try await arrival.claim { [store] in
                try await store.putOrGet(key: $0, change: $1)
            } replace: { [store] in
                try await store.replace(key: $0, change: $1)
            }
            switch claimed {
            case .refused(let receipt): return receipt
            case .handle(let decision): claim = decision
            }
        } catch is InboxBusy {
            return .busy
        }
        let lease = InboxLease(
            idempotencyKey: arrival.key, token: claim.token, attempt: claim.attempt,
            endsAt: Date(timeIntervalSince1970: Double(claim.leaseEnd) / 1000))
        // The result is stored even if the task of the delivery was cancelled.
        do { try await handler(delivery.event, lease) } catch {
            let receipt = try await arrival.failed(claim, error)
            if isCancellation(error) { throw error }
            return receipt
        }
        return try await arrival.done(claim)
    }
}

/// Returns true if a handler ended with this error because the current task was cancelled.
private func isCancellation(_ error: any Error) -> Bool {
    guard Task.isCancelled else { return false }
    return error is CancellationError || error is CallCancelled || (error as? URLError)?.code == .cancelled
}

/// The error of a handler, and the claim of its event.
private struct HandlerFailed: Error {
    let claim: InboxDecision
    let error: any Error
}
