// The generic types around a call: calls, replies and exchanges. UniFFI has no generic types.
import Foundation

/// The logic of one vendor's API, without I/O. A `Client` sends what it decides.
///
/// `ZagelyService` and `WazajService` are the only two implementations.
public protocol Service: Sendable {
    /// The enum of the vendor's calls.
    associatedtype AnyCall: Sendable
    /// The vendor's name.
    static var vendor: String { get }
    /// Encodes the request of a call. It has an idempotency key only if the options contain one.
    ///
    /// - Throws: `HudhudError.invalidRequest` if the vendor would refuse the request. This applies to every method of
    ///   this protocol.
    func request(call: AnyCall, options: CallOptions) throws -> Request
    /// Starts a call and returns its state machine. `entropy` is 16 random bytes.
    func exchange(call: AnyCall, options: CallOptions, entropy: Data) throws -> Flying
    /// Returns a function that starts the call for the next page of a list. It takes 16 random bytes, and returns `nil`
    /// after the last page.
    func nextPages(call: AnyCall, options: CallOptions) throws -> @Sendable (Data) throws -> Flying?
    /// Reads the call of this name from JSON with the vendor's field names. Returns the call and the members of the
    /// JSON object `extra`.
    func readNamed(name: String, input: String) throws -> (AnyCall, [String: JsonValue])
}

extension ZagelyService: Service {
    public static var vendor: String { "zagely" }
    public func nextPages(call: ZagelyCall, options: CallOptions) throws -> @Sendable (Data) throws -> Flying? {
        let pages = try pages(call: call, options: options)
        return { try pages.next(entropy: $0) }
    }
    public func readNamed(name: String, input: String) throws -> (ZagelyCall, [String: JsonValue]) {
        let named = try named(name: name, input: input)
        return (named.call, named.extra)
    }
}

extension WazajService: Service {
    public static var vendor: String { "wazaj" }
    public func nextPages(call: WazajCall, options: CallOptions) throws -> @Sendable (Data) throws -> Flying? {
        let pages = try pages(call: call, options: options)
        return { try pages.next(entropy: $0) }
    }
    public func readNamed(name: String, input: String) throws -> (WazajCall, [String: JsonValue]) {
        let named = try named(name: name, input: input)
        return (named.call, named.extra)
    }
}

/// A call with the type of its answer.
public protocol Call: Sendable {
    /// The vendor's service.
    associatedtype Service: Hudhud.Service
    /// The type of the answer.
    associatedtype Answered: Sendable
    /// The name, such as `contacts.list`.
    static var callName: String { get }
    /// This call as a case of the enum of all calls.
    var inner: Service.AnyCall { get }
    /// Returns this call's answer, or `nil` if `answer` belongs to another call.
    static func read(_ answer: Answer) -> Answered?
}

/// A call that answers page by page.
public protocol PagedCall: Call {
    /// The type of the items on a page.
    associatedtype Item: Sendable
    /// Returns the items of a page.
    static func items(_ page: Answered) -> [Item]
}

/// A successful call: the decoded answer, its metadata and the response.
public struct Reply<Answered: Sendable>: Sendable {
    /// The answer.
    public let answer: Answered
    /// The status, the rate limits and the mark of an idempotent replay.
    public let meta: Meta
    /// The response as received. Its body also has the fields that the answer's type does not have.
    public let response: Response
}

/// The next action of an `Exchange`.
public enum Step<Answered: Sendable>: Sendable {
    /// Send this request, then call `receive` with the response or `fail` with the fault.
    case send(Request)
    /// Wait for this duration, then call `step` again.
    case wait(Duration)
    /// The call has succeeded.
    case done(Reply<Answered>)
}

/// The state machine of one call with its retries. It gets the time and the outcome of each request, and returns the
/// next action. It sends a request again only where that is safe.
///
/// It is for programs that do their own I/O. Other programs use `Client`.
///
/// Times are in milliseconds since 1970. All references to an exchange share its state.
public final class Exchange<Answered: Sendable>: @unchecked Sendable {
    private let flying: Flying
    private let vendor: String
    let call: String
    private let read: @Sendable (Answer) -> Answered?
    private let lock = NSLock()
    /// The last response that core accepted. Core refers to positions in its body, so no other response may be here.
    private var response: Response?

    init(_ flying: Flying, vendor: String, call: String, read: @escaping @Sendable (Answer) -> Answered?) {
        self.flying = flying
        self.vendor = vendor
        self.call = call
        self.read = read
    }

    convenience init<C: Call>(_ flying: Flying, of _: C.Type) where C.Answered == Answered {
        self.init(flying, vendor: C.Service.vendor, call: C.callName, read: C.read)
    }

    /// The idempotency key of the request. It is available before the first step. The call can be repeated with it
    /// later.
    public var idempotencyKey: String? { flying.idempotencyKey() }

    /// Returns the next action.
    ///
    /// - Throws: `HudhudError` if the call has failed.
    public func step(now: UInt64) throws -> Step<Answered> {
        try lock.withLock {
            switch try flying.step(now: now) {
            case .send(let request): return .send(request)
            case .wait(let millis): return .wait(.milliseconds(millis))
            case .done(let tape):
                guard let response else { preconditionFailure("core reported a reply without a response") }
                let (answer, meta) = Tape.reading(tape, response.body) { ($0.answer(vendor, call), $0.meta) }
                guard let answer = read(answer) else { preconditionFailure("core returned the answer of another call") }
                return .done(Reply(answer: answer, meta: meta, response: response))
            }
        }
    }

    /// Passes the response to the request that was sent.
    ///
    /// - Throws: `HudhudError.invalidRequest` if no response is expected. The exchange is unchanged then.
    public func receive(_ response: Response, now: UInt64) throws {
        try lock.withLock {
            try flying.receive(response: response, now: now)
            self.response = response
        }
    }

    /// Reports that no response came. The reason is for logs. It may contain the host, and nothing else of the request.
    ///
    /// - Throws: `HudhudError.invalidRequest` if no response is expected. The exchange is unchanged then.
    public func fail(_ fault: TransportFault, now: UInt64, reason: String? = nil) throws {
        try lock.withLock { try flying.fail(fault: fault, now: now, reason: reason) }
    }
}
