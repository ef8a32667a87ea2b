// `cargo xtask bench swift`: compares the hot paths with hand-written code, as ratios.
//
// Each turn runs a batch of both sides, and the ratio is the median over the turns: a slow phase of the machine affects
// both sides of a turn. A ratio above 1 means that Hudhud is faster.
import CHmac
import Foundation
import Hudhud
import HudhudTesting

struct EventContact: Codable { let id, name, phone_number, email: String? }
struct EventData: Codable {
    let contact: EventContact?
    let channel, content: String?
}
struct Event: Codable {
    let event: String
    let tenant_id, delivery_id, occurred_at: String?
    let data: EventData?
}
struct Group: Codable { let id, name: String? }
struct PlainContact: Codable {
    let id, name, phone_number, email: String?
    let tags: [String]
    let is_blocked: Bool?
    let opted_out_at: String?
    let custom_fields: [String: String]
    let groups: [Group]
    let created_at: String?
}
struct Page: Codable {
    let current_page: Int?
    let data: [PlainContact]
    let total, per_page: Int?
}

let secret = "whsec_5b2f9e3c7b8d4a1e9f1b12ab34cd56ef"
let key = [UInt8](secret.utf8)
let decoder = JSONDecoder()

/// Hand-written verification: checks the signature in constant time, then parses the body.
func byHand(_ headers: [String: String], _ body: Data) throws -> Event {
    let timestamp = headers["X-Zagely-Timestamp"]!
    precondition(abs(Date().timeIntervalSince1970 - Double(timestamp)!) <= 300)
    let prefix = [UInt8]((timestamp + ".").utf8)
    var tag = [UInt8](repeating: 0, count: 32)
    body.withUnsafeBytes {
        hmac_sha256(key, key.count, prefix, prefix.count, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count, &tag)
    }
    let hex = [UInt8](headers["X-Zagely-Signature"]!.dropFirst(7).utf8)
    func digit(_ byte: UInt8) -> UInt8 { byte <= 57 ? byte - 48 : byte - 87 }
    var different: UInt8 = 0
    for at in 0..<32 { different |= tag[at] ^ (digit(hex[2 * at]) << 4 | digit(hex[2 * at + 1])) }
    precondition(different == 0)
    return try decoder.decode(Event.self, from: body)
}

nonisolated(unsafe) var sink: Any?

func pair(_ name: String, ours: () throws -> Any, theirs: () throws -> Any) throws {
    func nanos(_ count: Int, _ run: () throws -> Any) throws -> Double {
        let begun = DispatchTime.now().uptimeNanoseconds
        for _ in 0..<count { sink = try run() }
        return Double(DispatchTime.now().uptimeNanoseconds - begun) / Double(count)
    }
    _ = try nanos(100, theirs)
    let batch = max(1, Int(5_000_000 / (try nanos(100, ours))))
    var rounds: [(Double, Double)] = []
    for _ in 0..<61 { rounds.append((try nanos(batch, ours), try nanos(batch, theirs))) }
    func median(_ of: ((Double, Double)) -> Double) -> String {
        String(format: "%9.2f", rounds.map(of).sorted()[rounds.count / 2])
    }
    print(name.padding(toLength: 58, withPad: " ", startingAt: 0), median { $0.0 / 1000 }, median { $0.1 / 1000 }, median { $0.1 / $0.0 })
}

