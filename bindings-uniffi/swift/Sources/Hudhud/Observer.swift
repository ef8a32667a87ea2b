// Observers: objects of a program that follow the calls of a client, for metrics and traces.
import Foundation

/// Follows the calls of a client. The facts contain no key, no phone number and no text.
///
/// ```swift
/// struct Slow: Observer {
///     func begin(_ call: CallDescription) -> (any CallObserver)? { Line(call: call.call) }
///
///     struct Line: CallObserver {
///         let call: String
///         func event(_ event: CallEvent) {}
///         func end(_ end: CallEnd) { if end.elapsed > .seconds(5) { print(call, end) } }
///     }
/// }
/// let zagely = try Zagely(publicKey: publicKey, secretKey: secretKey, observer: Slow())
/// ```
///
/// One observer follows all calls of a client, which may run at the same time. Each page of a list is a separate call. A call
/// that is refused before it is sent is not observed. The methods run in the task of the call, so they should return
/// soon.
public protocol Observer: Sendable {
    /// Begins a call. Returns the object that receives its events, or `nil` to ignore this call.
    func begin(_ call: CallDescription) -> (any CallObserver)?
}

/// Follows one call.
public protocol CallObserver: Sendable {
    /// Receives an event.
    func event(_ event: CallEvent)
    /// Receives the end of the call. It is called once, after all events.
    func end(_ end: CallEnd)
}

/// An event of a call.
public enum CallEvent: Sendable, Equatable {
    /// A request is about to be sent. `number` is the number of the attempt, from 1. `method` is the HTTP method. If the vendor
    /// refuses the method of an update, the request is repeated with the other one (PUT or PATCH).
    case attemptBegan(number: Int, method: String)
    /// An attempt has ended. If its `wait` is not `nil`, a wait of this length and another attempt follow. `method` is the
    /// HTTP method. `elapsed` is the time from the request to the end of the response.
    case attemptEnded(Attempt, method: String, elapsed: Duration)
}

/// The end of a call.
public struct CallEnd: Sendable, Equatable {
    /// The number of attempts.
    public let attempts: Int
    /// The time from the beginning, waits included.
    public let elapsed: Duration
    /// The last HTTP status, if a response arrived.
    public let status: Int?
    /// The kind of the error, such as `rate_limited`, or the type of another error that ended the call, such as
    /// `CallCancelled`. `nil` after a success.
    public let error: String?
    /// The fault of the transport, if it failed.
    public let fault: TransportFault?
    /// True if this is the stored response to an earlier request with the same idempotency key.
    public let idempotentReplay: Bool
}

/// Reports to the observers of a client what one of its calls does. It belongs to the task of the call.
final class Watch {
    private let observers: [any Observer]
    private let begun = ContinuousClock.now
    private var calls: [any CallObserver] = []
    private var attemptBegun = ContinuousClock.now
    private var attemptElapsed = Duration.zero
    private var described: CallDescription?
    private var attempts = 0
    private var method = ""
    private let call: String
    private let log: HudhudLogger?
    private let exchange: ExchangeHandle

    /// Creates a watch. A long wait for the rate limiter is a line of the log.
    init(_ observers: [any Observer], _ call: String, _ exchange: ExchangeHandle, _ log: HudhudLogger?) {
        (self.observers, self.call, self.exchange, self.log) = (observers, call, exchange, log)
    }

    /// Accepts the facts about the call, which come with its first request.
    func begins(_ call: CallDescription) { described = call }

    /// Begins an attempt. The first one begins the call.
    func sends(_ request: Request) {
        if attempts == 0, let described {
            calls = observers.compactMap { $0.begin(described) }
        }
        attempts += 1
        method = request.method
        attemptBegun = .now
        for call in calls { call.event(.attemptBegan(number: attempts, method: method)) }
    }

    /// Notes the time of an attempt, after the exchange has accepted its response or its failure.
    func received() { attemptElapsed = attemptBegun.duration(to: .now) }

    /// Ends an attempt, with the facts that come with the step after it. They are absent after a wait.
    func ended(_ attempt: Attempt?) {
        guard var attempt else { return }
        // An exchange counts a request with a refused method and the next one as one attempt.
        attempt.number = Int32(attempts)
        for call in calls { call.event(.attemptEnded(attempt, method: method, elapsed: attemptElapsed)) }
    }

    /// States the wait for the rate limiter if core reports it.
    func waits() {
        guard let log, let wait = exchange.longWait() else { return }
        let why = "the limit of the key is used up, or a response asked to wait"
        let seconds = wait.components.seconds
        log(
            .warning, "\(call): waiting \(seconds) s or longer for the rate limiter: \(why)",
            ["call": call, "wait_seconds": "\(seconds)"])
    }

    /// Ends the call with a response.
    func succeeded(_ meta: Meta) {
        end(status: Int(meta.status), error: nil, fault: nil, replay: meta.idempotentReplay)
    }

    /// Ends the call with an error. A call that was not sent was not begun.
    func failed(_ error: any Error) {
        let failure = (error as? HudhudError)?.failure
        end(
            status: failure?.meta.map { Int($0.status) }, error: failure?.kind ?? "\(type(of: error))",
            fault: failure?.transportFault, replay: failure?.meta?.idempotentReplay ?? false)
    }

    private func end(status: Int?, error: String?, fault: TransportFault?, replay: Bool) {
        let end = CallEnd(
            attempts: attempts, elapsed: begun.duration(to: .now), status: status, error: error, fault: fault,
            idempotentReplay: replay)
        for call in calls { call.end(end) }
    }
}
