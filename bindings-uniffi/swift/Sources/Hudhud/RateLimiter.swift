// The rate limiter that the calls of one or several clients share.
import Foundation

/// Decides when each request may leave, so that the limits of a key are used fully, but not exceeded.
///
/// Every client has one. It learns the limits from the responses, and lets calls wait for their turn. Pass one limiter to
/// several clients if they use the same key. Tasks can share it. A `RateLimiterStore` shares the limits with other processes.
///
/// ```swift
/// let limiter = RateLimiter()
/// let sales = try Zagely(
///     publicKey: publicKey, secretKey: secretKey, settings: Settings(sessionId: "s-1"), rateLimiter: limiter)
/// let support = try Zagely(
///     publicKey: publicKey, secretKey: secretKey, settings: Settings(sessionId: "s-2"), rateLimiter: limiter)
/// ```
///
/// A call whose turn comes after its deadline throws `HudhudError.waitTooLong` at once. Exchanges that your program drives itself
/// do not wait.
public final class RateLimiter: Sendable {
    private let handle: RateLimiterHandle
    private let store: UsedStore?

    /// Creates a limiter that knows no limit.
    public init() { (handle, store) = (RateLimiterHandle(), nil) }

    /// Creates a limiter that shares the limits of a key with other processes through a store.
    ///
    /// While the store fails, calls wait. After 30 seconds they throw `HudhudError.store`.
    /// While the store hangs, a call still ends when its deadline passes or it is cancelled.
    public convenience init(store: any RateLimiterStore) { self.init(store: store, patience: nil) }

    /// Creates a limiter whose calls wait for the given milliseconds while the store fails, for tests.
    init(store: any RateLimiterStore, patience: UInt64?) {
        handle = RateLimiterHandle.withStore(patience: patience)
        self.store = UsedStore(handle, store)
    }

    /// Creates a limiter that continues with the `state` of an earlier one.
    ///
    /// - Throws: `HudhudError.invalidRequest` if the bytes are not a state.
    public init(state: Data) throws { (handle, store) = (try RateLimiterHandle.withState(state: state), nil) }

    /// The state, with which a later process can continue. It has about 100 bytes.
    public var state: Data { handle.state() }

    /// The number of calls that wait for their turn.
    public var waiting: Int { Int(clamping: handle.waiting()) }

    /// Lets the requests of a call wait for their turns.
    func hold(_ exchange: ExchangeHandle) { handle.hold(exchange: exchange) }

    /// Returns the waits of a call if the limiter has a store.
    func waits(of exchange: ExchangeHandle, _ log: HudhudLogger?) -> StoreWaits? {
        store.map { StoreWaits($0, exchange, log) }
    }
}

extension RateLimiter: CustomStringConvertible {
    /// The name of the type and the number of calls that wait.
    public var description: String { "RateLimiter(waiting: \(waiting))" }
}
