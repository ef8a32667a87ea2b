// Compares a receiver with an inbox in SQLite with one that is written by hand on the same store.
//
// Each turn handles a batch of deliveries in both, and the ratio is the median over the turns. A ratio above 1 means that the inbox
// is faster, or needs less time of the processor.
import CHudhudSQLite
import Foundation
import Hudhud
import HudhudSQLite
import HudhudTesting

/// The connection of the receiver by hand: SQLite's functions, and nothing around them.
actor ByHand {
    private let sqlite = hudhud_sqlite()!
    private let database: OpaquePointer

    init(path: String) {
        var opened: OpaquePointer?
        // Read and write, create the file.
        let code = sqlite.pointee.open_v2(path, &opened, 0x2 | 0x4, nil)
        precondition(code == 0, "SQLite cannot open \(path)")
        database = opened!
    }

    /// Executes a statement with texts and integers. Returns true if it changed a row.
    @discardableResult
    func run(_ text: String, _ values: [any Sendable] = []) -> Bool {
        var prepared: OpaquePointer?
        let code = sqlite.pointee.prepare_v2(database, text, -1, &prepared, nil)
        guard code == 0, let statement = prepared else { fatalError(String(cString: sqlite.pointee.errmsg(database))) }
        for (at, value) in values.enumerated() {
            let at = Int32(at + 1)
            if let value = value as? String {
                _ = hudhud_sqlite_bind_copy(sqlite, statement, at, value, Int32(value.utf8.count), 1)
            } else if let value = value as? Int64 {
                _ = sqlite.pointee.bind_int64(statement, at, value)
            }
        }
        while sqlite.pointee.step(statement) == 100 {}
        let end = sqlite.pointee.finalize(statement)
        precondition(end == 0, text)
        return sqlite.pointee.changes(database) > 0
    }

    /// Writes the mark and the effect in one transaction.
    func handleInTransaction(_ key: String) {
        run("BEGIN IMMEDIATE")
        if run("INSERT INTO seen VALUES (?) ON CONFLICT DO NOTHING", [key]) { run("INSERT INTO effects VALUES (?)", [key]) }
        run("COMMIT")
    }

    /// Claims the delivery, has the effect in another database, and marks the delivery as done: three transactions.
    func handleInLease(_ key: String, _ other: ByHand) async {
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let claim =
            "INSERT INTO leased VALUES (?, 0, ?) ON CONFLICT (key) DO UPDATE SET until = excluded.until WHERE NOT is_done AND until < ?"
        if run(claim, [key, now + 60_000, now]) {
            await other.run("INSERT INTO effects VALUES (?)", [key])
            run("UPDATE leased SET is_done = 1 WHERE key = ?", [key])
        }
    }
}

func measureInbox() async throws {
    print("\nan inbox in SQLite against a receiver by hand: inbox, by hand, ratio")
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hudhud-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = { (name: String) in folder.appendingPathComponent("\(name).db").path }
    let webhook = try Webhook(secret: secret)

    let store = try SQLiteInboxStore(path: path("transactional"))
    let leasedStore = try SQLiteInboxStore(path: path("leased"))
    // The effects under a lease go to another database on both sides: they stand for those in another service.
    let (hand, other) = (ByHand(path: path("hand")), ByHand(path: path("other")))
    for database in [hand, other] { await database.run("PRAGMA journal_mode = WAL") }
    for table in ["effects (key TEXT NOT NULL)", "seen (key TEXT PRIMARY KEY)", "leased (key TEXT PRIMARY KEY, is_done INTEGER, until INTEGER)"] {
        await hand.run("CREATE TABLE \(table)")
    }
    await other.run("CREATE TABLE effects (key TEXT NOT NULL)")
    try await store.transaction { try await $0.connection.execute("CREATE TABLE effects (key TEXT NOT NULL)") }

    let transactional = try TransactionalInbox(store)
    try await compare("transactional") { headers, body in
        let delivery = try webhook.receive(headers: headers, body: body)
        return try await transactional.receive(delivery) { _, database in
            try await database.execute("INSERT INTO effects VALUES (?)", [.text(delivery.replayKey)])
        }.httpStatus
    } theirs: { headers, body in
        await hand.handleInTransaction(try byHand(headers, body).delivery_id!)
        return 200
    }
    let leased = try LeasedInbox(leasedStore)
    try await compare("leased") { headers, body in
        try await leased.receive(try webhook.receive(headers: headers, body: body)) { _, lease in
            await other.run("INSERT INTO effects VALUES (?)", [lease.idempotencyKey])
        }.httpStatus
    } theirs: { headers, body in
        await hand.handleInLease(try byHand(headers, body).delivery_id!, other)
        return 200
    }
}

/// A receiver: takes headers and a body, and returns the status.
private typealias Receiver = ([String: String], Data) async throws -> Int

nonisolated(unsafe) private var number = 0

private func compare(_ name: String, ours: Receiver, theirs: Receiver) async throws {
    let batch = 200
    /// Returns the microseconds per delivery, and those of the processor.
    func micros(_ receive: Receiver) async throws -> (Double, Double) {
        let all: [([String: String], Data)] = try (0..<batch).map { _ in
            number += 1
            let body = Data(
                #"{"event":"message.received","tenant_id":"t-1","delivery_id":"d-\#(number)","occurred_at":"2026-04-21T10:30:00Z","data":{"contact":{"id":"c-1","name":"Jane Doe","phone_number":"+15551234567","email":null},"channel":"whatsapp","content":"Hello"}}"#
                    .utf8)
            return (try sign(secret: secret, body: body), body)
        }
        // `clock` counts the microseconds of the processor that this process has used.
        let (begun, used) = (DispatchTime.now().uptimeNanoseconds, Double(clock()))
        for (headers, body) in all {
            let status = try await receive(headers, body)
            precondition(status == 200)
        }
        let elapsed = Double(DispatchTime.now().uptimeNanoseconds - begun) / 1000
        return (elapsed / Double(batch), (Double(clock()) - used) / Double(batch))
    }
    for _ in 0..<3 { _ = (try await micros(ours), try await micros(theirs)) }
    var rounds: [((Double, Double), (Double, Double))] = []
    for round in 0..<31 {
        // The order alternates: a slow phase of the machine affects both sides of a turn.
        if round % 2 == 0 {
            rounds.append((try await micros(ours), try await micros(theirs)))
        } else {
            let other = try await micros(theirs)
            rounds.append((try await micros(ours), other))
        }
    }
    func median(_ of: (((Double, Double), (Double, Double))) -> Double) -> Double { rounds.map(of).sorted()[rounds.count / 2] }
    func line(_ what: String, _ numbers: [Double], _ digits: Int) {
        let shown = numbers.prefix(2).map { String(format: "%10.\(digits)f", $0) } + [String(format: "%7.2f", numbers[2])]
        print("\(name): \(what)".padding(toLength: 58, withPad: " ", startingAt: 0), shown.joined(separator: " "))
    }
    line("deliveries per second", [median { 1e6 / $0.0.0 }, median { 1e6 / $0.1.0 }, median { $0.1.0 / $0.0.0 }], 0)
    line("the processor's microseconds", [median { $0.0.1 }, median { $0.1.1 }, median { $0.1.1 / $0.0.1 }], 1)
}
