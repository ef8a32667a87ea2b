// Tests of the transport and the clients against the sandbox.
import Foundation
import Hudhud
import HudhudTesting
import XCTest

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Both services on this machine. `cargo xtask test` starts them, and passes their addresses and keys in HUDHUD_SANDBOX.
enum Sandbox {
    static func readyText(_ name: String) throws -> String {
        let line = try XCTUnwrap(ProcessInfo.processInfo.environment["HUDHUD_SANDBOX"], "run `cargo xtask test Swift`")
        let readyText = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return try XCTUnwrap(readyText?[name] as? String)
    }

    static func zagely(settings: Settings = quick) throws -> Zagely {
        try Zagely(
            publicKey: try readyText("public_key"), secretKey: try readyText("secret_key"), transport: URLSessionTransport(),
            baseURL: try readyText("zagely_base_url"), appRoutes: AppRoutes(token: try readyText("app_token")),
            settings: settings)
    }

    static func wazaj() throws -> Wazaj {
        try Wazaj(apiKey: try readyText("wazaj_key"), baseURL: try readyText("wazaj_base_url"), settings: quick)
    }

    static let quick = Settings(retry: RetryPolicy(maxAttempts: 4, base: .milliseconds(5), cap: .milliseconds(10), maxRetryAfter: .seconds(3)))

    @discardableResult
    static func admin(_ method: String, _ path: String, _ body: String = "") async throws -> Data {
        let headers = [Header(name: "Authorization", value: "Bearer " + (try readyText("admin_token")))]
        let url = try readyText("zagely_base_url") + "/_sandbox" + path
        let request = Request(
            call: "admin", method: method, url: url, headers: headers, body: body.isEmpty ? nil : Data(body.utf8))
        let response = try await URLSessionTransport().send(request)
        XCTAssert(response.status < 300, String(decoding: response.body, as: UTF8.self))
        return response.body
    }

