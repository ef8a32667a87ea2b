// Values of SQLite.
import Foundation

/// A value of a parameter or a column.
///
/// ```swift
/// try await database.execute("INSERT INTO received VALUES (?, ?)", ["message.received", 3])
/// ```
public enum SQLiteValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob(Data)
}

extension SQLiteValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByNilLiteral {
    /// Creates a text.
    public init(stringLiteral value: String) { self = .text(value) }
    /// Creates an integer.
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// Creates a real number.
    public init(floatLiteral value: Double) { self = .real(value) }
    /// Creates `null`.
    public init(nilLiteral: ()) { self = .null }
}

extension SQLiteValue: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The type of the value. The value itself may be personal.
    public var description: String {
        switch self {
        case .null: "null"
        case .integer: "integer"
        case .real: "real"
        case .text: "text"
        case .blob(let bytes): "blob(\(bytes.count) bytes)"
        }
    }
    public var debugDescription: String { description }
    /// A mirror without the value.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// An error of SQLite.
public struct SQLiteError: Error, Sendable, Equatable {
    /// SQLite's extended result code, such as 2067 for a row that is not unique. 0 if SQLite itself is missing.
    public let code: Int
    /// SQLite's message. It may quote the statement, but not the values of its parameters.
    public let message: String

    /// True if another connection has locked the database or a table.
    public var isBusy: Bool { [5, 6].contains(code & 0xFF) }
}

extension SQLiteError: LocalizedError, CustomStringConvertible {
    /// The message and the code.
    public var description: String { code == 0 ? message : "SQLite: \(message) (code \(code))" }
    public var errorDescription: String? { description }
}
