// The entries of an inbox in a table of SQLite, next to the rows of the program. The Python package, the crate `hudhud-sqlite` and
// `hudhud-jdbc` use the same tables.
import Foundation
import Hudhud

/// A store of an inbox in SQLite 3.35 or later. The file may contain the rows of the program too.
///
/// ```swift
/// let inbox = try TransactionalInbox(SQLiteInboxStore(path: "shop.db"))
/// ```
///
/// The tables are `hudhud_inbox` and `hudhud_inbox_version`. A transactional handler receives the connection of the
/// transaction. It must not begin or end a transaction. Savepoints are allowed. Settings with `PRAGMA`, attached databases and
/// temporary tables of a handler stay for the next events, so it should undo them. SQLite writes one transaction at a time, so other
/// deliveries wait until the handler has ended. A delivery that has waited for 30 seconds is `busy`.
public final class SQLiteInboxStore: TransactionalInboxStore {
    private let connection: SQLiteConnection
    private let queue = ConnectionQueue()

    /// Opens the file or makes it, and makes the tables or changes those of an earlier version.
    ///
    /// - Throws: `SQLiteError`.
    public init(path: String) throws {
        connection = try SQLiteConnection(path: path)
        try makeTables()
    }

    /// Runs `use` in a transaction, and returns its result.
    @discardableResult
    public func transaction<Result: Sendable>(
        _ use: @escaping @Sendable (any InboxTransaction<SQLiteConnection>) async throws -> Result
    ) async throws -> Result {
        try await queue.take { [connection] in
            try await connection.onThread {
                let open = try await Self.busy { try await connection.begin() }
                do {
                    let result = try await use(Open(connection: open))
                    try await Self.busy { try await connection.commit(open) }
                    return result
                } catch {
                    // Its error must not replace the error of the handler.
                    try? await connection.rollBack(open)
                    throw error
                }
            }
        }
    }

    /// Stores the entry if the key has none. Returns the stored entry.
    public func putOrGet(key: String, change: InboxChange) async throws -> Data {
        try await own { try await $0.putOrGet(key: key, change: change) }
    }

    /// Stores the entry if the stored one is the expected one. Returns true if it was stored.
    public func replace(key: String, change: InboxChange) async throws -> Bool {
        try await own { try await $0.replace(key: key, change: change) }
    }

    /// Does what `replace` does, in a task that was cancelled too.
    public func replaceDespiteCancellation(key: String, change: InboxChange) async throws -> Bool {
        try await own(isCancellable: false) { try await $0.replace(key: key, change: change) }
    }

    /// Deletes entries whose time has passed, at most 1,000. Returns their number.
    public func cleanUp(now: Date) async throws -> Int {
        try await own {
            try await $0.connection.execute(
                "DELETE FROM hudhud_inbox WHERE key IN (SELECT key FROM hudhud_inbox WHERE forget_at <= ? LIMIT 1000)", [millis(now)])
        }
    }

    /// Returns the keys of all poisoned events.
    public func poisoned() async throws -> [String] {
        let rows = try await own {
            try await $0.connection.query("SELECT key FROM hudhud_inbox WHERE status = 'poisoned' ORDER BY key")
        }
        return rows.compactMap { if case .text(let key) = $0[0] { key } else { nil } }
    }

    /// Deletes an entry. Returns true if it existed.
    public func forget(key: String) async throws -> Bool {
        try await own { try await $0.connection.execute("DELETE FROM hudhud_inbox WHERE key = ?", [.text(key)]) == 1 }
    }

    /// Uses the connection outside of a transaction: each statement is its own transaction.
    private func own<Result: Sendable>(
        isCancellable: Bool = true, _ use: @escaping @Sendable (Open) async throws -> Result
    ) async throws -> Result {
        try await queue.take(isCancellable: isCancellable) { [connection] in try await Self.busy { try await use(Open(connection: connection)) } }
    }

    /// Converts SQLite's error for a lock.
    @discardableResult
    private static func busy<Result>(_ use: () async throws -> Result) async throws -> Result {
        do { return try await use() } catch let error as SQLiteError where error.isBusy { throw InboxBusy() }
    }

    private struct Open: InboxTransaction {
        let connection: SQLiteConnection

        func putOrGet(key: String, change: InboxChange) async throws -> Data {
            let rows = try await connection.query(putOrGetStatement, new(key, change))
            guard case .blob(let entry)? = rows.first?.first else {
                throw SQLiteError(code: 20, message: "expected a blob in the column entry of hudhud_inbox")
            }
            return entry
        }

        func replace(key: String, change: InboxChange) async throws -> Bool {
            guard let expected = change.expected else {
                return try await connection.execute(insertStatement, new(key, change)) == 1
            }
            let values: [SQLiteValue] = [
                .text(change.status), .blob(change.entry), millis(change.forgetAt), .text(key), .blob(expected),
            ]
            return try await connection.execute(updateStatement, values) == 1
        }

        private func new(_ key: String, _ change: InboxChange) -> [SQLiteValue] {
            [.text(key), .text(change.status), .blob(change.entry), millis(change.forgetAt)]
        }
    }

    /// Makes the tables, or changes those of an earlier version.
    private func makeTables() throws {
        try connection.useWriteAheadLog()
        try connection.run("BEGIN IMMEDIATE")
        do {
            try connection.run("CREATE TABLE IF NOT EXISTS hudhud_inbox_version (version INTEGER NOT NULL)")
            var version = 0
            try connection.run("SELECT max(version) FROM hudhud_inbox_version") {
                if case .integer(let number) = $0[0] { version = Int(number) }
            }
            guard version <= steps.count else {
                let message = "the tables of the inbox have version \(version), and this library knows \(steps.count): update Hudhud"
                throw SQLiteError(code: 1, message: message)
            }
            for (number, statements) in steps.enumerated().dropFirst(version) {
                for statement in statements { try connection.run(statement) }
                try connection.run("INSERT INTO hudhud_inbox_version (version) VALUES (\(number + 1))")
            }
            try connection.run("COMMIT")
        } catch {
            try? connection.run("ROLLBACK")
            throw error
        }
    }
}

extension SQLiteInboxStore: CustomStringConvertible {
    /// The name of the type.
    public var description: String { "SQLiteInboxStore" }
}

private let values = "INSERT INTO hudhud_inbox (key, status, entry, forget_at) VALUES (?, ?, ?, ?)"
private let putOrGetStatement = "\(values) ON CONFLICT (key) DO UPDATE SET entry = hudhud_inbox.entry RETURNING entry"
private let insertStatement = "\(values) ON CONFLICT (key) DO NOTHING"
private let updateStatement = "UPDATE hudhud_inbox SET status = ?, entry = ?, forget_at = ? WHERE key = ? AND entry = ?"

/// The statements that lead from one version of the tables to the next. Released steps never change.
private let steps = [
    [
        "CREATE TABLE hudhud_inbox (key TEXT PRIMARY KEY, status TEXT NOT NULL, entry BLOB NOT NULL, forget_at INTEGER)",
        "CREATE INDEX hudhud_inbox_forget_at ON hudhud_inbox (forget_at) WHERE forget_at IS NOT NULL",
        "CREATE INDEX hudhud_inbox_poisoned ON hudhud_inbox (key) WHERE status = 'poisoned'",
    ]
]

private func millis(_ time: Date?) -> SQLiteValue {
    time.map {
        let millis = ($0.timeIntervalSince1970 * 1000).rounded()
        return .integer(Int64(exactly: millis) ?? (millis > 0 ? .max : .min))
    } ?? .null
}
