// A connection to a database of SQLite.
import CHudhudSQLite
import Foundation

/// A connection to a database of SQLite. A transactional handler receives the connection of its transaction. It can be used until
/// the transaction ends.
///
/// All statements run on a separate thread, so they block no task. On Linux, and from macOS 15 and iOS 18 on, a transactional
/// handler runs on this thread too, except where it waits or uses an actor.
public final class SQLiteConnection: @unchecked Sendable {
    private let sqlite: UnsafePointer<hudhud_sqlite_functions>
    private let database: OpaquePointer
    private let thread: SQLiteThread
    private let statements: StatementCache
    /// Not 0 while a handler has the connection. The authorizer reads it.
    private let isHandling: UnsafeMutablePointer<CInt>
    /// The connection that owns the database, if this connection is only for a transaction.
    private let owner: SQLiteConnection?
    /// True after the end of the transaction. Only the queue uses it.
    private var hasEnded = false

    init(path: String) throws {
        // SQLite would keep the rows of such a database in memory, or cut the path.
        guard !path.isEmpty, path != ":memory:", !path.hasPrefix("file:"), !path.utf8.contains(0) else {
            throw SQLiteError(code: 14, message: "path: expected the path of a file")
        }
        guard let sqlite = hudhud_sqlite() else {
            throw SQLiteError(code: 0, message: "expected SQLite 3.35 or later: install the package libsqlite3-0")
        }
        // Read and write, create the file, and allow all threads.
        let flags: Int32 = 0x2 | 0x4 | 0x10000
        var opened: OpaquePointer?
        let code = sqlite.pointee.open_v2(path, &opened, flags, nil)
        guard code == 0, let opened else {
            let reason = String(cString: sqlite.pointee.errstr(code))
            let error = SQLiteError(
                code: Int(code), message: "\(reason) \(path): create its folder, or allow this process to write there")
            if let opened { _ = sqlite.pointee.close_v2(opened) }
            throw error
        }
        (self.sqlite, database) = (sqlite, opened)
        thread = SQLiteThread()
        statements = StatementCache(sqlite)
        isHandling = .allocate(capacity: 1)
        isHandling.initialize(to: 0)
        owner = nil
        _ = sqlite.pointee.set_authorizer(opened, hudhud_sqlite_refuse_ends, isHandling)
        // The time for which a statement waits while another connection writes.
        _ = sqlite.pointee.busy_timeout(opened, 5_000)
    }

    /// Creates the connection of a transaction.
    private init(transactionOf owner: SQLiteConnection) {
        (sqlite, database) = (owner.sqlite, owner.database)
        (thread, statements, isHandling) = (owner.thread, owner.statements, owner.isHandling)
        self.owner = owner
    }

    deinit {
        guard owner == nil else { return }
        statements.finalize()
        _ = sqlite.pointee.close_v2(database)
        isHandling.deallocate()
    }

    /// Executes one statement with the values of its parameters. Returns the number of rows that it changed.
    ///
    /// - Throws: `SQLiteError`.
    @discardableResult
    public func execute(_ statement: String, _ values: [SQLiteValue] = []) async throws -> Int {
        try await onQueue {
            let before = $0.sqlite.pointee.total_changes($0.database)
            try $0.runCached(statement, values) { _ in }
            // SQLite keeps the number of the last statement that changed rows.
            return $0.sqlite.pointee.total_changes($0.database) == before ? 0 : Int($0.sqlite.pointee.changes($0.database))
        }
    }

    /// Executes one statement with the values of its parameters. Returns its rows.
    ///
    /// - Throws: `SQLiteError`.
    public func query(_ statement: String, _ values: [SQLiteValue] = []) async throws -> [[SQLiteValue]] {
        try await onQueue {
            var rows: [[SQLiteValue]] = []
            try $0.runCached(statement, values) { rows.append($0) }
            return rows
        }
    }

    /// Runs your code on the connection's thread, with its `sqlite3 *`. Do not keep the pointer.
    public func withPointer<Result: Sendable>(
        _ use: @escaping @Sendable (_ database: OpaquePointer) throws -> Result
    ) async throws -> Result {
        try await onQueue { try use($0.database) }
    }

