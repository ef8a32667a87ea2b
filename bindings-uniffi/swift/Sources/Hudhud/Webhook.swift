// Webhooks: verification of the deliveries that Zagely sends to a user's server.
import Foundation

/// Verifies deliveries and reads their events.
///
/// ```swift
/// let webhook = try Webhook.fromEnvironment()  // ZAGELY_WEBHOOK_SECRET
/// switch try webhook.verify(headers: headers, body: body) {
/// case .messageReceived(let message): print(message.contact?.id ?? "")
/// default: break
/// }
/// ```
///
/// The body must be the bytes as received, as `Data`, `[UInt8]`, or NIO's `readableBytesView`. Do not parse and re-encode it, and do not decode it as text.
public struct Webhook: Sendable {
    private let verifier: Verifier
    private let clock: @Sendable () -> Date
    private let tolerance: Duration?

    /// Creates a verifier with one or several secrets.
    ///
    /// - Parameters:
    ///   - secrets: the webhook's secret, as text exactly as the vendor shows it. Give several secrets during a change of
    ///     the secret.
    ///   - tolerance: the largest difference between a delivery's timestamp and now, rounded up to whole seconds. `nil`
    ///     accepts any age. Your program must then store every `VerifiedDelivery.replayKey`, to detect an old delivery that is sent
    ///     again. The vendor documents no window, and retries a delivery for up to two and a half hours. Raise the
    ///     tolerance if late retries are refused as too old.
    ///   - clock: the source of the current time.
    /// - Throws: `HudhudError.invalidRequest` if there is no secret, a secret is blank, or the tolerance is negative.
    public init(secrets: [String], tolerance: Duration? = .seconds(300), clock: @escaping @Sendable () -> Date = { Date() }) throws {
        let isNegative = tolerance.map { $0 < .zero } ?? false
        try refuseNegatives(durations: isNegative ? ["tolerance"] : [])
        // Signatures state whole seconds.
        let seconds = tolerance.map { UInt64($0.components.seconds) + ($0.components.attoseconds > 0 ? 1 : 0) }
        verifier = try Verifier(secrets: secrets, tolerance: seconds)
        self.clock = clock
        self.tolerance = tolerance
    }

    /// Creates a verifier with one secret.
    public init(secret: String, tolerance: Duration? = .seconds(300), clock: @escaping @Sendable () -> Date = { Date() }) throws {
        try self.init(secrets: [secret], tolerance: tolerance, clock: clock)
    }

    /// Creates a verifier from the environment variable `ZAGELY_WEBHOOK_SECRET`, as `fromEnv` in other languages. Several
    /// secrets are separated by spaces.
    ///
    /// - Parameters:
    ///   - environment: the variables, for tests and for programs that keep them elsewhere.
    ///   - tolerance: the largest difference between a delivery's timestamp and now. See `init(secrets:tolerance:clock:)`.
    ///   - clock: the source of the current time.
    /// - Throws: `HudhudError.invalidRequest` if the variable is not set, or the tolerance is negative.
    public static func fromEnvironment(
        _ environment: [String: String] = ProcessInfo.processInfo.environment, tolerance: Duration? = .seconds(300),
        clock: @escaping @Sendable () -> Date = { Date() }
    ) throws -> Webhook {
        let variables = environment.filter { $0.key.hasPrefix("ZAGELY_") }
        return try Webhook(secrets: webhookSecrets(variables: variables), tolerance: tolerance, clock: clock)
    }

    /// Verifies a delivery and returns its event. Names of headers are case-insensitive.
    ///
    /// - Throws: `WebhookError` if the delivery is refused.
    public func verify(headers: [String: String], body: some DataProtocol) throws -> WebhookEvent {
        try receive(headers: headers, body: body).event
    }

    /// Verifies a delivery whose headers are in the form of NIO, Vapor and Hummingbird, and returns its event.
    ///
    /// - Throws: `WebhookError` if the delivery is refused.
    public func verify(headers: some Sequence<(name: String, value: String)>, body: some DataProtocol) throws -> WebhookEvent {
        try receive(headers: headers, body: body).event
    }

    /// Verifies a delivery and returns it. Store its replay key, so that your program handles the delivery only once.
    ///
    /// - Throws: `WebhookError` if the delivery is refused.
    public func receive(headers: [String: String], body: some DataProtocol) throws -> VerifiedDelivery {
        try receive(headers: headers.lazy.map { (name: $0.key, value: $0.value) }, body: body)
    }

    /// Verifies a delivery whose headers are in the form of NIO, Vapor and Hummingbird.
    ///
    /// - Throws: `WebhookError` if the delivery is refused.
    public func receive(headers: some Sequence<(name: String, value: String)>, body: some DataProtocol) throws
        -> VerifiedDelivery
    {
        let signed = headers.filter { header in
            Self.signed.contains { $0.utf8.count == header.name.utf8.count && $0 == header.name.lowercased() }
        }
        switch verifier.verify(headers: signed, body: body as? Data ?? Data(body), now: Int64(clock().timeIntervalSince1970)) {
        case .verified(let delivery): return delivery
        case .refused(let reason, let httpStatus, let hint):
            throw WebhookError(reason: reason, httpStatus: Int(httpStatus), hint: hint)
        }
    }

    /// The names of the headers that the verifier reads, in lower case.
    private static let signed = webhookHeaders().map { $0.lowercased() }
}

/// The refusal of a delivery. Log it, and respond to the sender with `httpStatus` alone.
public struct WebhookError: Error, Sendable, Equatable {
    /// The reason for the refusal.
    public let reason: WebhookErrorReason
    /// The HTTP status of the response: 400 if the request is not a delivery, 401 if its signature or time is not valid.
    public let httpStatus: Int
    /// A possible cause.
    public let hint: String
}

extension WebhookError: LocalizedError, CustomStringConvertible {
    /// The reason, with its name in all hosts, and a possible cause.
    public var description: String { "webhook refused: \(reason). \(hint)" }
    public var errorDescription: String? { description }
}

/// A message template: `{{ name }}` becomes a value.
///
/// The result can differ from what the vendor renders. The vendor's page states the form of a variable. It states
/// neither escaping nor the result for a variable without a value.
public struct Template: Sendable {
    private let source: String

    /// Creates a template from its text, as the vendor stores it.
    public init(_ source: String) { self.source = source }

    /// The names of the variables, each once, in order of first appearance.
    public var variables: [String] { templateVariables(template: source) }

    /// Replaces the variables by their values. Variables inside a value are not replaced.
    ///
    /// - Throws: `HudhudError.invalidRequest` that names every variable without a value, unless `missing` is set to
    ///   another behaviour.
    public func render(_ values: [String: JsonValue], missing: MissingPolicy = .error) throws -> String {
        try renderTemplate(template: source, values: values, missing: missing)
    }
}

/// Text without the template's text, which may be personal.
extension Template: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The fixed text `Template(…)`.
    public var description: String { "Template(…)" }
    public var debugDescription: String { description }
    /// A mirror without children, because they would show the text.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Text without the secrets.
extension Webhook: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The tolerance.
    public var description: String { "Webhook(tolerance: \(tolerance.map { "\($0)" } ?? "nil"))" }
    public var debugDescription: String { description }
    /// A mirror without children, because they would show the secrets.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
