// A receiver that is killed while it handles the events of an inbox. `bindings-python/tests/inbox_kill.py` runs it: it writes a
// line for each delivery, and reads a line with the status.
//
// Its arguments are the kind of the store, the path of the database, the mode, and the length of a lease in milliseconds. An effect
// is a row in the table `effects`.
import Foundation
import Hudhud
import HudhudSQLite

let (path, mode, lease) = (CommandLine.arguments[2], CommandLine.arguments[3], Int64(CommandLine.arguments[4])!)
let webhook = try Webhook(secret: "whsec_test")
let store = try SQLiteInboxStore(path: path)
let transactional = try TransactionalInbox(store, maxAttempts: 1_000_000)
let leased = try LeasedInbox(store, lease: .milliseconds(lease), maxAttempts: 1_000_000)
/// The other system, which recognizes a key. For the test it is in the same database.
let other = try SQLiteInboxStore(path: path)

func handle(_ headers: [String: String], _ body: Data) async -> Int {
    do {
        let delivery = try webhook.receive(headers: headers, body: body)
        if mode == "transactional" {
            return try await transactional.receive(delivery) { _, database in
                try await database.execute("INSERT INTO effects VALUES (?)", [.text(delivery.replayKey)])
            }.httpStatus
        }
        return try await leased.receive(delivery) { _, lease in
            _ = try await other.transaction {
                try await $0.connection.execute("INSERT OR IGNORE INTO effects VALUES (?)", [.text(lease.idempotencyKey)])
            }
        }.httpStatus
    } catch let refused as WebhookError {
        return refused.httpStatus
    } catch {
        FileHandle.standardError.write(Data("\(error)\n".utf8))
        return 500
    }
}

func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

say("ready")
let lines = AsyncStream<String> { lines in
    Thread.detachNewThread {
        while let line = readLine() { lines.yield(line) }
        lines.finish()
    }
}
for await line in lines {
    Task {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        let headers = fields.dropFirst(2).map { $0.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) } }
        let status = await handle(Dictionary(uniqueKeysWithValues: headers.map { ($0[0], $0[1]) }), Data(base64Encoded: fields[1])!)
        say("\(fields[0]) \(status)")
    }
}
