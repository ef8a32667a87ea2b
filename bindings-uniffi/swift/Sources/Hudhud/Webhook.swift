// Webhooks: what Zagely delivers to a user's own server, verified before it is believed.
import Foundation

/// Verifies deliveries and reads their events.
///
/// ```swift
/// let webhook = try Webhook(secret: secret)
/// switch try webhook.verify(headers: headers, body: body) {
/// case .messageReceived(let message): print(message.contact?.id ?? "")
/// default: break
/// }
/// ```
///
/// The body is the bytes as they were received: not parsed and written again, not decoded as text.
public struct Webhook: Sendable {
    private let verifier: Verifier
    private let clock: @Sendable () -> Date

    /// With the webhook's secrets.
    ///
    /// - Parameters:
    ///   - secrets: the webhook's secret, as text exactly as the vendor shows it; or several while they are being
    ///     changed.
    ///   - tolerance: how many seconds a delivery's timestamp may be from now; with `nil` any age is taken, and then
    ///     only remembering `VerifiedDelivery.replayKey` keeps an old delivery from being sent here again. The vendor
    ///     names no window, and tries a delivery again for up to two and a half hours: if late tries are refused as too
    ///     old, widen it.
    ///   - clock: the time.
    public init(secrets: [String], tolerance: UInt64? = 300, clock: @escaping @Sendable () -> Date = { Date() }) throws {
        verifier = try Verifier(secrets: secrets, tolerance: tolerance)
        self.clock = clock
    }

    /// With one secret.
    public init(secret: String, tolerance: UInt64? = 300, clock: @escaping @Sendable () -> Date = { Date() }) throws {
        try self.init(secrets: [secret], tolerance: tolerance, clock: clock)
    }

    /// The event of a delivery. Names of headers are found in any case.
    ///
    /// - Throws: `WebhookError` if it is not to be believed.
    public func verify(headers: [String: String], body: Data) throws -> WebhookEvent {
        try receive(headers: headers, body: body).event
    }

    /// The delivery whole: with what to remember so that it is not handled twice.
    ///
    /// - Throws: `WebhookError` if it is not to be believed.
    public func receive(headers: [String: String], body: Data) throws -> VerifiedDelivery {
        try receive(headers: headers.lazy.map { (name: $0.key, value: $0.value) }, body: body)
    }

    /// The delivery whole, from headers as NIO, Vapor and Hummingbird have them.
    ///
    /// - Throws: `WebhookError` if it is not to be believed.
    public func receive(headers: some Sequence<(name: String, value: String)>, body: Data) throws -> VerifiedDelivery {
        let signed = headers.filter { header in
            Self.signed.contains { $0.utf8.count == header.name.utf8.count && $0 == header.name.lowercased() }
        }
        switch verifier.verify(headers: signed, body: body, now: Int64(clock().timeIntervalSince1970)) {
        case .verified(let delivery): return delivery
        case .refused(let reason, let httpStatus, let hint):
            throw WebhookError(reason: reason, httpStatus: Int(httpStatus), hint: hint)
        }
    }

    /// All that is looked at.
    private static let signed = webhookHeaders().map { $0.lowercased() }
}

/// A delivery that is not to be believed. It is for one's own log: to whoever sent the delivery answer with `httpStatus`
/// alone.
public struct WebhookError: Error, Sendable, Equatable {
    /// Why.
    public let reason: Reason
    /// The HTTP status to answer with: 400 for what cannot be a delivery, 401 for what cannot be believed.
    public let httpStatus: Int
    /// What may lie behind it.
    public let hint: String
}

extension WebhookError: LocalizedError, CustomStringConvertible {
    /// Why, and what may lie behind it.
    public var description: String { "webhook refused: \(reason). \(hint)" }
    public var errorDescription: String? { description }
}

/// A message template: `{{ name }}` becomes a value.
///
/// This comes close to what the vendor renders, and no closer than its page goes: it states the form of a variable, and
/// neither escaping nor what becomes of one without a value.
public struct Template: Sendable {
    private let source: String

    /// Of its text, as it stands at the vendor's.
    public init(_ source: String) { self.source = source }

    /// The names of the variables, each once, in order of first appearance.
    public var variables: [String] { templateVariables(template: source) }

    /// Fills in values. What a value holds is text: variables in it are not filled in again.
    ///
    /// - Throws: `HudhudError.invalidRequest` that names every variable without a value, unless `missing` says otherwise.
    public func render(_ values: [String: JsonValue], missing: Missing = .error) throws -> String {
        try renderTemplate(template: source, values: values, missing: missing)
    }
}

/// Without the text, which may be personal.
extension Template: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// That it is one.
    public var description: String { "Template(…)" }
    public var debugDescription: String { description }
    /// Nothing: the text would be in it.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
