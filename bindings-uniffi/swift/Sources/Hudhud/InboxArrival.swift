// A delivery at an inbox: its claim and its result in the store, in both modes.
import Foundation

/// The settings of an inbox.
struct InboxRules: Sendable {
    let isTransactional: Bool
    let lease: Duration
    let maxAttempts: Int
    let clock: @Sendable () -> Date
    let log: HudhudLogger?
    private let cleanUps = CleanUps()

    init(
        isTransactional: Bool, lease: Duration, maxAttempts: Int, clock: @escaping @Sendable () -> Date, logger: HudhudLogger?
    ) throws {
        try checkInbox(lease: lease.millis, maxAttempts: Int64(maxAttempts))
        self.isTransactional = isTransactional
        self.lease = lease
        self.maxAttempts = maxAttempts
        self.clock = clock
        log = logger ?? StandardErrorLog.fromEnvironment()
    }

    /// Begins to handle a delivery. Once an hour it deletes old entries.
    func arrival(_ delivery: VerifiedDelivery, _ store: any InboxStore) async throws -> Arrival {
        if cleanUps.isDue() {
            do { _ = try await store.cleanUp(now: clock()) } catch is InboxBusy {
                // The next clean-up deletes the same entries.
            }
        }
        return Arrival(rules: self, store: store, delivery: delivery, key: storageKey(delivery.replayKey))
    }

    /// The time of the last clean-up.
    private final class CleanUps: @unchecked Sendable {
        private let lock = NSLock()
        private var last: ContinuousClock.Instant?

        func isDue() -> Bool {
            lock.withLock {
                let now = ContinuousClock.now
                if let last, now - last < .seconds(3600) { return false }
                last = now
                return true
            }
        }
    }
}

/// A delivery that is about to be handled.
struct Arrival: Sendable {
    let rules: InboxRules
    let store: any InboxStore
    let delivery: VerifiedDelivery
    let key: String

    /// The result of a decision: the right to handle the event, or the receipt of a delivery that is not handled.
    enum Claimed: Sendable {
        case handle(InboxDecision)
        case refused(InboxReceipt)
    }

    /// Claims the event with these functions of a store or a transaction.
    func claim(
        putOrGet: @Sendable (String, InboxChange) async throws -> Data,
        replace: @Sendable (String, InboxChange) async throws -> Bool
    ) async throws -> Claimed {
        let first = try decide(nil)
        guard let change = first.change else { return .handle(first) }
        let stored = try await putOrGet(key, change)
        if stored == change.entry { return .handle(first) }
        let decision = try decide(stored)
        if let change = decision.change, try await !replace(key, change) { return .refused(.busy) }
        return decision.refusal.map { .refused(InboxReceipt($0, retryAfter: decision.retryAfter)) } ?? .handle(decision)
    }

    /// Stores the failure of the handler, and logs it without the text of the error.
    func failed(_ claim: InboxDecision, _ error: any Error) async throws -> InboxReceipt {
        let change = try claim.change(after: error is RejectedEvent ? .poisoned : .failed, now: now())
        guard let change else { return .busy }
        let isPoisoned = change.status == "poisoned"
        let kind = "\(type(of: error))"
        let then = isPoisoned ? "the event is poisoned and not handled again" : "the event is handled again at its next delivery"
        rules.log?(.warning, "inbox: the handler threw \(kind) in attempt \(claim.attempt): \(then)", ["error": kind])
        let isStored = try await storeEnd(change)
        if !isStored && !rules.isTransactional { return leaseLost(claim) }
        if isPoisoned { return InboxReceipt(.poisoned, error: error) }
        return try InboxReceipt(.failed, retryAfter: decide(change.entry).retryAfter, error: error)
    }

    /// Stores the success of a leased handler.
    func done(_ claim: InboxDecision) async throws -> InboxReceipt {
        guard let change = try claim.change(after: .done, now: now()) else { return InboxReceipt(.handled) }
        return try await storeEnd(change) ? InboxReceipt(.handled) : leaseLost(claim)
    }

    /// Stores the end of an attempt. Tries again while the entry or the database is locked: without its end, an event that was
    /// handled would be handled again.
    private func storeEnd(_ change: InboxChange) async throws -> Bool {
        for pause in [Duration.milliseconds(50), .milliseconds(250), .seconds(1)] {
            do { return try await store.replaceDespiteCancellation(key: key, change: change) } catch is InboxBusy {
                // The pause has its own task, because a cancelled task does not sleep.
                await Task { try? await Task.sleep(for: pause) }.value
            }
        }
        return try await store.replaceDespiteCancellation(key: key, change: change)
    }

    private func leaseLost(_ claim: InboxDecision) -> InboxReceipt {
        let line = "inbox: the handler took longer than its lease in attempt \(claim.attempt); raise lease"
        rules.log?(.warning, line, ["attempt": "\(claim.attempt)"])
        return InboxReceipt(.leaseLost, retryAfter: .seconds(1))
    }

    private func decide(_ stored: Data?) throws -> InboxDecision {
        try InboxDecision(
            isTransactional: rules.isTransactional, lease: rules.lease.millis, maxAttempts: Int64(rules.maxAttempts), stored: stored,
            deduplicateUntil: delivery.deduplicateUntil, now: now())
    }

    private func now() -> Int64 { Int64(rules.clock().timeIntervalSince1970 * 1000) }
}

extension Duration {
    /// The duration in milliseconds. One that is too long for the type becomes the longest.
    fileprivate var millis: Int64 {
        let (seconds, attoseconds) = components
        let (millis, isTooLong) = seconds.multipliedReportingOverflow(by: 1000)
        return isTooLong ? (seconds < 0 ? .min : .max) : millis.addingReportingOverflow(attoseconds / 1_000_000_000_000_000).partialValue
    }
}
