// The statements that a connection to SQLite keeps, and the thread on which a transaction runs.
import Foundation
import HudhudSQLite
import XCTest

final class StatementCacheTests: XCTestCase {
    private let path = NSTemporaryDirectory() + "hudhud-\(UUID().uuidString).db"

    override func tearDown() {
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    }

    func testACachedStatementDoesWhatANewOneDoes() async throws {
        let store = try SQLiteInboxStore(path: path)
        try await store.transaction { try await $0.connection.execute("CREATE TABLE effects (number INTEGER UNIQUE)") }
        for number in 0..<10 {
            try await store.transaction { transaction in
                let database = transaction.connection
                // A change of the tables makes SQLite prepare the statements again.
                try await database.execute("CREATE TABLE table_\(number) (x)")
                try await database.execute("INSERT INTO effects VALUES (?)", [.integer(Int64(number))])
                do {
                    try await database.execute("INSERT INTO effects VALUES (?)", [.integer(Int64(number))])
                    XCTFail("expected an error")
                } catch let error as SQLiteError { XCTAssertEqual(error.code, 2067) }
                do {
                    try await database.execute("INSERT INTO effects VALUES (?)")
                    XCTFail("expected an error")
                } catch let error as SQLiteError { XCTAssertEqual(error.code, 25) }
                // A value that is not set is not the one of the last time.
                let rows = try await database.query("SELECT number FROM effects WHERE number = ?", [.integer(Int64(number))])
                XCTAssertEqual(rows, [[.integer(Int64(number))]])
                for text in 0..<20 { try await database.execute("DELETE FROM effects WHERE number = -1 AND number < \(text + 20 * number)") }
            }
        }
        let count = try await store.transaction { try await $0.connection.query("SELECT count(*) FROM effects") }
        XCTAssertEqual(count, [[.integer(10)]])
    }

    func testAStatementThatSQLiteExecutesWhenItPreparesItIsExecutedEachTime() async throws {
        let store = try SQLiteInboxStore(path: path)
        for number in 1...3 {
            let found = try await store.transaction { transaction in
                try await transaction.connection.execute("PRAGMA cache_size = 10")
                try await transaction.connection.execute("pragma cache_size = \(10 + number)")
                try await transaction.connection.execute("PRAGMA cache_size = 10")
                return try await transaction.connection.query("PRAGMA cache_size")
            }
            XCTAssertEqual(found, [[.integer(10)]])
        }
    }

    func testAHandlerCanUseActorsAndOtherTasks() async throws {
        actor Count {
            var number = 0
            func add() { number += 1 }
        }
        let (store, other, count) = (try SQLiteInboxStore(path: path), try SQLiteInboxStore(path: path + "-2"), Count())
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + "-2" + suffix) } }
        try await store.transaction { transaction in
            let database = transaction.connection
            try await database.execute("CREATE TABLE effects (number INTEGER)")
            await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        await count.add()
                        try await database.execute("INSERT INTO effects VALUES (?)", [.integer(Int64(number))])
                    }
                }
            }
            try await Task.sleep(nanoseconds: 1_000_000)
            // Another store has another thread.
            try await other.transaction { try await $0.connection.execute("CREATE TABLE effects (number INTEGER)") }
            try await Task.detached { try await database.execute("INSERT INTO effects VALUES (20)") }.value
            await MainActor.run {}
        }
        let (found, counted) = (try await store.transaction { try await $0.connection.query("SELECT count(*) FROM effects") }, await count.number)
        XCTAssertEqual(found, [[.integer(21)]])
        XCTAssertEqual(counted, 20)
    }
}
