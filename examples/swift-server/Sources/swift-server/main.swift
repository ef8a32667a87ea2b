// Receives Zagely's webhooks, and replies to messages that ask for help. With `--self-test` it sends deliveries to itself.
import Foundation
import Hudhud
import HudhudSQLite
import HudhudTesting

let limits = Limits(needed: webhookHeaders().map { $0.lowercased() })

if CommandLine.arguments.contains("--self-test") {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).db").path
    let transport = FakeTransport().respond(422, #"{"error":{"code":"validation_failed","message":"no"}}"#)
        .respond(201, #"{"status":"queued","message_id":"m-1"}"#)
    let zagely = try Zagely(publicKey: "pk_test", secretKey: "sk_test", transport: transport)
    let webhook = try Webhook(secret: "whsec_test")
    /// Listens with a receiver whose clock is ahead, as after a restart.
    func start(_ store: any InboxStore, after seconds: Double = 0) throws -> UInt16 {
        let inbox = try LeasedInbox(store, clock: { Date().addingTimeInterval(seconds) })
        let receiver = Receiver(webhook: webhook, zagely: zagely, inbox: inbox)
        return try listen(port: 0, limits: limits) { await receiver.receive(headers: $0, body: $1) }
    }
    let delivery = try deliveries(secret: "whsec_test")[0]
    func post(_ port: UInt16, _ body: Data, signed: Bool = true) async throws -> UInt16 {
        let headers = signed ? delivery.headers.map { Header(name: $0.key, value: $0.value) } : []
        let url = "http://127.0.0.1:\(port)/webhooks/zagely"
        let request = Request(call: "delivery", method: "POST", url: url, headers: headers, body: body)
        let response = try await URLSessionTransport().send(request)
        return response.status
    }
    let first = try start(SQLiteInboxStore(path: file))
    let tooLarge = Data(count: limits.bodyBytes + 1)
    // The reply is refused, and its next attempt is not due yet.
    var answers = [
        try await post(first, delivery.body), try await post(first, delivery.body), try await post(first, delivery.body + Data([32])),
        try await post(first, tooLarge), try await post(first, delivery.body, signed: false),
    ]
    let second = try start(SQLiteInboxStore(path: file), after: 60)
    answers += [try await post(second, delivery.body), try await post(second, delivery.body)]
    // A delivery whose mark cannot be stored is not acknowledged.
    struct Full: Error {}
    struct FullStore: InboxStore {
        func putOrGet(key: String, change: InboxChange) async throws -> Data { throw Full() }
        func replace(key: String, change: InboxChange) async throws -> Bool { throw Full() }
        func cleanUp(now: Date) async throws -> Int { 0 }
        func poisoned() async throws -> [String] { [] }
        func forget(key: String) async throws -> Bool { false }
    }
    answers.append(try await post(start(FullStore()), delivery.body))
    let keys = Set(transport.requests.compactMap { $0.headers.first { $0.name == "Idempotency-Key" }?.value })
    let sent = transport.requests.map(\.call)
    print(answers, sent, keys.count)
    let isRight = answers == [503, 503, 401, 413, 400, 200, 200, 500] && sent == ["messages.send", "messages.send"] && keys.count == 1
    exit(isRight ? 0 : 1)
} else {
    let file = ProcessInfo.processInfo.environment["DATABASE"] ?? "inbox.db"
    let receiver = Receiver(
        webhook: try .fromEnvironment(), zagely: try .fromEnvironment(), inbox: try LeasedInbox(SQLiteInboxStore(path: file)))
    let port = try listen(port: 8080, limits: limits) { await receiver.receive(headers: $0, body: $1) }
    print("listening on http://127.0.0.1:\(port)/webhooks/zagely")
    while true { try await Task.sleep(for: .seconds(3600)) }
}
