// A transport in memory and signed deliveries, for tests of programs that use Hudhud.
import Foundation
import Hudhud

/// A transport that answers each request with the next prepared response, and records the requests.
///
/// ```swift
/// let transport = FakeTransport().respond(201, #"{"status":"queued","message_id":"m-1"}"#)
/// ```
public final class FakeTransport: Transport, @unchecked Sendable {
    private let lock = NSLock()
    private var outcomes: [Result<Response, TransportError>] = []
    private var sent: [Request] = []

    /// Creates a transport without prepared responses.
    public init() {}

    /// The requests so far, in order.
    public var requests: [Request] { lock.withLock { sent } }

    /// Prepares a response with a status, a text body and headers.
    @discardableResult
    public func respond(
        _ status: UInt16, _ body: String = "", headers: [String: String] = ["Content-Type": "application/json"]
    ) -> FakeTransport {
        respond(status, Data(body.utf8), headers: headers)
    }

    /// Prepares a response with a status, a body of bytes and headers.
    @discardableResult
    public func respond(
        _ status: UInt16, _ body: Data, headers: [String: String] = ["Content-Type": "application/json"]
    ) -> FakeTransport {
        let headers = headers.map { Header(name: $0.key, value: $0.value) }
        lock.withLock { outcomes.append(.success(Response(status: status, headers: headers, body: body))) }
        return self
    }

    /// Prepares a failure.
    @discardableResult
    public func fail(_ fault: TransportFault) -> FakeTransport {
        lock.withLock { outcomes.append(.failure(TransportError(fault))) }
        return self
    }

    /// Records the request and returns the next prepared response.
    public func send(_ request: Request) async throws -> Response {
        let outcome: Result<Response, TransportError>? = lock.withLock {
            sent.append(request)
            return outcomes.isEmpty ? nil : outcomes.removeFirst()
        }
        guard let outcome else { throw NoResponse(call: request.call) }
        return try outcome.get()
    }

    /// A request for which no response was prepared.
    public struct NoResponse: Error {
        /// The request's call, such as `contacts.get`.
        public let call: String
    }
}

extension FakeTransport.NoResponse: LocalizedError, CustomStringConvertible {
    /// The call, and the methods that prepare a response.
    public var description: String { "\(call): no response was prepared for this request; call respond or fail first" }
    public var errorDescription: String? { description }
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

/// Text without the body and the headers, which contain the signature.
extension SampleDelivery: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The name of the event.
    public var description: String { "SampleDelivery(\(event))" }
    public var debugDescription: String { description }
    /// A mirror of the event only.
    public var customMirror: Mirror { Mirror(self, children: ["event": event]) }
}

/// Signs a body as the vendor does, and returns the headers.
public func sign(secret: String, body: Data, now: Date = Date()) throws -> [String: String] {
    let headers = try signDelivery(secret: secret, body: body, now: UInt64(max(0, now.timeIntervalSince1970)))
    return Dictionary(uniqueKeysWithValues: headers.map { ($0.name, $0.value) })
}

/// Returns one signed delivery for each event that the vendor names, each with a random id.
///
/// The vendor's page shows the data of `message.received`. The data of the other events is inferred, and may differ from
/// the vendor's.
public func deliveries(secret: String, now: Date = Date()) throws -> [SampleDelivery] {
    try eventNames().map { event in
        let body = sampleDelivery(event: event, deliveryId: UUID().uuidString.lowercased())
        return SampleDelivery(event: event, headers: try sign(secret: secret, body: body, now: now), body: body)
    }
}
