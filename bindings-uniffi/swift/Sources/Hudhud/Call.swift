// The generic types around a call: calls, responses and exchanges. UniFFI has no generic types.
import Foundation

/// The logic of one vendor's API, without I/O. A `Client` sends the requests that it builds.
///
/// `ZagelyService` and `WazajService` are the only two implementations.
public protocol Service: Sendable {
    /// The enum of the vendor's calls.
    associatedtype AnyCall: Sendable
    /// The vendor's name.
    static var vendor: String { get }
    /// Encodes the request of a call. It has an idempotency key only if the options contain one.
    ///
    /// - Throws: `HudhudError.invalidRequest` if a field or an option is invalid. This applies to every method of this
    ///   protocol.
    func request(call: AnyCall, options: CallOptions) throws -> Request
    /// Starts a call and returns its state machine. `entropy` is 16 random bytes.
    func exchange(call: AnyCall, options: CallOptions, entropy: Data) throws -> ExchangeHandle
    /// Returns a function that starts the call for the next page of a list. It takes 16 random bytes, and returns `nil`
    /// after the last page.
    func nextPages(call: AnyCall, options: CallOptions) throws -> @Sendable (Data) throws -> ExchangeHandle?
    /// Starts a call by route and returns its state machine. `entropy` is 16 random bytes.
    func exchangeByRoute(call: RouteCall, options: CallOptions, entropy: Data) throws -> ExchangeHandle
    /// Returns the facts that identify a client of this service in logs.
    func identity() -> Identity
    /// Reads the call of this name from JSON with the vendor's field names. Returns the call and the members of the
    /// JSON object `extra`.
    func readByName(name: String, input: String) throws -> (AnyCall, [String: JsonValue])
    /// Opens the journal of an outbox for the call of this name, or begins it. `entropy` is 16 random bytes.
    ///
    /// - Throws: `OutboxError`.
    func openOutbox(path: String, call: String, entropy: Data, now: UInt64) throws -> OutboxHandle
    /// Checks a call, and returns its fields for an outbox, as a JSON object. `row` is the row of a list that the call came
    /// from, or 0.
    func outboxFields(call: AnyCall, row: Int64) throws -> String
}

/// A call with the type of its output.
public protocol Call: Sendable {
    /// The vendor's service.
    associatedtype Service: Hudhud.Service
    /// The type of the output.
    associatedtype CallOutput: Sendable
    /// The name, such as `contacts.list`.
    static var callName: String { get }
    /// This call as a case of the enum of all calls.
    var inner: Service.AnyCall { get }
    /// Returns this call's output, or `nil` if `output` belongs to another call.
    static func read(_ output: Output) -> CallOutput?
}

/// A call whose output is one page of a list.
public protocol PagedCall: Call {
    /// The type of the items on a page.
    associatedtype Item: Sendable
    /// Returns the items of a page.
    static func items(_ page: CallOutput) -> [Item]
}

/// A successful call: the decoded output, its metadata and the response.
public struct ApiResponse<CallOutput: Sendable>: Sendable {
    /// The output.
    public let output: CallOutput
    /// The status, the rate limits and the mark of an idempotent replay.
    public let meta: Meta
    /// The response as received. Its body also has the fields that the output's type does not have.
    public let response: Response
}

/// The next action of an `Exchange`.
public enum Step<CallOutput: Sendable>: Sendable {
    /// Send this request, then call `receive` with the response or `fail` with the fault.
    case send(Request)
    /// Wait for this duration, then call `step` again.
    case wait(Duration)
    /// The call has succeeded.
    case done(ApiResponse<CallOutput>)
}

/// The state machine of one call with its retries. It gets the time and the outcome of each request, and returns the
/// next action. It sends a request again only where that is safe.
///
/// It is for programs that do their own I/O. Other programs use `Client`.
///
/// Times are in milliseconds since 1970. All references to an exchange share its state.
public final class Exchange<CallOutput: Sendable>: @unchecked Sendable {
    let handle: ExchangeHandle
    private let vendor: String
    let call: String
    private let read: @Sendable (Output) -> CallOutput?
    private let lock = NSLock()
    /// The last response that core accepted. Core refers to positions in its body, so no other response may be here.
    private var response: Response?

    init(_ handle: ExchangeHandle, vendor: String, call: String, read: @escaping @Sendable (Output) -> CallOutput?) {
        self.handle = handle
        self.vendor = vendor
        self.call = call
        self.read = read
    }

    convenience init<C: Call>(_ handle: ExchangeHandle, of _: C.Type) where C.CallOutput == CallOutput {
        self.init(handle, vendor: C.Service.vendor, call: C.callName, read: C.read)
    }

    /// The idempotency key of the request. It is available before the first step. With this key the call can be
    /// repeated later without a second effect.
    public var idempotencyKey: String? { handle.idempotencyKey() }

