// The state of a rate limiter in a table of SQLite. The stores of Python, Rust, Kotlin and Java use the same table.
import Foundation
import Hudhud

/// A store through which processes on one machine share the limits of a key, in SQLite 3.35 or later.
///
/// ```swift
/// let limiter = RateLimiter(store: try SQLiteRateLimiterStore(path: "limits.db", name: "zagely:main"))
/// let zagely = try Zagely.fromEnvironment(rateLimiter: limiter)
/// ```
///
/// The table is `hudhud_rate_limiter`. Use another file than that of a `TransactionalInbox` whose handler makes calls: SQLite has
/// one writer at a time, so a call within the handler would wait for the end of the handler's own transaction.
public final class SQLiteRateLimiterStore: RateLimiterStore {
    private let connection: SQLiteConnection
    private let name: String

    /// Opens the file or makes it, and makes the table.
    ///
    /// - Parameters:
    ///   - path: the path of the file.
    ///   - name: the name of the limiter. All processes that use one key give the same name.
    /// - Throws: `SQLiteError`.
    public init(path: String, name: String) throws {
        (connection, self.name) = (try SQLiteConnection(path: path), name)
        try connection.useWriteAheadLog()
        try connection.run("CREATE TABLE IF NOT EXISTS hudhud_rate_limiter (name TEXT PRIMARY KEY, state BLOB NOT NULL)")
    }

    /// Returns the bytes, or `nil` if the limiter has none.
    public func load() async throws -> Data? {
        let rows = try await connection.query("SELECT state FROM hudhud_rate_limiter WHERE name = ?", [.text(name)])
        guard case .blob(let state)? = rows.first?.first else { return nil }
        return state
    }

    /// Replaces the bytes if they are still `old`. Returns true if they were replaced.
    public func swap(old: Data?, new: Data) async throws -> Bool {
        guard let old else {
            let insert = "INSERT INTO hudhud_rate_limiter (name, state) VALUES (?, ?) ON CONFLICT (name) DO NOTHING"
            return try await connection.execute(insert, [.text(name), .blob(new)]) == 1
        }
        let update = "UPDATE hudhud_rate_limiter SET state = ? WHERE name = ? AND state = ?"
        return try await connection.execute(update, [.blob(new), .text(name), .blob(old)]) == 1
    }
}

extension SQLiteRateLimiterStore: CustomStringConvertible {
    /// The name of the type and of the limiter.
    public var description: String { "SQLiteRateLimiterStore(\(name))" }
}
