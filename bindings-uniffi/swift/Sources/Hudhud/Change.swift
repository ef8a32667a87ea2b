// Types of fields in updates and outputs that UniFFI does not have.
import Foundation

/// A change to one field of an update. Omit the argument to leave the field unchanged.
public enum Change<Value> {
    /// Sets the field to this value.
    case set(Value)
    /// Clears the field.
    case clear
}

extension Change: Equatable where Value: Equatable {}
extension Change: Hashable where Value: Hashable {}
extension Change: Sendable where Value: Sendable {}

/// A literal sets the field: `name: "Ann"`.
extension Change: ExpressibleByUnicodeScalarLiteral where Value == String {
    public init(unicodeScalarLiteral value: String) { self = .set(value) }
}
extension Change: ExpressibleByExtendedGraphemeClusterLiteral where Value == String {
    public init(extendedGraphemeClusterLiteral value: String) { self = .set(value) }
}
extension Change: ExpressibleByStringLiteral where Value == String {
    public init(stringLiteral value: String) { self = .set(value) }
}

/// Text without the value, which may be personal.
extension Change: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The kind of change: `set(…)` or `clear`.
    public var description: String {
        switch self {
        case .set: "set(…)"
        case .clear: "clear"
        }
    }
    public var debugDescription: String { description }
    /// A mirror without children, because they would show the value.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Converts between changes and UniFFI's form of them: nil (no change), an empty list (clear), or a list of one (set).
enum Changes {
    static func lift<T>(_ wire: [T]?) -> Change<T>? { wire.map { $0.first.map(Change.set) ?? .clear } }

    static func lower<T>(_ change: Change<T>?) -> [T]? {
        switch change {
        case nil: nil
        case .clear: []
        case .set(let value): [value]
        }
    }
}

/// A date and time from or for the vendor, as RFC 3339 text.
public struct Timestamp: Hashable, Sendable {
    /// The text as received.
    public let text: String

    /// Creates a timestamp from text. The text is not validated.
    public init(text: String) { self.text = text }

    /// Creates a timestamp from a date.
    public init(_ date: Date) { text = date.formatted(.iso8601) }

    /// The date, or `nil` if the text is not a valid timestamp.
    public var date: Date? {
        if let date = try? Date(text, strategy: .iso8601) { return date }
        return try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}

/// Text that hides a value that is not a valid timestamp.
extension Timestamp: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text if it is a valid timestamp, `Timestamp(…)` otherwise.
    public var description: String { date == nil ? "Timestamp(…)" : text }
    public var debugDescription: String { description }
    /// A mirror without children, because they would show the text.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Literals as JSON: `["city": "New York", "visits": 3]`.
extension JsonValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .text(value: value) }
    public init(booleanLiteral value: Bool) { self = .bool(value: value) }
    public init(integerLiteral value: Int64) { self = .int(value: value) }
    public init(floatLiteral value: Double) { self = .double(value: value) }
    public init(nilLiteral: ()) { self = .null }
    public init(arrayLiteral items: JsonValue...) { self = .array(items: items) }
    public init(dictionaryLiteral members: (String, JsonValue)...) {
        self = .object(members: Dictionary(members, uniquingKeysWith: { _, last in last }))
    }
}

extension HudhudError: LocalizedError, CustomStringConvertible, CustomDebugStringConvertible {
    /// The failure, the call, the party at fault and the hint, without keys, phone numbers and message texts.
    public var description: String { failure.summary }
    public var debugDescription: String { failure.summary }
    public var errorDescription: String? { failure.summary }
}
