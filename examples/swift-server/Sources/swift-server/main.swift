// Receives Zagely's webhooks, and replies to messages that ask for help. With `--self-test` it sends deliveries to itself.
import Foundation
import Hudhud
import HudhudTesting

let limits = Limits(needed: webhookHeaders().map { $0.lowercased() })

if CommandLine.arguments.contains("--self-test") {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    let inbox = try Inbox(folder: folder)
    // A request from before a restart.
    try inbox.store(.init(key: "k-1", number: "+15551234567"))
    let queued = #"{"status":"queued","message_id":"m-1"}"#
    let transport = FakeTransport().respond(201, queued).respond(201, queued)
    let zagely = try Zagely(publicKey: "pk_test", secretKey: "sk_test", transport: transport)
    let receiver = Receiver(webhook: try Webhook(secret: "whsec_test"), zagely: zagely, inbox: inbox)
    let port = try listen(port: 0, limits: limits) { await receiver.receive(headers: $0, body: $1) }
    let delivery = try deliveries(secret: "whsec_test")[0]
    func post(_ body: Data, signed: Bool = true) async throws -> UInt16 {
        let headers = signed ? delivery.headers.map { Header(name: $0.key, value: $0.value) } : []
        let url = "http://127.0.0.1:\(port)/webhooks/zagely"
        let request = Request(call: "delivery", method: "POST", url: url, headers: headers, body: body)
        let response = try await URLSessionTransport().send(request)
        return response.status
    }
    func waitForAnswers() async throws {
        for _ in 0..<1000 {
            // Only the names are read: the receiver removes the files meanwhile.
            if try inbox.isEmpty() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
    await receiver.answer()
    try await waitForAnswers()
    var answers = [try await post(delivery.body)]
    try await waitForAnswers()
    let tooLarge = Data(count: limits.bodyBytes + 1)
    answers += [
        try await post(delivery.body), try await post(delivery.body + Data([32])), try await post(tooLarge),
        try await post(delivery.body, signed: false),
    ]
    // A delivery that cannot be stored is not acknowledged.
    try FileManager.default.removeItem(at: folder)
    answers.append(try await post(delivery.body))
    let sent = transport.requests.map(\.call)
    print(answers, sent)
    exit(answers == [204, 204, 401, 413, 400, 500] && sent == ["messages.send", "messages.send"] ? 0 : 1)
} else {
    let inbox = try Inbox(folder: URL(fileURLWithPath: ProcessInfo.processInfo.environment["INBOX"] ?? "inbox"))
    let receiver = Receiver(webhook: try .fromEnvironment(), zagely: try .fromEnvironment(), inbox: inbox)
    await receiver.answer()
    let port = try listen(port: 8080, limits: limits) { await receiver.receive(headers: $0, body: $1) }
    print("listening on http://127.0.0.1:\(port)/webhooks/zagely")
    while true { try await Task.sleep(for: .seconds(3600)) }
}
