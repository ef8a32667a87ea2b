// A call with its types, and what comes of it: what UniFFI, without generic types, cannot say.
import Foundation

/// One vendor's decisions, without I/O: what its client asks. `ZagelyService` and `WazajService` are the two there are.
public protocol Service: Sendable {
    /// All of the vendor's calls.
    associatedtype AnyCall: Sendable
    /// The vendor's name.
    static var vendor: String { get }
    /// The request of a call. Without an idempotency key in the options none is sent.
    ///
    /// - Throws: `HudhudError.invalidRequest` if the vendor would refuse it, as every method here.
    func request(call: AnyCall, options: CallOptions) throws -> Request
    /// The call in flight. `entropy` is 16 bytes of randomness.
    func exchange(call: AnyCall, options: CallOptions, entropy: Data) throws -> Flying
    /// What gives the next page of a list in flight, each time it is called with 16 bytes of randomness; `nil` after
    /// the last.
    func nextPages(call: AnyCall, options: CallOptions) throws -> @Sendable (Data) throws -> Flying?
    /// A call by its name, read from JSON under the vendor's names, and what stood there under `extra`.
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

/// A call, with the type of its answer.
public protocol Call: Sendable {
    /// Whose call it is.
    associatedtype Service: Hudhud.Service
    /// What it answers.
    associatedtype Answered: Sendable
    /// The name, such as `contacts.list`.
    static var callName: String { get }
    /// This among all calls.
    var inner: Service.AnyCall { get }
    /// Its answer among all answers.
    static func read(_ answer: Answer) -> Answered?
}

/// A call that answers page by page.
public protocol PagedCall: Call {
    /// What its pages hold.
    associatedtype Item: Sendable
    /// The items of a page.
    static func items(_ page: Answered) -> [Item]
}

/// A success: the decoded answer, what was said beside it, and the response it came in.
public struct Reply<Answered: Sendable>: Sendable {
    /// The answer.
    public let answer: Answered
    /// Status, limits and replay mark.
    public let meta: Meta
    /// The response as it came: what the answer's type does not know is in its body.
    public let response: Response
}

/// What to do next with a call in flight.
public enum Step<Answered: Sendable>: Sendable {
    /// Send this, then tell of the response or the fault.
    case send(Request)
    /// Let this much time pass, then ask again.
    case wait(Duration)
    /// It is over.
    case done(Reply<Answered>)
    /// It is over, and so is the list: the page was seen before.
    case end
}

/// One call in flight, with its retries, as a state machine: it is told the time and what happened, and says what to do
/// next. Nothing is ever sent twice by accident. For programs that do their own I/O; everybody else calls the client.
///
/// Times are in milliseconds since 1970. It is one thing however many hold it: what one of them tells it, all see.
public final class Exchange<Answered: Sendable>: @unchecked Sendable {
    private let flying: Flying
    private let vendor: String
    let call: String
    private let read: @Sendable (Answer) -> Answered?
    private let lock = NSLock()
    /// What core took last. Core says where in its body the answer stands, so that no other may ever be here.
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

    /// The idempotency key that is sent, also before the first step: with it the call can be repeated later.
    public var idempotencyKey: String? { flying.idempotencyKey() }

    /// What to do next.
    ///
    /// - Throws: `HudhudError` if the call has failed.
    public func step(now: UInt64) throws -> Step<Answered> {
        try lock.withLock {
            switch try flying.step(now: now) {
            case .send(let request): return .send(request)
            case .wait(let millis): return .wait(.milliseconds(millis))
            case .end: return .end
            case .done(let tape):
                guard let response else { preconditionFailure("core answers with what it has received") }
                let (answer, meta) = Tape.reading(tape, response.body) { ($0.answer(vendor, call), $0.meta) }
                guard let answer = read(answer) else { preconditionFailure("an answer of another call") }
                return .done(Reply(answer: answer, meta: meta, response: response))
            }
        }
    }

    /// The answer to the request that was sent.
    ///
    /// - Throws: `HudhudError.invalidRequest` if none is awaited; nothing changes then.
    public func receive(_ response: Response, now: UInt64) throws {
        try lock.withLock {
            try flying.receive(response: response, now: now)
            self.response = response
        }
    }

    /// No answer came. The reason is for a log: it may hold the host and nothing else of the request.
    ///
    /// - Throws: `HudhudError.invalidRequest` if none is awaited; nothing changes then.
    public func fail(_ fault: TransportFault, now: UInt64, reason: String? = nil) throws {
        try lock.withLock { try flying.fail(fault: fault, now: now, reason: reason) }
    }
}
