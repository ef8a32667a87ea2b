// The store through which processes share the limits of a key, and its use between the steps of a call that waits.
import Foundation

/// A place for the bytes of one rate limiter. Processes that use the same place share the limits of a key.
///
/// Pass it to `RateLimiter(store:)`. A store must limit the time of its own requests: while it hangs, calls end only when their
/// deadlines pass or they are cancelled.
///
/// ```swift
/// let limiter = RateLimiter(store: store)
/// let zagely = try Zagely(publicKey: publicKey, secretKey: secretKey, rateLimiter: limiter)
/// ```
public protocol RateLimiterStore: Sendable {
    /// Returns the bytes, or `nil` if the store is empty.
    func load() async throws -> Data?

    /// Replaces the bytes if they are still `old`, in one atomic step. Returns true if they were replaced.
    func swap(old: Data?, new: Data) async throws -> Bool
}

/// The cause of an error if the store always takes too long, or refuses all states.
private struct StoreUseError: Error, CustomStringConvertible {
    let description: String
}

/// The reason why the store ends a call: the milliseconds for which it has failed, or `nil` if its bytes are not a state.
struct StoreFault: Sendable {
    let failing: UInt64?
    let error: (any Error)?
}

/// The store of a limiter, and the limiter whose bytes it holds.
final class UsedStore: @unchecked Sendable {
    private let limiter: RateLimiterHandle
    private let store: any RateLimiterStore
    private let lock = NSLock()
    /// The uses that have not ended, by their numbers.
    private var running: [UInt64: StoreUse] = [:]

    init(_ limiter: RateLimiterHandle, _ store: any RateLimiterStore) { (self.limiter, self.store) = (limiter, store) }

    /// Begins a use if it is the turn of this call. Ends the call if the store hangs for too long.
    ///
    /// The use outlives the call, because its permits are for all calls of the limiter.
    func begin(for exchange: ExchangeHandle, _ log: HudhudLogger?) throws -> StoreUse? {
        guard let number = limiter.beginStoreUse(now: now()) else { return nil }
        // Core lets a use begin only after the earlier ones have ended or have taken too long.
        let hanging = lock.withLock { [StoreUse](running.values) }
        for use in hanging { use.replace() }
        let canBegin = hanging.count < Int(clamping: limiter.mostHanging())
        var fault: StoreFault?
        if let failed = canBegin ? hanging.first?.number : number {
            fault = self.fault(failed, StoreUseError(description: limiter.tooSlow()), log)
        }
        let use = canBegin ? StoreUse(number) : nil
        if let use {
            lock.withLock { running[number] = use }
            use.start { [self] in await run(use, log) }
        }
        if let fault { try end(exchange, fault) }
        return use
    }

    /// Ends a call because the store fails.
    func end(_ exchange: ExchangeHandle, _ fault: StoreFault) throws {
        do { try limiter.end(exchange: exchange, now: now(), failing: fault.failing) } catch HudhudError.store(var failure) {
            failure.underlying.error = fault.error
            throw HudhudError.store(failure: failure)
        }
    }

    private func run(_ use: StoreUse, _ log: HudhudLogger?) async -> StoreFault? {
        do {
            for _ in 0..<limiter.mostSwaps() {
                let stored = try await store.load()
                guard let new = limiter.update(useNumber: use.number, stored: stored, now: now()) else {
                    leave(use)
                    _ = limiter.storeFailed(useNumber: use.number, now: now())
                    return StoreFault(failing: nil, error: nil)
                }
                guard try await store.swap(old: stored, new: new) else { continue }
                leave(use)
                guard !limiter.stored(useNumber: use.number, now: now()) else { return nil }
                return fault(use.number, StoreUseError(description: limiter.tooSlow()), log)
            }
            throw StoreUseError(description: limiter.refuses())
        } catch {
            leave(use)
            return use.isReplaced ? nil : fault(use.number, error, log)
        }
    }

    /// Forgets a use before core knows of its end. Another call may then begin a use, and must not take the ended one for a use
    /// that hangs.
    private func leave(_ use: StoreUse) { _ = lock.withLock { running.removeValue(forKey: use.number) } }

    /// Records a failure. Returns the reason to end the call if the store has failed for too long.
    private func fault(_ number: UInt64, _ error: any Error, _ log: HudhudLogger?) -> StoreFault? {
        if let failing = limiter.storeFailed(useNumber: number, now: now()) { return StoreFault(failing: failing, error: error) }
        let kind = "\(type(of: error))"
        log?(.warning, "the store of the rate limiter failed (\(kind)); the calls wait", ["error": kind])
        return nil
    }
}

/// A use of a store that has begun. It runs on a separate task, so that no call waits for a store that hangs.
final class StoreUse: @unchecked Sendable {
    let number: UInt64
    private let lock = NSLock()
    private var task: Task<Void, Never>?
    private var state: (hasEnded: Bool, isReplaced: Bool, fault: StoreFault?) = (false, false, nil)
    /// Wakes the call that waits for the end.
    private var bell: AsyncStream<Void>.Continuation?

    init(_ number: UInt64) { self.number = number }

    /// True if another use has begun because this one takes too long. Its outcome is of no interest then.
    var isReplaced: Bool { lock.withLock { state.isReplaced } }

    /// The reason to end the call that began the use, if there is one.
    var fault: StoreFault? { lock.withLock { state.fault } }

    func start(_ run: @escaping @Sendable () async -> StoreFault?) {
        let task = Task {
            let fault = await run()
            let bell = lock.withLock {
                (state.hasEnded, state.fault) = (true, fault)
                return self.bell
            }
            bell?.finish()
        }
        lock.withLock { self.task = task }
    }

    /// Notes that another use has begun, and cancels this one.
    func replace() {
        let task = lock.withLock {
            state.isReplaced = true
            return self.task
        }
        task?.cancel()
    }

    /// Waits for the end, but not longer than the given time. If the caller is cancelled, the use goes on.
    func hasEnded(within duration: Duration) async throws -> Bool {
        let (alarm, bell) = AsyncStream.makeStream(of: Void.self)
        let hasEnded = lock.withLock {
            self.bell = bell
            return state.hasEnded
        }
        if hasEnded { return true }
        let timer = Task {
            try await Task.sleep(for: duration)
            bell.finish()
        }
        defer { timer.cancel() }
        // The stream ends with the use, with the time, or with the cancellation of the caller.
        for await _ in alarm {}
        try Task.checkCancellation()
        return lock.withLock { state.hasEnded }
    }
}

/// The waits of one call whose limiter has a store.
struct StoreWaits {
    let store: UsedStore
    let exchange: ExchangeHandle
    let log: HudhudLogger?
    /// The use that this call began.
    private var use: StoreUse?

    init(_ store: UsedStore, _ exchange: ExchangeHandle, _ log: HudhudLogger?) {
        (self.store, self.exchange, self.log) = (store, exchange, log)
    }

    /// Waits for the given time, or until the use that this call began has ended. Begins a use if it is the turn of this call.
    mutating func wait(_ duration: Duration) async throws {
        if let new = try store.begin(for: exchange, log) { use = new }
        guard let use, !use.isReplaced else { return try await Task.sleep(for: duration) }
        guard try await use.hasEnded(within: duration) else { return }
        self.use = nil
        if !use.isReplaced, let fault = use.fault { try store.end(exchange, fault) }
    }
}
