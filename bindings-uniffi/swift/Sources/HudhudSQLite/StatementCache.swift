// The prepared statements of a connection. SQLite takes longer to prepare a statement than to run it.
import CHudhudSQLite

/// A cache of prepared statements, until the connection is closed. Only the connection's thread uses it.
final class StatementCache {
    /// The number of texts after which all statements are prepared again. A program may put values into its texts.
    private static let most = 64
    /// The first words of statements that may be cached. SQLite executes some others, such as `PRAGMA`, when it prepares them.
    private static let kinds = ["SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH"]

    private let sqlite: UnsafePointer<hudhud_sqlite_functions>
    private var all: [String: OpaquePointer] = [:]
    /// The statements that begin and end a transaction. They are not found by their texts, because a handler must not run them.
    private var ends: [String: OpaquePointer] = [:]

    init(_ sqlite: UnsafePointer<hudhud_sqlite_functions>) { self.sqlite = sqlite }

    /// Returns the statement of this text, or `nil` if it cannot be cached. `prepare` makes it.
    func statement(_ text: String, prepare: (String) throws -> OpaquePointer) rethrows -> OpaquePointer? {
        if let cached = all[text] { return cached }
        guard Self.kinds.contains(text.prefix { $0.isLetter }.uppercased()) else { return nil }
        let prepared = try prepare(text)
        if all.count == Self.most { finalize(&all) }
        all[text] = prepared
        return prepared
    }

    /// Returns a statement that begins or ends a transaction. `prepare` makes it.
    func end(_ text: String, prepare: (String) throws -> OpaquePointer) rethrows -> OpaquePointer {
        if let cached = ends[text] { return cached }
        let prepared = try prepare(text)
        ends[text] = prepared
        return prepared
    }

    /// Finalizes all statements, before the connection is closed.
    func finalize() {
        finalize(&all)
        finalize(&ends)
    }

    private func finalize(_ statements: inout [String: OpaquePointer]) {
        for statement in statements.values { _ = sqlite.pointee.finalize(statement) }
        statements = [:]
    }
}
