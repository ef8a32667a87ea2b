// JSON without a declared type: readers, text, and `Codable`.
import Foundation

extension JsonValue {
    /// The member of this name, or `nil` if this is not an object or has no such member.
    public subscript(name: String) -> JsonValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    /// The item at this position, or `nil` if this is not an array or has no such item.
    public subscript(position: Int) -> JsonValue? {
        if case .array(let items) = self, items.indices.contains(position) { items[position] } else { nil }
    }

    /// The text, or `nil` if this is not text.
    public var text: String? { if case .text(let value) = self { value } else { nil } }

    /// The integer, or `nil` if this is not an integer of 64 bits.
    public var integer: Int64? { if case .int(let value) = self { value } else { nil } }

    /// The nearest number, or `nil` if this is not a number.
    public var number: Double? {
        switch self {
        case .double(let value): value
        case .int(let value): Double(value)
        case .digits(let text): Double(text)
        default: nil
        }
    }

    /// `true` or `false`, or `nil` if this is neither.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// Returns the JSON text. It contains all values, also personal ones. Members are in the order of their names. NaN and an
    /// infinity become `null`, because JSON has neither: `JSONEncoder` throws an error with their place instead.
    public func toJSON() -> String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .double(let value): value.isFinite ? String(value) : "null"
        case .digits(let text): text
        case .text(let value): Self.quoted(value)
        case .array(let items): "[" + items.map { $0.toJSON() }.joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.sorted { $0.key < $1.key }.map { Self.quoted($0.key) + ":" + $0.value.toJSON() }
                .joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var out = "\""
        for letter in text.unicodeScalars {
            switch letter {
            case "\"", "\\": out += "\\\(letter)"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case ..<" ": out += String(format: "\\u%04x", letter.value)
            default: out.unicodeScalars.append(letter)
            }
        }
        return out + "\""
    }
}

extension JsonValue: Codable {
    /// Reads any JSON. A number with digits that neither `Int64` nor `Double` holds becomes `digits`. It has the first 38 of them,
    /// because decoders offer no more.
    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let flag = try? value.decode(Bool.self) {
            self = .bool(value: flag)
        } else if let number = try? value.decode(Int64.self) {
            // Decoders round a fraction such as 1.00000000000000000001.
            self = Self.digits(of: value, besides: Decimal(number)) ?? .int(value: number)
        } else if let number = try? value.decode(Double.self) {
            self = Self.digits(of: value, besides: Decimal(string: "\(number)")) ?? .double(value: number)
        } else if let text = try? value.decode(String.self) {
            self = .text(value: text)
        } else if let items = try? value.decode([JsonValue].self) {
            self = .array(items: items)
        } else {
            self = .object(members: try value.decode([String: JsonValue].self))
        }
    }

    /// Returns the number with all its digits if `number`, which was decoded from the same text, does not have them.
    private static func digits(of value: any SingleValueDecodingContainer, besides number: Decimal?) -> JsonValue? {
        guard let decimal = try? value.decode(Decimal.self), !decimal.isNaN else { return nil }
        let text = "\(decimal)"
        // A `Double` holds each number of 15 digits.
        guard text.filter(\.isNumber).count > 15, decimal != number else { return nil }
        return .digits(text: text)
    }

    /// Writes the JSON. `digits` becomes a number, or text if it is too large for `Decimal`.
    public func encode(to encoder: any Encoder) throws {
        var out = encoder.singleValueContainer()
        switch self {
        case .null: try out.encodeNil()
        case .bool(let value): try out.encode(value)
        case .int(let value): try out.encode(value)
        case .double(let value): try out.encode(value)
        case .digits(let text):
            if let number = Decimal(string: text) { try out.encode(number) } else { try out.encode(text) }
        case .text(let value): try out.encode(value)
        case .array(let items): try out.encode(items)
        case .object(let members): try out.encode(members)
        }
    }
}

extension Timestamp: Codable {
    /// Reads RFC 3339 text, which is not validated.
    public init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

    /// Writes the text.
    public func encode(to encoder: any Encoder) throws {
        var out = encoder.singleValueContainer()
        try out.encode(text)
    }
}

/// A name of a member.
struct MemberName: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue _: Int) { nil }
}

/// The functions that the generated `Codable` conformances call.
extension KeyedDecodingContainer<MemberName> {
    /// Reads a field that may be absent or null.
    func optional<T: Decodable>(_ name: String) throws -> T? { try decodeIfPresent(T.self, forKey: MemberName(name)) }

    func required<T: Decodable>(_ name: String) throws -> T { try decode(T.self, forKey: MemberName(name)) }

    /// Reads a field of an update: absent, null or a value.
    func change<T: Decodable>(_ name: String) throws -> Change<T>? {
        let name = MemberName(name)
        guard contains(name) else { return nil }
        return try decodeNil(forKey: name) ? .clear : .set(decode(T.self, forKey: name))
    }

    /// Refuses members without a field, which may be misspelt.
    func refuseOthers(than names: [String]) throws {
        for key in allKeys where !names.contains(key.stringValue) {
            let fields = names.joined(separator: ", ")
            let description = "expected a field of this call: \(fields)"
            throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: description)
        }
    }
}

extension KeyedEncodingContainer<MemberName> {
    mutating func put<T: Encodable>(_ value: T?, _ name: String) throws {
        try encodeIfPresent(value, forKey: MemberName(name))
    }

    mutating func put<T: Encodable>(change: Change<T>?, _ name: String) throws {
        switch change {
        case nil: break
        case .clear: try encodeNil(forKey: MemberName(name))
        case .set(let value): try encode(value, forKey: MemberName(name))
        }
    }
}
