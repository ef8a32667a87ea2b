// The end of a call whose task was cancelled.
import Foundation

/// The task of a call was cancelled. The vendor may have done all the same what was asked for.
///
/// This stands in place of `CancellationError`, which can carry nothing: with the idempotency key the call can be
/// repeated without a second effect.
///
/// ```swift
/// } catch let cancelled as CallCancelled where cancelled.mayHaveHappened {
///     try await zagely.reply(call, options: CallOptions(idempotencyKey: cancelled.idempotencyKey))
/// }
/// ```
public struct CallCancelled: Error, Sendable, Equatable {
    /// The call, such as `messages.send`.
    public let call: String
    /// The idempotency key that was sent or was to be sent, if the call carries one.
    public let idempotencyKey: String?
    /// False only if no request can have reached the vendor.
    public let mayHaveHappened: Bool

    /// Makes an error, for tests of programs that use Hudhud.
    public init(call: String, idempotencyKey: String?, mayHaveHappened: Bool) {
        self.call = call
        self.idempotencyKey = idempotencyKey
        self.mayHaveHappened = mayHaveHappened
    }
}

extension CallCancelled: LocalizedError, CustomStringConvertible {
    /// The call, and whether it may have had its effect.
    public var description: String {
        mayHaveHappened
            ? "\(call) was cancelled and may have had its effect" : "\(call) was cancelled before anything was sent"
    }
    public var errorDescription: String? { description }
}

/// What is known of a call in flight beyond what core decides.
struct Flight {
    let call: String
    let key: String?
    private var mayHaveHappened = false
    private var mightHappen = false

    init(call: String, key: String?) {
        self.call = call
        self.key = key
    }

    /// A request is handed to the transport.
    mutating func begin() {
        mightHappen = mayHaveHappened
        mayHaveHappened = true
    }

    /// No response came to it.
    mutating func fail(_ error: TransportError) {
        if error.fault == .connect { mayHaveHappened = mightHappen }
    }

    func cancelled() -> CallCancelled {
        CallCancelled(call: call, idempotencyKey: key, mayHaveHappened: mayHaveHappened)
    }
}
