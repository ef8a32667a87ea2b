// The error of a call whose task was cancelled.
import Foundation

/// The task of a call was cancelled. The vendor may have processed the request nevertheless.
///
/// Calls throw this error instead of `CancellationError`, which has no fields. With the idempotency key the call can be
/// repeated without a second effect.
///
/// ```swift
/// } catch let cancelled as CallCancelled where cancelled.mayHaveHappened {
///     try await zagely.withResponse(call, options: CallOptions(idempotencyKey: cancelled.idempotencyKey))
/// }
/// ```
public struct CallCancelled: Error, Sendable, Equatable {
    /// The call, such as `messages.send`.
    public let call: String
    /// The idempotency key of the call, if it has one. It is set even if no request was sent.
    public let idempotencyKey: String?
    /// False if the call certainly had no effect: no request reached the vendor, the vendor refused it, or the call only reads.
    public let mayHaveHappened: Bool

    /// Creates an error, for tests of programs that use Hudhud.
    public init(call: String, idempotencyKey: String?, mayHaveHappened: Bool) {
        self.call = call
        self.idempotencyKey = idempotencyKey
        self.mayHaveHappened = mayHaveHappened
    }
}

extension CallCancelled: LocalizedError, CustomStringConvertible {
    /// The call, with a note if the vendor may have processed it.
    public var description: String {
        mayHaveHappened
            ? "\(call) was cancelled and may have taken effect" : "\(call) was cancelled and had no effect"
    }
    public var errorDescription: String? { description }
}