    /// Sets the mode in which readers do not wait for writers. The database keeps it. While another process writes, SQLite
    /// refuses the change without a wait. The stores work without it too.
    func useWriteAheadLog() throws {
        do { try run("PRAGMA journal_mode = WAL") } catch let error as SQLiteError where error.isBusy {}
    }

    /// Runs a part of a task on the connection's thread. Its statements then need no change of the thread, which costs more than most
    /// statements.
    func onThread<Result: Sendable>(_ use: @Sendable () async throws -> Result) async throws -> Result { try await thread.run(use) }

    /// Begins a transaction, and returns its connection, which refuses statements that begin or end a transaction.
    func begin() async throws -> SQLiteConnection {
        try await onQueue {
            try $0.runEnd("BEGIN IMMEDIATE")
            $0.isHandling.pointee = 1
            return SQLiteConnection(transactionOf: $0)
        }
    }

    /// Commits the transaction that has this connection.
    func commit(_ transaction: SQLiteConnection) async throws {
        try await onQueue {
            $0.end(transaction)
            guard !$0.isOutsideOfTransaction else {
                throw SQLiteError(code: 1, message: "the handler ended the transaction: it must neither commit nor roll back")
            }
            try $0.runEnd("COMMIT")
        }
    }

    /// Rolls back the transaction that has this connection, unless an error of SQLite has rolled it back already.
    func rollBack(_ transaction: SQLiteConnection) async throws {
        try await onQueue {
            $0.end(transaction)
            if !$0.isOutsideOfTransaction { try $0.runEnd("ROLLBACK") }
        }
    }

    /// Refuses later uses of the connection of a transaction. A task that the handler left behind would write in the
    /// transaction of another event.
    private func end(_ transaction: SQLiteConnection) {
        transaction.hasEnded = true
        isHandling.pointee = 0
    }

    /// True if no transaction is open.
    private var isOutsideOfTransaction: Bool { sqlite.pointee.get_autocommit(database) != 0 }

    private func onQueue<Result: Sendable>(_ use: @escaping @Sendable (SQLiteConnection) throws -> Result) async throws -> Result {
        if thread.isCurrent {
            try checkIsOpen()
            return try use(self)
        }
        return try await withCheckedThrowingContinuation { continuation in
            thread.queue.async {
                continuation.resume(
                    with: Swift.Result {
                        try self.checkIsOpen()
                        return try use(self)
                    })
            }
        }
    }

    private func checkIsOpen() throws {
        guard owner != nil else { return }
        if hasEnded { throw SQLiteError(code: 21, message: "the transaction of this connection has ended") }
        // A conflict with `OR ROLLBACK`, and some errors, end a transaction. Later statements would be stored without the mark.
        if isOutsideOfTransaction {
            throw SQLiteError(code: 21, message: "SQLite has rolled the transaction back after an error")
        }
    }

    /// Prepares a statement. Refuses a text of which SQLite would ignore a part.
    private func prepare(_ statement: String) throws -> OpaquePointer {
        guard !statement.utf8.contains(0) else { throw SQLiteError(code: 21, message: "the statement contains a zero byte") }
        return try statement.withCString { text in
            var first: OpaquePointer?
            var second: OpaquePointer?
            var rest: UnsafePointer<CChar>?
            try check(sqlite.pointee.prepare_v2(database, text, -1, &first, &rest))
            guard let prepared = first else { throw SQLiteError(code: 21, message: "expected a statement, found nothing") }
            // Spaces and comments may follow.
            guard let after = rest, after.pointee != 0 else { return prepared }
            let code = sqlite.pointee.prepare_v2(database, after, -1, &second, nil)
            guard code == 0, second == nil else {
                _ = sqlite.pointee.finalize(prepared)
                _ = sqlite.pointee.finalize(second)
                throw SQLiteError(code: 21, message: "expected one statement, found several")
            }
            return prepared
        }
    }

    /// Executes a statement on this thread, and passes each row on.
    func run(_ statement: String, _ values: [SQLiteValue] = [], row: ([SQLiteValue]) -> Void = { _ in }) throws {
        let prepared = try prepare(statement)
        defer { _ = sqlite.pointee.finalize(prepared) }
        try run(prepared, values, row: row)
    }

