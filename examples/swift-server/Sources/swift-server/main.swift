// Receives Zagely's webhooks, and replies to messages that ask for help. With `--self-test` it sends deliveries to itself.
import Foundation
import Hudhud
import HudhudTesting

let limits = Limits(needed: webhookHeaders().map { $0.lowercased() })

if CommandLine.arguments.contains("--self-test") {
    let transport = FakeTransport().respond(201, #"{"status":"queued","message_id":"m-1"}"#)
    let zagely = try Zagely(publicKey: "pk_test", secretKey: "sk_test", transport: transport)
    let receiver = Receiver(webhook: try Webhook(secret: "whsec_test"), zagely: zagely)
    let port = try listen(port: 0, limits: limits) { await receiver.receive(headers: $0, body: $1) }
    let delivery = try deliveries(secret: "whsec_test")[0]
    func post(_ body: Data, signed: Bool = true) async throws -> UInt16 {
        let headers = signed ? delivery.headers.map { Header(name: $0.key, value: $0.value) } : []
        let url = "http://127.0.0.1:\(port)/webhooks/zagely"
        let request = Request(call: "delivery", method: "POST", url: url, headers: headers, body: body)
        let response = try await URLSessionTransport().send(request)
        return response.status
    }
    let tooLarge = Data(count: limits.bodyBytes + 1)
    let answers = [
        try await post(delivery.body), try await post(delivery.body), try await post(delivery.body + Data([32])),
        try await post(tooLarge), try await post(delivery.body, signed: false),
    ]
    try await Task.sleep(for: .milliseconds(300))
    let sent = transport.requests.map(\.call)
    print(answers, sent)
    exit(answers == [204, 204, 401, 413, 400] && sent == ["messages.send"] ? 0 : 1)
} else {
    let environment = ProcessInfo.processInfo.environment
    let zagely = try Zagely(
        publicKey: environment["ZAGELY_PUBLIC_KEY"] ?? "", secretKey: environment["ZAGELY_SECRET_KEY"] ?? "")
    let receiver = Receiver(webhook: try Webhook(secret: environment["WEBHOOK_SECRET"] ?? ""), zagely: zagely)
    let port = try listen(port: 8080, limits: limits) { await receiver.receive(headers: $0, body: $1) }
    print("listening on http://127.0.0.1:\(port)/webhooks/zagely")
    while true { try await Task.sleep(for: .seconds(3600)) }
}