    /// Creates a key with a limit per minute. Returns its public and its secret part.
    static func key(perMinute: Int) async throws -> (String, String) {
        let key = try await admin("POST", "/keys", #"{"limits":{"per_minute":\#(perMinute)}}"#)
        let parts = try JSONSerialization.jsonObject(with: key) as? [String: Any]
        return (try XCTUnwrap(parts?["public_key"] as? String), try XCTUnwrap(parts?["secret_key"] as? String))
    }

    static func fault(_ call: String, _ fault: String, times: Int = 1) async throws {
        try await admin("POST", "/faults", #"{"fault":"\#(fault)","match":{"call":"\#(call)"},"times":\#(times)}"#)
    }
}

final class SandboxTests: XCTestCase {
    override func tearDown() async throws { try await Sandbox.admin("DELETE", "/faults") }

    private func number() -> String { "+1555\(Int.random(in: 1_000_000...9_999_999))" }

    func testAMessageIsQueuedWithItsMetadata() async throws {
        let zagely = try Sandbox.zagely()
        let call = SendMessage(to: "+15551234567", message: "hi 👋", sessionId: try Sandbox.readyText("session_id"))
        let sent = try await zagely.messages.send(call)
        XCTAssertEqual(sent.status, .queued)
        let options = CallOptions(idempotencyKey: UUID().uuidString)
        let first = try await zagely.withResponse(call, options: options)
        let again = try await zagely.withResponse(call, options: options)
        XCTAssertEqual(first.meta.status, 201)
        XCTAssert(again.meta.idempotentReplay)
        XCTAssertEqual(first.output.messageId, again.output.messageId)
        let text = try await Sandbox.wazaj().messages.sendText(SendText(to: "+50912345678", body: "Hello"))
        XCTAssertNotNil(text.messageId)
    }

    func testContactsAreCreatedListedUpdatedAndDeleted() async throws {
        let zagely = try Sandbox.zagely()
        let tag = "t-" + UUID().uuidString
        var made: [Contact] = []
        for index in 1...5 {
            made.append(
                try await zagely.contacts.create(
                    CreateContact(
                        phoneNumber: number(), name: "Jane \(index)", email: "jane@example.com", tags: [tag],
                        customFields: ["city": "New York"])))
        }
        var listed: Set<String> = []
        for try await contact in zagely.contacts.list(.init(tags: [tag], perPage: 2)) { listed.insert(contact.id!) }
        XCTAssertEqual(listed, Set(made.map { $0.id! }))
        let id = made[0].id!
        let changed = try await zagely.contacts.update(UpdateContact(contactId: id, name: "Ann", email: .clear))
        XCTAssertEqual(changed.name, "Ann")
        XCTAssertNil(changed.email)
        let read = try await zagely.contacts.get(id)
        XCTAssertEqual(read.customFields["city"], "New York")
        try await zagely.contacts.import(ImportContacts(file: Data("phone_number,name\n\(number()),Imported\n".utf8)))
        // This call is a DELETE with a body.
        let group = try await zagely.contactGroups.create(CreateContactGroup(name: "G" + tag, type: .static))
        try await zagely.contactGroups.addContacts(AddGroupContacts(groupId: group.id!, contactIds: [id]))
        try await zagely.contactGroups.removeContacts(RemoveGroupContacts(groupId: group.id!, contactIds: [id]))
        let emptied = try await zagely.contactGroups.get(group.id!)
        XCTAssertEqual(emptied.contacts.count, 0)
        for contact in made { try await zagely.contacts.delete(contact.id!) }
        do {
            _ = try await zagely.contacts.get(id)
            XCTFail("expected HudhudError.notFound")
        } catch HudhudError.notFound(let failure) {
            XCTAssertEqual(failure.call, "contacts.get")
        }
    }

    func testASafeCallIsRetriedAndALostMessageIsNotSentTwice() async throws {
        let zagely = try Sandbox.zagely()
        let call = SendMessage(to: "+15551234567", message: "hi", sessionId: try Sandbox.readyText("session_id"))
        try await Sandbox.fault("messages.send", "status=503", times: 2)
        _ = try await zagely.messages.send(call)
        try await Sandbox.fault("messages.send", "lost")
        let reply = try await zagely.withResponse(call)
        XCTAssert(reply.meta.idempotentReplay, "the second attempt has the same idempotency key")
        try await Sandbox.fault("messages.send_text", "lost")
        do {
            _ = try await Sandbox.wazaj().messages.sendText(SendText(to: "+50912345678", body: "Hello"))
            XCTFail("expected HudhudError.transport")
        } catch HudhudError.transport(let failure) {
            XCTAssertEqual(failure.transportFault, .closed)
        }
    }

    func testEachFaultOfTheTransportIsReported() async throws {
        func fault(_ transport: URLSessionTransport, _ url: String) async throws -> TransportFault? {
            do {
                _ = try await transport.send(Request(call: "account.health", method: "GET", url: url, headers: []))
                return nil
            } catch let error as TransportError { return error.fault }
        }
        let urlSession = URLSessionTransport()
        let shortTimeout = URLSessionConfiguration.ephemeral
        shortTimeout.timeoutIntervalForRequest = 1
        let refused = try await fault(urlSession, "http://127.0.0.1:9/")
        XCTAssertEqual(refused, .connect)
        let unknown = try await fault(urlSession, "http://no-such-host.invalid/")
        XCTAssertEqual(unknown, .connect)
        let health = try Sandbox.readyText("zagely_base_url") + "/api/v1/health"
        try await Sandbox.fault("account.health", "delay=4000")
        let slow = try await fault(try URLSessionTransport(configuration: shortTimeout), health)
        XCTAssertEqual(slow, .timeout)
        try await Sandbox.admin("DELETE", "/faults")
        try await Sandbox.fault("account.health", "close", times: 5)
        let closed = try await fault(urlSession, health)
        XCTAssertEqual(closed, .closed)
        // An app route without `Accept: application/json` redirects to a login page.
        let page = Request(
            call: "automations.list", method: "GET", url: try Sandbox.readyText("zagely_base_url") + "/api/automations",
            headers: [Header(name: "Accept", value: "text/html")])
        let response = try await urlSession.send(page)
        XCTAssertEqual(response.status, 302, "the redirect was followed")
    }

    func testCancellingATaskEndsItsRequestAndItsWait() async throws {
        let zagely = try Sandbox.zagely(settings: Settings())
        for fault in ["delay=8000", "status=429;retry-after=30"] {
            try await Sandbox.fault("account.me", fault)
            let begun = Date()
            let task = Task { try await zagely.account.me() }
            try await Task.sleep(for: .milliseconds(400))
            task.cancel()
            do {
                _ = try await task.value
                XCTFail("expected CallCancelled")
            } catch let cancelled as CallCancelled {
                XCTAssertEqual(cancelled, CallCancelled(call: "account.me", idempotencyKey: nil, mayHaveHappened: false))
            }
            XCTAssertLessThan(Date().timeIntervalSince(begun), 3)
            try await Sandbox.admin("DELETE", "/faults")
        }
    }

    func testATaskThatIsCancelledAtOnceEndsWithin30Seconds() async throws {
        let transport = URLSessionTransport()
        let url = try Sandbox.readyText("zagely_base_url") + "/api/v1/health"
        let health = Request(call: "account.health", method: "GET", url: url, headers: [])
        let ended = Count()
        for _ in 0..<2000 {
            let task = Task {
                _ = try? await transport.send(health)
                ended.add()
            }
            task.cancel()
        }
        let deadline = Date() + 30
        while ended.value < 2000, Date() < deadline { try await Task.sleep(for: .milliseconds(20)) }
        XCTAssertEqual(ended.value, 2000, "the other tasks did not end")
    }

    func testACancelledTaskClosesItsConnection() async throws {
        let (url, observed) = try stalling()
        let transport = URLSessionTransport()
        let request = Request(call: "account.health", method: "GET", url: url, headers: [])
        let task = Task { try await transport.send(request) }
        try await waited { observed.value == .requested }
        task.cancel()
        try await waited { observed.value == .closed }
        // Keep the transport alive: its deinit would close the connection too.
        withExtendedLifetime(transport) {}
        do {
            _ = try await task.value
            XCTFail("expected CancellationError")
        } catch is CancellationError {}
    }

    private func waited(for condition: () -> Bool) async throws {
        let deadline = Date() + 10
        while !condition(), Date() < deadline { try await Task.sleep(for: .milliseconds(10)) }
        XCTAssert(condition(), "the condition was not met within 10 seconds")
    }
}

/// A counter that many tasks share.
final class Count: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0

    var value: Int { lock.withLock { count } }
    func add() { lock.withLock { count += 1 } }
}

/// The state of a server's one connection.
final class ConnectionStage: @unchecked Sendable {
    enum Stage { case nothing, requested, closed }

    private let lock = NSLock()
    private var stage = Stage.nothing

    var value: Stage {
        get { lock.withLock { stage } }
        set { lock.withLock { stage = newValue } }
    }
}

/// Starts a server that accepts one connection and never responds. It records the request and the end of the connection.
func stalling() throws -> (url: String, observed: ConnectionStage) {
    #if canImport(Glibc)
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
    let listener = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bind(listener, address, length) == 0 && listen(listener, 1) == 0
                && getsockname(listener, address, &length) == 0
        }
    }
    guard bound else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    let observed = ConnectionStage()
    Thread.detachNewThread {
        let connection = accept(listener, nil, nil)
        var buffer = [UInt8](repeating: 0, count: 65536)
        while recv(connection, &buffer, buffer.count, 0) > 0 { observed.value = .requested }
        observed.value = .closed
        close(connection)
        close(listener)
    }
    return ("http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))/", observed)
}
