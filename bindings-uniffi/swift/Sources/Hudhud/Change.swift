// What stands in updates and answers where UniFFI has no type for it.
import Foundation

/// A change to one field of an update. Leave the argument out to keep the field as it is.
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

/// Without the value, which may be personal.
extension Change: CustomStringConvertible, CustomDebugStringConvertible {
    /// Whether it sets or clears.
    public var description: String {
        switch self {
        case .set: "set(…)"
        case .clear: "clear"
        }
    }
    public var debugDescription: String { description }
}

/// How a change crosses: nothing, an empty list, or a list of one.
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

/// A date and time of the vendor's, as RFC 3339 text.
public struct Timestamp: Hashable, Sendable {
    /// The text, as it came.
    public let text: String

    /// From text.
    public init(text: String) { self.text = text }

    /// A moment as text.
    public init(_ date: Date) { text = date.formatted(.iso8601) }

    /// The moment, unless the vendor sent something else.
    public var date: Date? {
        if let date = try? Date(text, strategy: .iso8601) { return date }
        return try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}

/// The moment; what is none is not shown.
extension Timestamp: CustomStringConvertible, CustomDebugStringConvertible {
    /// The text, if it is a moment.
    public var description: String { date == nil ? "Timestamp(…)" : text }
    public var debugDescription: String { description }
}

/// JSON is written as it is: `["city": "New York", "visits": 3]`.
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
    /// What happened, where, whose fault it is and what to do about it, without keys, phone numbers and texts.
    public var description: String { failure.summary }
    public var debugDescription: String { failure.summary }
    public var errorDescription: String? { failure.summary }
}
