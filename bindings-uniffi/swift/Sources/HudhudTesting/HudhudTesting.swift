// For the tests of programs that use Hudhud: a transport that answers from memory, and signed deliveries.
import Foundation
import Hudhud

/// Answers each request with the next of what it was given, and keeps the requests.
///
/// ```swift
/// let transport = FakeTransport().respond(201, #"{"status":"queued","message_id":"m-1"}"#)
/// ```
public final class FakeTransport: Transport, @unchecked Sendable {
    private let lock = NSLock()
    private var outcomes: [Result<Response, TransportError>] = []
    private var sent: [Request] = []

    /// With no answers yet.
    public init() {}

    /// The requests so far, in order.
    public var requests: [Request] { lock.withLock { sent } }

    /// Answers one request with a status, a body and headers.
    @discardableResult
    public func respond(
        _ status: UInt16, _ body: String = "", headers: [String: String] = ["Content-Type": "application/json"]
    ) -> FakeTransport {
        respond(status, Data(body.utf8), headers: headers)
    }

    /// Answers one request with a status, a body of any bytes and headers.
    @discardableResult
    public func respond(
        _ status: UInt16, _ body: Data, headers: [String: String] = ["Content-Type": "application/json"]
    ) -> FakeTransport {
        let headers = headers.map { Header(name: $0.key, value: $0.value) }
        lock.withLock { outcomes.append(.success(Response(status: status, headers: headers, body: body))) }
        return self
    }

    /// Lets one request fail.
    @discardableResult
    public func fail(_ fault: TransportFault) -> FakeTransport {
        lock.withLock { outcomes.append(.failure(TransportError(fault))) }
        return self
    }

    /// Keeps the request, and gives the next of the answers.
    public func send(_ request: Request) async throws -> Response {
        let outcome: Result<Response, TransportError>? = lock.withLock {
            sent.append(request)
            return outcomes.isEmpty ? nil : outcomes.removeFirst()
        }
        guard let outcome else { throw NoAnswer(call: request.call) }
        return try outcome.get()
    }

    /// The fake transport was given no answer for a request.
    public struct NoAnswer: Error {
        /// The request's call, such as `contacts.get`.
        public let call: String
    }
}

/// A signed delivery.
public struct SampleDelivery: Sendable {
    /// The event's name, as the vendor writes it.
    public let event: String
    /// All its headers.
    public let headers: [String: String]
    /// Its body.
    public let body: Data
}

/// Without the signature, which stands in the headers, and the body.
extension SampleDelivery: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Of which event it is.
    public var description: String { "SampleDelivery(\(event))" }
    public var debugDescription: String { description }
    /// The event alone.
    public var customMirror: Mirror { Mirror(self, children: ["event": event]) }
}

/// Signs a body as the vendor does.
public func sign(secret: String, body: Data, now: Date = Date()) throws -> [String: String] {
    let headers = try signDelivery(secret: secret, body: body, now: UInt64(max(0, now.timeIntervalSince1970)))
    return Dictionary(uniqueKeysWithValues: headers.map { ($0.name, $0.value) })
}

/// One delivery for each of the 14 events the vendor names.
public func deliveries(secret: String, now: Date = Date()) throws -> [SampleDelivery] {
    try eventNames().map { event in
        let body = sampleDelivery(event: event)
        return SampleDelivery(event: event, headers: try sign(secret: secret, body: body, now: now), body: body)
    }
}