    /// Does the same, and keeps the prepared statement for the next time if possible.
    private func runCached(_ statement: String, _ values: [SQLiteValue], row: ([SQLiteValue]) -> Void) throws {
        guard let cached = try statements.statement(statement, prepare: prepare) else { return try run(statement, values, row: row) }
        try run(cached, values, row: row)
    }

    /// Executes a statement that begins or ends a transaction.
    private func runEnd(_ statement: String) throws { try run(statements.end(statement, prepare: prepare), []) { _ in } }

    private func run(_ prepared: OpaquePointer, _ values: [SQLiteValue], row: ([SQLiteValue]) -> Void) throws {
        defer {
            _ = sqlite.pointee.reset(prepared)
            // The values may be personal. They must not stay in memory.
            if !values.isEmpty { _ = sqlite.pointee.clear_bindings(prepared) }
        }
        let parameters = Int(sqlite.pointee.bind_parameter_count(prepared))
        guard parameters == values.count else {
            throw SQLiteError(code: 25, message: "expected \(parameters) values, found \(values.count)")
        }
        for (at, value) in values.enumerated() { try check(bind(value, to: prepared, at: Int32(at + 1))) }
        while true {
            let code = sqlite.pointee.step(prepared)
            if code == 101 { return }
            guard code == 100 else { throw error(code) }
            row((0..<sqlite.pointee.column_count(prepared)).map { column(prepared, $0) })
        }
    }

    private func bind(_ value: SQLiteValue, to statement: OpaquePointer, at: Int32) -> Int32 {
        switch value {
        case .null: return sqlite.pointee.bind_null(statement, at)
        case .integer(let number): return sqlite.pointee.bind_int64(statement, at, number)
        case .real(let number): return sqlite.pointee.bind_double(statement, at, number)
        case .text(var text): return text.withUTF8 { bind(UnsafeRawBufferPointer($0), isText: true, to: statement, at: at) }
        case .blob(let bytes): return bytes.withUnsafeBytes { bind($0, isText: false, to: statement, at: at) }
        }
    }

    private func bind(_ bytes: UnsafeRawBufferPointer, isText: Bool, to statement: OpaquePointer, at: Int32) -> Int32 {
        guard let count = Int32(exactly: bytes.count) else { return 18 }
        // A null pointer would be the value NULL.
        return withUnsafeBytes(of: UInt8(0)) {
            hudhud_sqlite_bind_copy(sqlite, statement, at, bytes.baseAddress ?? $0.baseAddress!, count, isText ? 1 : 0)
        }
    }

    private func column(_ statement: OpaquePointer, _ at: Int32) -> SQLiteValue {
        // The numbers are SQLite's types.
        switch sqlite.pointee.column_type(statement, at) {
        case 1: return .integer(sqlite.pointee.column_int64(statement, at))
        case 2: return .real(sqlite.pointee.column_double(statement, at))
        case 3:
            let text = sqlite.pointee.column_text(statement, at)
            let bytes = UnsafeBufferPointer(start: text, count: Int(sqlite.pointee.column_bytes(statement, at)))
            return .text(String(decoding: bytes, as: UTF8.self))
        case 4:
            let blob = sqlite.pointee.column_blob(statement, at)
            return .blob(Data(UnsafeRawBufferPointer(start: blob, count: Int(sqlite.pointee.column_bytes(statement, at)))))
        default: return .null
        }
    }

    private func check(_ code: Int32) throws {
        if code != 0 { throw error(code) }
    }

    /// Returns the error of a function that returned this code.
    private func error(_ returned: Int32) -> SQLiteError {
        let code = Int(sqlite.pointee.extended_errcode(database))
        // The code 18 of a value that is too large for `bind` is not SQLite's own.
        guard code & 0xFF == Int(returned) & 0xFF else {
            return SQLiteError(code: Int(returned), message: String(cString: sqlite.pointee.errstr(returned)))
        }
        // The authorizer of a transaction refuses nothing else.
        if code == 23 { return SQLiteError(code: code, message: "the handler must not begin or end a transaction: the inbox does it") }
        return SQLiteError(code: code, message: String(cString: sqlite.pointee.errmsg(database)))
    }
}

/// Text without the path of the database.
extension SQLiteConnection: CustomStringConvertible {
    /// The name of the type.
    public var description: String { "SQLiteConnection" }
}
