// The outcome of a delivery at an inbox.
import Foundation

/// The outcomes of a delivery at an inbox.
public enum InboxOutcome: String, Sendable, CaseIterable {
    /// The handler has run.
    case handled
    /// The handler had run before.
    case duplicate
    /// Another process handles the event.
    case busy
    /// The last attempt failed a moment ago.
    case tooEarly
    /// The handler threw an error. The event is handled again at its next delivery.
    case failed
    /// The handler rejected the event, or all attempts failed. The event is not handled again.
    case poisoned
    /// The handler took longer than its lease, and another process has the event.
    case leaseLost
}

/// The result of a delivery at an inbox. Respond to the vendor with `httpStatus` and `headers`.
public struct InboxReceipt: Sendable {
    /// The outcome.
    public let outcome: InboxOutcome
    /// The time after which another delivery can succeed, in whole seconds, if it is known.
    public let retryAfter: Duration?
    /// The error of the handler, if the outcome is `failed` or `poisoned`.
    public let error: (any Error)?

    init(_ outcome: InboxOutcome, retryAfter: Duration? = nil, error: (any Error)? = nil) {
        self.outcome = outcome
        self.retryAfter = retryAfter
        self.error = error
    }

    /// The receipt of a delivery that came while another process had the entry.
    static let busy = Self(.busy, retryAfter: .seconds(1))

    /// The status of the response: 200, 500 for a poisoned event, otherwise 503. The vendor delivers again unless it is 200.
    public var httpStatus: Int {
        switch outcome {
        case .handled, .duplicate: 200
        case .poisoned: 500
        case .busy, .tooEarly, .failed, .leaseLost: 503
        }
    }

    /// The headers of the response: `Retry-After`, or none.
    public var headers: [String: String] { retryAfter.map { ["Retry-After": "\($0.components.seconds)"] } ?? [:] }
}

/// Text without the error of the handler, which may have personal text.
extension InboxReceipt: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The outcome and the time.
    public var description: String {
        "InboxReceipt(\(outcome)" + (retryAfter.map { ", retryAfter: \($0.components.seconds) s" } ?? "") + ")"
    }
    public var debugDescription: String { description }
    /// A mirror without the error.
    public var customMirror: Mirror { Mirror(self, children: ["outcome": outcome, "retryAfter": retryAfter as Any]) }
}

/// The right to handle an event for some time. A handler receives it.
public struct InboxLease: Sendable {
    /// The key of the event, which is the same for each attempt. Pass it to other services as an idempotency key, or as a part of
    /// one.
    public let idempotencyKey: String
    /// The fencing token: each holder of the event has a greater one. A service that compares them can refuse a late holder.
    public let token: Int64
    /// The number of the attempt, from 1.
    public let attempt: Int
    /// The time at which the lease ends. Another process may handle the event then.
    public let endsAt: Date
}

/// An error with which a handler rejects an event for good: the event is poisoned at once.
public struct RejectedEvent: Error, Sendable {
    /// The reason, for your own log.
    public let reason: String

    /// Creates an error with a reason.
    public init(_ reason: String = "") { self.reason = reason }
}

/// Text without the reason, which may have personal text.
extension RejectedEvent: LocalizedError, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "the handler rejected the event" }
    public var debugDescription: String { description }
    /// A mirror without children, because they would show the reason.
    public var customMirror: Mirror { Mirror(self, children: []) }
    public var errorDescription: String? { description }
}