    /// Returns the facts about the call that do not change between its attempts.
    ///
    /// - Throws: `HudhudError.invalidRequest` if the exchange belongs to a page of a list, and the next page
    ///   was already begun.
    public func callDescription() throws -> CallDescription { try handle.description() }

    /// Returns the facts about the attempt that has ended: after `receive` or `fail`, until the end of the wait that
    /// follows. Otherwise it returns `nil`.
    public func lastAttempt() -> Attempt? { handle.lastAttempt() }

    /// Returns the error of the call, which is cancelled now.
    func cancelled() -> CallCancelled {
        CallCancelled(call: call, idempotencyKey: idempotencyKey, mayHaveHappened: handle.mayHaveHappened())
    }

    /// Returns the error of a call whose response cannot be used. The same call would fail again.
    func unusable(_ reason: String, _ elapsed: Duration) -> HudhudError {
        .transport(failure: ended("The response cannot be used: \(reason).", reason, elapsed))
    }

    /// Returns the error of a call whose transport threw another error than a `TransportError`.
    func mistaken(_ error: any Error, _ elapsed: Duration) -> HudhudError {
        let reason = "\(Mistake.reason) \(type(of: error))"
        var failure = ended("T\(reason.dropFirst()), the underlyingError of this error.", reason, elapsed)
        failure.underlying.error = error
        return .transport(failure: failure)
    }

    /// Returns the contents of the error of a call that ends between two steps.
    private func ended(_ sentence: String, _ reason: String, _ elapsed: Duration) -> ErrorDetails {
        let hint = switch (handle.mayHaveHappened(), idempotencyKey) {
        case (false, _): "Correct this before you call again."
        case (true, nil): "The call may have had its effect: check before calling again."
        case (true, _?): "The call may have had its effect: correct this, then repeat it with its idempotency key."
        }
        return ErrorDetails(
                summary: "\(call): transport: \(sentence) \(hint)", kind: "transport", call: call, code: nil, reason: sentence,
                fieldErrors: [], requiredAbility: nil, safeToRetry: false, mayHaveHappened: handle.mayHaveHappened(),
                keyForgotten: false, attempts: UInt32(handle.lastAttempt()?.number ?? 1), elapsed: elapsed, details: [:],
                allowedMethods: [], hint: hint, origin: .network, transportFault: .closed, transportReason: reason,
                idempotencyKey: idempotencyKey, retryAfter: nil, meta: nil, response: nil)
    }

    /// Lets each request wait for a permit of a rate limiter.
    func wait(for limiter: RateLimiter) { limiter.hold(handle) }

    /// Returns the next action.
    ///
    /// - Throws: `HudhudError` if the call has failed.
    public func step(now: UInt64) throws -> Step<CallOutput> {
        try lock.withLock { action(try handle.step(now: now)) }
    }

    /// Returns the next action, and passes the facts before it to the watch. They cost no other call into the library.
    func step(now: UInt64, _ watch: Watch?) throws -> Step<CallOutput> {
        guard let watch else { return try step(now: now) }
        do {
            let (observed, step) = try lock.withLock {
                let observed = try handle.observedStep(now: now)
                return (observed, action(observed.step))
            }
            watch.ended(observed.ended)
            if let description = observed.description { watch.begins(description) }
            return step
        } catch {
            watch.ended(handle.lastAttempt())
            throw error
        }
    }

    /// Returns the action of a step. The lock is held.
    private func action(_ step: NextStep) -> Step<CallOutput> {
        switch step {
        case .send(let request): return .send(request)
        case .wait(let millis): return .wait(.milliseconds(millis))
        case .done(let tape):
            guard let response else { preconditionFailure("core reported a success without a response") }
            let (output, meta) = Tape.reading(tape, response.body) { ($0.output(vendor, call), $0.meta) }
            guard let output = read(output) else { preconditionFailure("core returned the output of another call") }
            return .done(ApiResponse(output: output, meta: meta, response: response))
        }
    }

    /// Passes the response to the request that was sent.
    ///
    /// - Throws: `HudhudError.invalidRequest` if no response is expected. The exchange is unchanged then.
    public func receive(_ response: Response, now: UInt64) throws {
        try lock.withLock {
            try handle.receive(response: response, now: now)
            self.response = response
        }
    }

    /// Reports that no response came. The reason is for logs. It may contain the host, and nothing else of the request.
    ///
    /// - Throws: `HudhudError.invalidRequest` if no response is expected. The exchange is unchanged then.
    public func fail(_ fault: TransportFault, now: UInt64, reason: String? = nil) throws {
        try lock.withLock { try handle.fail(fault: fault, now: now, reason: reason) }
    }
}

/// A transport threw another error than a `TransportError`.
enum Mistake {
    /// The beginning of the reason.
    static let reason = "the transport threw"

    /// Returns true if a call failed because of such a mistake.
    static func caused(_ failure: ErrorDetails) -> Bool { failure.transportReason?.hasPrefix(reason) == true }
}
