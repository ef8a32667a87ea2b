// The inbox over its stores: SQLite, and memory.
import Foundation
import Hudhud
import HudhudSQLite
import HudhudTesting
import XCTest

/// A clock that a test sets.
private final class Now: @unchecked Sendable {
    private let lock = NSLock()
    private var time = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded())

    var at: Date {
        get { lock.withLock { time } }
        set { lock.withLock { time = newValue } }
    }
}

/// Values that tasks add.
private final class Box<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var values: [Value] = []

    var all: [Value] { lock.withLock { values } }
    func add(_ value: Value) { lock.withLock { values.append(value) } }
}

private struct Broken: Error { var number = "+15551234567" }

final class InboxTests: XCTestCase {
    private let now = Now()
    private let path = NSTemporaryDirectory() + "hudhud-\(UUID().uuidString).db"

    override func tearDown() {
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    }

    /// Returns a verified delivery with this id.
    private func delivery(_ id: String = "test-\(UUID())") throws -> VerifiedDelivery {
        let body = Data(#"{"event":"webhook.test","delivery_id":"\#(id)","data":{"message":"hi"}}"#.utf8)
        let webhook = try Webhook(secret: "whsec_test", clock: clock)
        return try webhook.receive(headers: sign(secret: "whsec_test", body: body, now: now.at), body: body)
    }

    private var clock: @Sendable () -> Date { { [now] in now.at } }

    private func stores() throws -> [any InboxStore] { [try SQLiteInboxStore(path: path), ForgetfulInboxStore()] }

    private func leased(_ store: any InboxStore, lease: Duration = .seconds(30), maxAttempts: Int = 5) throws -> LeasedInbox {
        try LeasedInbox(store, lease: lease, maxAttempts: maxAttempts, clock: clock)
    }

    private func rows(_ table: String = "effects") async throws -> Int {
        let store = try SQLiteInboxStore(path: path)
        return try await store.transaction { try await $0.connection.query("SELECT * FROM \(table)").count }
    }

    func testALeasedHandlerRunsOnceForAnEvent() async throws {
        for store in try stores() {
            let (delivery, leases) = (try delivery(), Box<InboxLease>())
            let first = try await leased(store).receive(delivery) { event, lease in
                guard case .webhookTest(let data) = event else { return XCTFail("\(event)") }
                XCTAssertEqual(data.message, "hi")
                leases.add(lease)
            }
            XCTAssertEqual([first.outcome.rawValue, "\(first.httpStatus)"], ["handled", "200"])
            let second = try await leased(store).receive(delivery) { _, _ in XCTFail("a second run") }
            XCTAssertEqual([second.outcome.rawValue, "\(second.httpStatus)"], ["duplicate", "200"])
            XCTAssertEqual(leases.all.map(\.idempotencyKey), [delivery.replayKey])
            XCTAssertEqual(leases.all.map(\.attempt), [1])
            XCTAssertEqual(leases.all.map(\.endsAt), [now.at.addingTimeInterval(30)])
        }
    }

    func testAnotherProcessFindsTheEntry() async throws {
        let delivery = try delivery()
        _ = try await leased(SQLiteInboxStore(path: path)).receive(delivery) { _, _ in }
        let again = try await leased(SQLiteInboxStore(path: path)).receive(delivery) { _, _ in XCTFail("a second run") }
        XCTAssertEqual(again.outcome, .duplicate)
    }

    func testDeliveriesAtTheSameMomentAreHandledOnce() async throws {
        for store in try stores() {
            let (inbox, delivery, effects) = (try leased(store), try delivery(), Box<Int>())
            let outcomes = try await withThrowingTaskGroup(of: InboxOutcome.self) { group in
                for number in 0..<16 {
                    group.addTask { try await inbox.receive(delivery) { _, _ in effects.add(number) }.outcome }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            XCTAssertEqual(effects.all.count, 1)
            XCTAssertEqual(outcomes.filter { $0 == .handled }.count, 1)
            XCTAssert(outcomes.allSatisfy { [.handled, .busy, .duplicate].contains($0) }, "\(outcomes)")
        }
    }

    func testAFailedEventWaitsIsHandledAgainAndIsPoisonedAfterItsAttempts() async throws {
        for store in try stores() {
            let (lines, delivery) = (Box<String>(), try delivery())
            let inbox = try LeasedInbox(store, maxAttempts: 2, clock: clock) { level, line, _ in lines.add("\(level): \(line)") }
            let failed = try await inbox.receive(delivery) { _, _ in throw Broken() }
            XCTAssertEqual([failed.outcome.rawValue, "\(failed.httpStatus)"], ["failed", "503"])
            XCTAssert(failed.error is Broken)
            let wait = try XCTUnwrap(failed.retryAfter)
            let early = try await inbox.receive(delivery) { _, _ in }
            XCTAssertEqual(early.outcome, .tooEarly)
            XCTAssertEqual(early.headers, ["Retry-After": "\(wait.components.seconds)"])
            now.at += Double(wait.components.seconds)
            let poisoned = try await inbox.receive(delivery) { _, _ in throw Broken() }
            XCTAssertEqual([poisoned.outcome.rawValue, "\(poisoned.httpStatus)"], ["poisoned", "500"])
            let later = try await inbox.receive(delivery) { _, _ in }
            XCTAssertEqual(later.outcome, .poisoned)
            let keys = try await inbox.poisoned()
            XCTAssertEqual(keys, [delivery.replayKey])
            let forgotten = [try await inbox.forget(key: delivery.replayKey), try await inbox.forget(key: delivery.replayKey)]
            XCTAssertEqual(forgotten, [true, false])
            let handled = try await inbox.receive(delivery) { _, _ in }
            XCTAssertEqual(handled.outcome, .handled)
            let rejected = try await inbox.receive(self.delivery()) { _, _ in throw RejectedEvent("+15551234567") }
            XCTAssertEqual(rejected.outcome, .poisoned)
            XCTAssertEqual(
                lines.all.first,
                "warning: inbox: the handler threw Broken in attempt 1: the event is handled again at its next delivery")
            let shown = "\(failed) \(rejected) \(String(reflecting: failed)) \(RejectedEvent("+15551234567")) \(lines.all)"
            XCTAssertFalse(shown.contains("1555"), shown)
            var dumped = ""
            dump(failed, to: &dumped)
            XCTAssertFalse(dumped.contains("1555"), dumped)
        }
    }

    func testAfterALeaseHasEndedAnotherHolderHasTheEvent() async throws {
        for store in try stores() {
            let (inbox, delivery, tokens, now) = (try leased(store, lease: .seconds(10)), try delivery(), Box<Int64>(), now)
            let late = try await inbox.receive(delivery) { _, lease in
                tokens.add(lease.token)
                let second = try await inbox.receive(delivery) { _, _ in }
                XCTAssertEqual(second.outcome, .busy)
                XCTAssertEqual(second.retryAfter, .seconds(10))
                now.at += 11
                let third = try await inbox.receive(delivery) { _, lease in tokens.add(lease.token) }
                XCTAssertEqual(third.outcome, .handled)
            }
            XCTAssertEqual([late.outcome.rawValue, "\(late.httpStatus)"], ["leaseLost", "503"])
            XCTAssertGreaterThan(tokens.all[1], tokens.all[0])
        }
    }

    func testTheEffectsOfATransactionalHandlerOccurExactlyOnce() async throws {
        let store = try SQLiteInboxStore(path: path)
        try await store.transaction { try await $0.connection.execute("CREATE TABLE effects (name TEXT)") }
        let (inbox, delivery) = (try TransactionalInbox(store, clock: clock), try delivery())
        let failed = try await inbox.receive(delivery) { _, database in
            try await database.execute("INSERT INTO effects VALUES (?)", ["x"])
            throw Broken()
        }
        XCTAssertEqual(failed.outcome, .failed)
        var count = try await rows()
        XCTAssertEqual(count, 0)
        now.at += Double(try XCTUnwrap(failed.retryAfter).components.seconds)
        let others = try (0..<3).map { _ in try TransactionalInbox(SQLiteInboxStore(path: path), clock: clock) } + [inbox]
        let outcomes = try await withThrowingTaskGroup(of: InboxOutcome.self) { group in
            for number in 0..<12 {
                group.addTask {
                    try await others[number % 4].receive(delivery) { event, database in
                        try await database.execute("INSERT INTO effects VALUES (?)", ["x"])
                    }.outcome
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        count = try await rows()
        XCTAssertEqual(count, 1)
        XCTAssertEqual(outcomes.filter { $0 == .handled }.count, 1, "\(outcomes)")
        XCTAssert(outcomes.allSatisfy { [.handled, .busy, .duplicate].contains($0) }, "\(outcomes)")
    }

    func testATransactionalHandlerCannotEndTheTransaction() async throws {
        let inbox = try TransactionalInbox(SQLiteInboxStore(path: path), clock: clock)
        for statement in ["COMMIT", "ROLLBACK", "BEGIN", "END", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"] {
            let receipt = try await inbox.receive(delivery()) { _, database in try await database.execute(statement) }
            XCTAssertEqual(receipt.outcome, .failed)
            XCTAssertEqual(
                (receipt.error as? SQLiteError)?.message, "the handler must not begin or end a transaction: the inbox does it")
        }
        let saved = try await inbox.receive(delivery()) { _, database in
            try await database.execute("SAVEPOINT here")
            try await database.execute("CREATE TABLE effects (name TEXT)")
            try await database.execute("ROLLBACK TO here")
            try await database.execute("RELEASE here")
        }
        XCTAssertEqual(saved.outcome, .handled, "\(String(describing: saved.error))")
    }

    func testAHandlerThatUsesTheStoreGetsAnErrorInsteadOfADeadlock() async throws {
        let inbox = try TransactionalInbox(SQLiteInboxStore(path: path), clock: clock)
        let receipt = try await inbox.receive(delivery()) { _, _ in _ = try await inbox.poisoned() }
        XCTAssertEqual((receipt.error as? SQLiteError)?.message, "the handler must not use the store of its inbox: use the connection")
    }

    func testAHandlerCanBeCancelledAndItsAttemptHasFailed() async throws {
        for store in try stores() {
            let (inbox, delivery, begun) = (try leased(store), try delivery(), Box<Int>())
            let running = Task {
                try await inbox.receive(delivery) { _, _ in
                    begun.add(1)
                    try await Task.sleep(for: .seconds(60))
                }
            }
            while begun.all.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            running.cancel()
            do {
                _ = try await running.value
                XCTFail("expected a cancellation")
            } catch is CancellationError {}
            let early = try await inbox.receive(delivery) { _, _ in }
            XCTAssertEqual(early.outcome, .tooEarly)
            now.at += 3600
            let handled = try await inbox.receive(delivery) { _, _ in }
            XCTAssertEqual(handled.outcome, .handled)
        }
    }

    func testACancelledTransactionLeavesNothing() async throws {
        let store = try SQLiteInboxStore(path: path)
        let (inbox, delivery, begun) = (try TransactionalInbox(store, clock: clock), try delivery(), Box<Int>())
        let running = Task {
            try await inbox.receive(delivery) { _, database in
                try await database.execute("CREATE TABLE effects (name TEXT)")
                begun.add(1)
                try await Task.sleep(for: .seconds(60))
            }
        }
        while begun.all.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        running.cancel()
        do {
            _ = try await running.value
            XCTFail("expected a cancellation")
        } catch is CancellationError {}
        let tables = try await store.transaction {
            try await $0.connection.query("SELECT name FROM sqlite_master WHERE name = 'effects'")
        }
        XCTAssertEqual(tables, [])
        let handled = try await inbox.receive(delivery) { _, _ in }
        XCTAssertEqual(handled.outcome, .handled)
    }

    func testACallThatACancellationEndsIsNoAttemptOfATransactionalHandler() async throws {
        struct Never: Transport {
            func send(_: Request) async throws -> Response {
                try await Task.sleep(for: .seconds(60))
                throw TransportError(.timeout)
            }
        }
        let zagely = try Zagely(publicKey: "pk_test", secretKey: "sk_test", transport: Never())
        let inbox = try TransactionalInbox(SQLiteInboxStore(path: path), maxAttempts: 1, clock: clock)
        let (delivery, begun) = (try delivery(), Box<Int>())
        let running = Task {
            try await inbox.receive(delivery) { _, _ in
                begun.add(1)
                try await zagely.account.me()
            }
        }
        while begun.all.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        running.cancel()
        do {
            _ = try await running.value
            XCTFail("expected a cancellation")
        } catch is CallCancelled {}
        let handled = try await inbox.receive(delivery) { _, _ in }
        XCTAssertEqual(handled.outcome, .handled)
    }

    /// A store that is locked when an inbox stores the end of an attempt, for some times.
    private final class Locked: InboxStore, @unchecked Sendable {
        private let inner = ForgetfulInboxStore()
        private let lock = NSLock()
        private var left: Int

        init(_ times: Int) { left = times }

        func putOrGet(key: String, change: InboxChange) async throws -> Data { await inner.putOrGet(key: key, change: change) }
        func replace(key: String, change: InboxChange) async throws -> Bool {
            let isLocked = lock.withLock {
                left -= 1
                return left >= 0
            }
            if isLocked { throw InboxBusy() }
            return await inner.replace(key: key, change: change)
        }
        func cleanUp(now: Date) async throws -> Int { 0 }
        func poisoned() async throws -> [String] { [] }
        func forget(key: String) async throws -> Bool { false }
    }

    func testTheEndOfAnAttemptIsStoredAfterALock() async throws {
        let delivery = try delivery()
        let inbox = try leased(Locked(2))
        let handled = try await inbox.receive(delivery) { _, _ in }
        XCTAssertEqual(handled.outcome, .handled)
        now.at += 3600
        let again = try await inbox.receive(delivery) { _, _ in XCTFail("a second run") }
        XCTAssertEqual(again.outcome, .duplicate)
        let failing = try leased(Locked(3))
        let failed = try await failing.receive(delivery) { _, _ in throw Broken() }
        XCTAssertEqual(failed.outcome, .failed)
        do {
            _ = try await leased(Locked(99)).receive(delivery) { _, _ in }
            XCTFail("expected an error")
        } catch is InboxBusy {}
    }

    func testEntriesAreDeletedAfterTheirTime() async throws {
        for store in try stores() {
            let (inbox, delivery) = (try leased(store), try delivery())
            _ = try await inbox.receive(delivery) { _, _ in }
            // The vendor can still repeat the delivery.
            now.at += 24 * 3600
            let count = try await inbox.cleanUp()
            XCTAssertEqual(count, 0)
            let again = try await inbox.receive(delivery) { _, _ in }
            XCTAssertEqual(again.outcome, .duplicate)
            now.at += 60 * 3600
            let deleted = try await inbox.cleanUp()
            XCTAssertEqual(deleted, 1)
        }
    }

    func testTheConnectionKeepsEachKindOfValue() async throws {
        let store = try SQLiteInboxStore(path: path)
        let values: [SQLiteValue] = [
            nil, 9_007_199_254_740_993, -1.5, "é \u{0} 🎉", "", .blob(Data([0, 255])), .blob(Data()), .integer(.min),
        ]
        let (read, mismatch) = try await store.transaction { transaction in
            let database = transaction.connection
            let read = try await database.query("SELECT ?, ?, ?, ?, ?, ?, ?, ?", values)
            do { try await database.execute("SELECT ?", []) } catch let error as SQLiteError { return (read, "\(error)") }
            return (read, "")
        }
        XCTAssertEqual(read, [values])
        XCTAssertEqual(mismatch, "SQLite: expected 1 values, found 0 (code 25)")
        XCTAssertEqual("\(values)", "[null, integer, real, text, text, blob(2 bytes), blob(0 bytes), integer]")
    }

    func testATextOfWhichSQLiteWouldIgnoreAPartIsRefused() async throws {
        let store = try SQLiteInboxStore(path: path)
        let two = "CREATE TABLE effects (name TEXT); INSERT INTO effects VALUES (1)"
        let messages = try await store.transaction { transaction in
            let database = transaction.connection
            var messages: [String] = []
            for text in [two, "SELECT 1; nonsense", "SELECT 1\u{0}, 2", " -- "] {
                do { try await database.execute(text) } catch let error as SQLiteError { messages.append(error.message) }
            }
            let counts = [
                try await database.execute("CREATE TABLE effects (name TEXT); -- a comment"),
                try await database.execute("INSERT INTO effects VALUES ('a'), ('b')"),
                try await database.execute("CREATE TABLE others (name TEXT)"),
            ]
            return messages + counts.map { "\($0)" }
        }
        let several = "expected one statement, found several"
        XCTAssertEqual(
            messages, [several, several, "the statement contains a zero byte", "expected a statement, found nothing", "0", "2", "0"])
        for path in ["", ":memory:", "file:inbox.db", "inbox.db\u{0}"] {
            XCTAssertThrowsError(try SQLiteInboxStore(path: path)) {
                XCTAssertEqual("\($0)", "SQLite: path: expected the path of a file (code 14)")
            }
        }
    }

    func testAConnectionEndsWithItsTransaction() async throws {
        let inbox = try TransactionalInbox(SQLiteInboxStore(path: path), clock: clock)
        let (connections, delivery) = (Box<SQLiteConnection>(), try delivery())
        let rolledBack = try await inbox.receive(delivery) { _, database in
            connections.add(database)
            try await database.execute("CREATE TABLE effects (name TEXT PRIMARY KEY)")
            try await database.execute("INSERT INTO effects VALUES ('a')")
            _ = try? await database.execute("INSERT OR ROLLBACK INTO effects VALUES ('a')")
            try await database.execute("CREATE TABLE effects (name TEXT)")
        }
        XCTAssertEqual((rolledBack.error as? SQLiteError)?.message, "SQLite has rolled the transaction back after an error")
        do {
            try await connections.all[0].execute("CREATE TABLE effects (name TEXT)")
            XCTFail("expected an error")
        } catch let error as SQLiteError {
            XCTAssertEqual(error.message, "the transaction of this connection has ended")
        }
        do {
            _ = try await inbox.receive(self.delivery()) { _, database in
                try await database.execute("CREATE TABLE effects (name TEXT PRIMARY KEY)")
                try await database.execute("INSERT INTO effects VALUES ('a')")
                _ = try? await database.execute("INSERT OR ROLLBACK INTO effects VALUES ('a')")
            }
            XCTFail("expected an error")
        } catch let error as SQLiteError {
            XCTAssertEqual(error.message, "the handler ended the transaction: it must neither commit nor roll back")
        }
        now.at += 3600
        let handled = try await inbox.receive(delivery) { _, _ in }
        XCTAssertEqual(handled.outcome, .handled)
    }

    func testADeliveryThatWaitsForAnotherCanBeCancelled() async throws {
        let inbox = try TransactionalInbox(SQLiteInboxStore(path: path), clock: clock)
        let (first, second, begun, late) = (try delivery(), try delivery(), Box<Int>(), Box<Task<[String], any Error>>())
        let endless = Task {
            try await inbox.receive(first) { _, _ in
                // It outlives the handler, and then the store may be used again.
                late.add(
                    Task {
                        while begun.all.count < 2 { try await Task.sleep(for: .milliseconds(5)) }
                        return try await inbox.poisoned()
                    })
                begun.add(1)
                try await Task.sleep(for: .seconds(60))
            }
        }
        while begun.all.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        let waiting = Task { try await inbox.receive(second) { _, _ in XCTFail("handled") } }
        try await Task.sleep(for: .milliseconds(50))
        waiting.cancel()
        do {
            _ = try await waiting.value
            XCTFail("expected a cancellation")
        } catch is CancellationError {}
        endless.cancel()
        _ = try? await endless.value
        begun.add(2)
        let keys = try await late.all[0].value
        XCTAssertEqual(keys, [])
    }

    func testWrongSettingsAreRefusedAndErrorsOfAStoreAreThrown() async throws {
        for lease in [Duration.zero, .seconds(7200), .seconds(Int64.max), .seconds(-1)] {
            XCTAssertThrowsError(try LeasedInbox(ForgetfulInboxStore(), lease: lease)) {
                guard case HudhudError.invalidRequest(let failure) = $0 else { return XCTFail("\($0)") }
                XCTAssertTrue(failure.summary.contains("lease: expected a duration from 1 second to 1 hour"), failure.summary)
            }
        }
        XCTAssertThrowsError(try LeasedInbox(ForgetfulInboxStore(), maxAttempts: 0)) {
            XCTAssertTrue("\($0)".contains("maxAttempts: expected a number of attempts >= 1"), "\($0)")
        }
        XCTAssertThrowsError(try SQLiteInboxStore(path: "/no such folder/inbox.db")) {
            XCTAssertEqual(
                "\($0)",
                "SQLite: unable to open database file /no such folder/inbox.db: create its folder, or allow this process to write "
                    + "there (code 14)")
        }
        XCTAssertThrowsError(try SQLiteRateLimiterStore(path: "/no such folder/limits.db", name: "a")) {
            XCTAssertTrue("\($0)".contains("unable to open database file /no such folder/limits.db: "), "\($0)")
        }
        struct Failing: InboxStore {
            let stored: Data?
            func putOrGet(key: String, change: InboxChange) async throws -> Data {
                guard let stored else { throw Broken() }
                return stored
            }
            func replace(key: String, change: InboxChange) async throws -> Bool { throw Broken() }
            func cleanUp(now: Date) async throws -> Int { 0 }
            func poisoned() async throws -> [String] { [] }
            func forget(key: String) async throws -> Bool { false }
        }
        let delivery = try delivery()
        do {
            _ = try await leased(Failing(stored: nil)).receive(delivery) { _, _ in XCTFail("handled") }
            XCTFail("expected the error of the store")
        } catch is Broken {}
        do {
            _ = try await leased(Failing(stored: Data([1, 2, 3]))).receive(delivery) { _, _ in XCTFail("handled") }
            XCTFail("expected an error")
        } catch HudhudError.invalidRequest(let failure) {
            XCTAssertTrue(failure.summary.contains("entry"), failure.summary)
        }
    }

    func testTablesOfALaterVersionAreRefused() async throws {
        let store = try SQLiteInboxStore(path: path)
        try await store.transaction { try await $0.connection.execute("INSERT INTO hudhud_inbox_version VALUES (99)") }
        XCTAssertThrowsError(try SQLiteInboxStore(path: path)) {
            XCTAssertTrue("\($0)".contains("the tables of the inbox have version 99, and this library knows 1: update Hudhud"), "\($0)")
        }
    }
}
