// The store by which processes share the limits of a key, and its use between the steps of a call that waits.
import Foundation

/// A place for the bytes of one rate limiter. Processes that use the same place share the limits of a key.
///
/// Pass it to `RateLimiter(store:)`. A store must limit the time of its own requests, because a call does not end
/// while it waits for them.
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

/// The cause of an error if the store always takes longer than five seconds.
private struct StoreTooSlow: Error, CustomStringConvertible {
    let description = "the store took longer than 5 s"
}

/// The store of a limiter, and the limiter whose bytes it holds.
struct UsedStore: Sendable {
    let limiter: RateLimiterHandle
    let store: any RateLimiterStore
    /// The milliseconds for which calls wait while the store fails.
    let patience: UInt64

    private enum Outcome {
        case stored, noState
        case failed(any Error)
    }

    /// Uses the store if it is the turn of this call. Returns true if the call has to ask for its permit again at once.
    func isUsed(for exchange: ExchangeHandle, _ log: HudhudLogger?) async throws -> Bool {
        guard let number = limiter.beginTrip(now: now()) else { return false }
        switch await trip(number) {
        case .stored: break
        case .noState:
            _ = limiter.storeFailed(trip: number, now: now())
            try limiter.end(exchange: exchange, now: now(), failing: nil)
        case .failed where Task.isCancelled:
            limiter.abandonTrip(trip: number)
            throw CancellationError()
        case .failed(let error):
            let failing = limiter.storeFailed(trip: number, now: now())
            guard failing >= patience else {
                let kind = "\(type(of: error))"
                log?(.warning, "the store of the rate limiter failed (\(kind)); the calls wait", ["error": kind])
                return true
            }
            do { try limiter.end(exchange: exchange, now: now(), failing: failing) } catch HudhudError.store(var failure) {
                failure.underlying.error = error
                throw HudhudError.store(failure: failure)
            }
        }
        return true
    }

    private func trip(_ number: UInt64) async -> Outcome {
        do {
            while true {
                let stored = try await store.load()
                guard let new = limiter.update(trip: number, stored: stored, now: now()) else { return .noState }
                if try await store.swap(old: stored, new: new) {
                    return limiter.stored(trip: number, now: now()) ? .stored : .failed(StoreTooSlow())
                }
            }
        } catch { return .failed(error) }
    }
}