func measurePairs() throws {
    print("Hudhud against hand-written code: microseconds, microseconds, ratio")
    let webhook = try Webhook(secret: secret)
    for (size, length) in [("0.3 kB", 0), ("4 kB", 4096), ("64 kB", 65536)] {
        let text = "Hello, I need help with my order. "
        let content = String(repeating: text, count: max(1, (length - 270) / text.count))
        let body = Data(
            #"{"event":"message.received","tenant_id":"uuid-of-tenant","delivery_id":"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee","occurred_at":"2026-04-21T10:30:00Z","data":{"contact":{"id":"...","name":"Jane Doe","phone_number":"+15551234567","email":null},"channel":"whatsapp","content":"\#(content)"}}"#
                .utf8)
        let headers = try sign(secret: secret, body: body)
        try pair("verify and parse \(size): HMAC in C and JSONDecoder") {
            try webhook.receive(headers: headers, body: body)
        } theirs: {
            try byHand(headers, body)
        }
    }

    let contacts = (0..<50).map { number in
        let id = String(format: "%012d", number)
        return
            #"{"id":"aaaaaaaa-bbbb-cccc-dddd-\#(id)","name":"Jane Doe \#(number)","phone_number":"+1555123\#(id.suffix(4))","email":"jane\#(number)@example.com","tags":["vip","active"],"is_blocked":false,"opted_out_at":null,"custom_fields":{"city":"New York","plan":"gold"},"groups":[{"id":"bbbbbbbb-cccc-dddd-eeee-\#(id)","name":"VIP Customers"}],"created_at":"2026-01-15T09:00:00Z"}"#
    }
    let page = Data(#"{"current_page":1,"data":[\#(contacts.joined(separator: ","))],"total":842,"per_page":50}"#.utf8)
    let zagely = try Zagely(publicKey: "pk_bench", secretKey: "sk_bench", transport: FakeTransport())
    let response = Response(status: 200, headers: [Header(name: "Content-Type", value: "application/json")], body: page)
    try pair("decode 50 contacts: JSONDecoder") {
        try zagely.decode(ListContacts.self, response)
    } theirs: {
        try decoder.decode(Page.self, from: page)
    }
}

/// An observer that does nothing: its cost is that of the facts.
struct Idle: Observer, CallObserver {
    func begin(_ call: CallDescription) -> (any CallObserver)? { self }
    func event(_ event: CallEvent) {}
    func end(_ end: CallEnd) {}
}

/// Measures a call over a socket on loopback with an observer against the same call without one.
func measureObservers() async throws {
    guard let url = ProcessInfo.processInfo.environment["HUDHUD_LOOPBACK"] else {
        return print("cost of an observer: not measured; `cargo xtask bench swift` starts the loopback server")
    }
    func client(_ observer: (any Observer)?, _ logger: HudhudLogger? = nil) throws -> Zagely {
        try Zagely(publicKey: "pk_bench", secretKey: "sk_bench", baseURL: url, observer: observer, logger: logger)
    }
    let batch = 8
    func micros(_ client: Zagely) async throws -> Double {
        let begun = DispatchTime.now().uptimeNanoseconds
        for _ in 0..<batch { sink = try await client.contacts.get("c-1") }
        return Double(DispatchTime.now().uptimeNanoseconds - begun) / 1000 / Double(batch)
    }
    let plain = try client(nil)
    print("\ncost of an observer, contacts.get over loopback: with it, without it, ratio")
    for (name, observed) in [
        ("no observer on either side: the error of this measurement", try client(nil)),
        ("an observer that does nothing", try client(Idle())),
        ("a logger that takes all lines", try client(nil) { _, message, _ in precondition(!message.isEmpty) }),
    ] {
        for _ in 0..<50 { _ = (try await micros(observed), try await micros(plain)) }
        var rounds: [(Double, Double)] = []
        for round in 0..<600 {
            // The order alternates too.
            if round % 2 == 0 {
                rounds.append((try await micros(observed), try await micros(plain)))
            } else {
                let first = try await micros(plain)
                rounds.append((try await micros(observed), first))
            }
        }
        func median(_ of: ((Double, Double)) -> Double) -> Double { rounds.map(of).sorted()[rounds.count / 2] }
        let numbers = [median { $0.0 }, median { $0.1 }, median { $0.0 / $0.1 }]
        print(name.padding(toLength: 58, withPad: " ", startingAt: 0), numbers.map { String(format: "%9.3f", $0) }.joined(separator: " "))
    }
}

// Measures all, or with the argument `pairs`, `observers` or `inbox` only this part.
let parts = CommandLine.arguments.dropFirst()
func isWanted(_ part: String) -> Bool { parts.isEmpty || parts.contains(part) }
if isWanted("pairs") { try measurePairs() }
if isWanted("observers") { try await measureObservers() }
if isWanted("inbox") { try await measureInbox() }
