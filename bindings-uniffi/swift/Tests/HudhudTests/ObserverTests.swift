// Views of calls from outside: observers, and a logger of swift-log's shape. Nothing of it is private.
import Foundation
@testable import Hudhud
import HudhudTesting
import XCTest

#if canImport(Glibc)
import Glibc
#endif

final class ObserverTests: XCTestCase {
    private let number = "+15558675309"
    private let text = "meet at the old bridge"
    private let person = "Scheherazade"
    private let secret = "sk_secretkey123"
    private let quick = Settings(retry: RetryPolicy(base: .zero))
    private var send: SendMessage { SendMessage(to: number, message: text, sessionId: "s-1") }

    /// Keeps what observers and loggers receive, in order.
    private final class Recorder: Observer, @unchecked Sendable {
        private let lock = NSLock()
        private var entries: [String] = []
        private var roots: [Span] = []

        var recorded: [String] { lock.withLock { entries } }
        var spans: [Span] { lock.withLock { roots } }
        func keep(_ text: String) { lock.withLock { entries.append(text) } }

        func begin(_ call: CallDescription) -> (any CallObserver)? {
            let span = Span(call)
            lock.withLock { roots.append(span) }
            keep("\(call)")
            return Recorded(call: call, span: span, recorder: self)
        }
    }

    /// A span of `tests/spans.json`. It belongs to one call at a time.
    private final class Span: @unchecked Sendable {
        var fields: [String: Any]
        var attributes: [String: Any]
        var events: [[String: Any]] = []
        var children: [Span] = []

        init(_ call: CallDescription) {
            fields = ["name": call.call, "kind": "internal"]
            attributes = ["hudhud.vendor": call.vendor]
        }

        init(_ call: CallDescription, _ number: Int, _ method: String) {
            fields = ["name": "\(method) \(call.urlTemplate)", "kind": "client"]
            attributes = [
                "http.request.method": method, "url.template": call.urlTemplate, "server.address": call.serverAddress,
                "server.port": Int(call.serverPort),
            ]
            if number > 1 { attributes["http.request.resend_count"] = number - 1 }
        }

        var tree: [String: Any] {
            var tree = fields
            tree["attributes"] = attributes
            if !events.isEmpty { tree["events"] = events }
            if !children.isEmpty { tree["children"] = children.map(\.tree) }
            return tree
        }
    }

    private struct Recorded: CallObserver {
        let call: CallDescription
        let span: Span
        let recorder: Recorder

        func event(_ event: CallEvent) {
            recorder.keep("\(event)")
            switch event {
            case .attemptBegan(let number, let method): span.children.append(Span(call, number, method))
            case .attemptEnded(let attempt, _, _):
                let child = span.children.last!
                child.attributes["http.response.status_code"] = attempt.status.map { Int($0) }
                child.attributes["hudhud.request_id"] = attempt.requestId
                child.attributes["hudhud.rate_limit.remaining"] = attempt.rateLimit.remaining.map { Int($0) }
                child.attributes["error.type"] = attempt.error
                guard let wait = attempt.wait else { return }
                let attributes: [String: Any] = [
                    "hudhud.wait.seconds": Int(wait.components.seconds), "error.type": attempt.error ?? "",
                ]
                span.events.append(["name": "wait", "attributes": attributes])
            }
        }

        func end(_ end: CallEnd) {
            span.attributes["error.type"] = end.error
            recorder.keep("\(end)")
        }
    }

    /// Returns a client whose first message is refused for the limit per minute.
    private func client(_ observer: (any Observer)? = nil, _ logger: HudhudLogger? = nil) throws -> Zagely {
        let limits = ["X-RateLimit-Limit": "120", "X-RateLimit-Remaining": "0", "X-Request-Id": "req-1", "Retry-After": "0"]
        let transport = FakeTransport()
            .respond(429, #"{"message":"\#(person) \#(number) \#(text)"}"#, headers: limits)
            // This id is a phone number, so it is left out.
            .respond(201, #"{"message_id":"m-1","status":"queued"}"#, headers: ["X-Request-Id": number])
        return try Zagely(
            publicKey: "pk_publickey1234", secretKey: secret, transport: transport, settings: quick, observer: observer,
            logger: logger)
    }

    func testSpansAreThoseOfAllHosts() async throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("spans.json")
        let expected = try XCTUnwrap(JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
        let transport = FakeTransport()
        for answer in try XCTUnwrap(expected["answers"] as? [[String: Any]]) {
            if let fault = answer["fault"] as? String {
                transport.fail(try XCTUnwrap(TransportFault.allCases.first { "\($0)" == fault }))
            } else {
                let status = try UInt16(XCTUnwrap(answer["status"] as? Int))
                let headers = try XCTUnwrap(answer["headers"] as? [String: String])
                transport.respond(status, try XCTUnwrap(answer["body"] as? String), headers: headers)
            }
        }
        let recorder = Recorder()
        let zagely = try Zagely(
            publicKey: "pk_test", secretKey: secret, transport: transport, settings: quick, observer: recorder)
        let contact = try await zagely.contacts.get(XCTUnwrap(expected["id"] as? String))
        XCTAssertEqual(contact.id, "c-1")
        let trees: [Any] = [recorder.spans[0].tree, try XCTUnwrap(expected["span"])]
        let texts = try trees.map { tree in
            String(decoding: try JSONSerialization.data(withJSONObject: tree, options: [.sortedKeys, .prettyPrinted]), as: UTF8.self)
        }
        XCTAssertEqual(texts[0], texts[1])
        XCTAssertEqual(recorder.spans.count, 1)
    }

    func testTheLogStatesCallsAttemptsAndWaits() async throws {
        let recorder = Recorder()
        let zagely = try client(nil) { level, message, metadata in
            recorder.keep("\(level) \(message)")
            XCTAssertEqual(metadata["call"], "messages.send")
        }
        try await zagely.messages.send(send)
        let url = "POST /api/v1/messages/send to zagely.com:443"
        XCTAssertEqual(Array(recorder.recorded.dropLast()), [
            "debug messages.send: attempt 1: \(url): rate_limited (HTTP 429), 0 of 120 left this minute, request id req-1",
            "warning messages.send: attempt 1 failed: rate_limited (HTTP 429); waiting 0.0 s",
            "debug messages.send: attempt 2: \(url): 201",
        ])
        let last = try XCTUnwrap(recorder.recorded.last)
        XCTAssertTrue(last.hasPrefix("info messages.send: 201 after 2 attempts, ") && last.hasSuffix(" ms"), last)
    }

    func testTheLogStatesFailures() async throws {
        let recorder = Recorder()
        let transport = FakeTransport().respond(404, #"{"message":"\#(person)"}"#).fail(.connect)
        let zagely = try Zagely(
            publicKey: "pk_test", secretKey: secret, transport: transport,
            settings: Settings(retry: RetryPolicy(maxAttempts: 1))
        ) { level, message, _ in
            if level != .debug { recorder.keep("\(level) \(message[..<message.range(of: ", ", options: .backwards)!.lowerBound])") }
        }
        do { _ = try await zagely.contacts.get(number); XCTFail("expected an error") } catch HudhudError.notFound {}
        do { _ = try await zagely.account.me(); XCTFail("expected an error") } catch HudhudError.transport {}
        XCTAssertEqual(
            recorder.recorded,
            [
                "warning contacts.get: not_found (HTTP 404) after 1 attempt",
                "warning account.me: transport (connect) after 1 attempt",
            ])
    }

    func testACallThatTheProgramCancelsIsNoFailure() async throws {
        let recorder = Recorder()
        let silent = try Zagely(publicKey: "pk_test", secretKey: secret, transport: Silent(), observer: recorder) { level, message, _ in
            recorder.keep("\(level) \(message)")
        }
        let task = Task { _ = try await silent.account.me() }
        while recorder.recorded.last?.hasPrefix("attemptBegan") != true { await Task.yield() }
        task.cancel()
        _ = await task.result
        let last = try XCTUnwrap(recorder.recorded.last)
        XCTAssertTrue(last.hasPrefix("info account.me: CallCancelled after 1 attempt, "), last)
        // The attempt has its end before that of the call.
        let kinds = recorder.recorded.map { String($0.prefix { $0.isLetter }) }
        XCTAssertEqual(kinds.filter { $0.hasPrefix("attempt") }, ["attemptBegan", "attemptEnded"])
    }

    func testALongWaitForTheRateLimiterIsAWarningAndEachLimiterHasOneInAMinute() async throws {
        let recorder = Recorder()
        let refused = ["X-RateLimit-Limit": "120", "Retry-After": "90"]
        let transport = FakeTransport().respond(429, "{}", headers: refused)
        let limiter = RateLimiter()
        func client() throws -> Zagely {
            try Zagely(
                publicKey: "pk_test", secretKey: secret, transport: transport,
                settings: Settings(retry: RetryPolicy(maxAttempts: 1)), rateLimiter: limiter
            ) { level, message, metadata in
                if let seconds = metadata["wait_seconds"] { recorder.keep("\(level) \(message) \(seconds)") }
            }
        }
        let first = try client()
        do { try await first.account.me(); XCTFail("expected an error") } catch HudhudError.rateLimited {}
        XCTAssertEqual(recorder.recorded, [])
        let line = "warning account.me: waiting 15 s or longer for the rate limiter: the limit of the key is used up, or a response asked to wait"
        for client in [first, first, try client()] {
            let task = Task { try await client.account.me() }
            while limiter.waiting == 0 { try await Task.sleep(for: .milliseconds(5)) }
            try await Task.sleep(for: .milliseconds(50))
            task.cancel()
            do { _ = try await task.value; XCTFail("expected an error") } catch is CallCancelled {}
            XCTAssertEqual(recorder.recorded, ["\(line) 15"])
        }
        XCTAssertEqual(transport.requests.count, 1)
    }

    func testTheVariableShowsTheLogOnStandardError() async throws {
        for (level, lines) in [("debug", 4), ("INFO", 2), ("warning", 1), ("", 0), ("loud", 1)] {
            let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            XCTAssertTrue(FileManager.default.createFile(atPath: file.path, contents: nil))
            let log = try FileHandle(forWritingTo: file)
            let savedStandardError = dup(2)
            setenv("HUDHUD_LOG", level, 1)
            dup2(log.fileDescriptor, 2)
            defer { try? FileManager.default.removeItem(at: file) }
            do {
                defer {
                    dup2(savedStandardError, 2)
                    close(savedStandardError)
                    unsetenv("HUDHUD_LOG")
                }
                try await client().messages.send(send)
            }
            let shown = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            XCTAssertEqual(shown.count, lines, "\(level): \(shown)")
            if level == "loud" { XCTAssertEqual(shown, ["HUDHUD_LOG: expected debug, info or warning"]) }
            if level == "debug" { XCTAssertTrue(shown[3].contains(" hudhud INFO messages.send: 201 after 2 attempts, "), "\(shown)") }
        }
    }

    func testAnObserverFollowsPagesFailuresAndCancellations() async throws {
        let recorder = Recorder()
        let transport = FakeTransport()
            .respond(200, #"{"data":[{"id":"c-1"}],"current_page":1,"last_page":2}"#)
            .respond(200, #"{"data":[{"id":"c-2"}],"current_page":2,"last_page":2}"#)
            .fail(.timeout)
        let zagely = try Zagely(
            publicKey: "pk_test", secretKey: secret, transport: transport,
            settings: Settings(retry: RetryPolicy(maxAttempts: 1)), observer: recorder)
        var count = 0
        for try await _ in zagely.contacts.list() { count += 1 }
        XCTAssertEqual(count, 2)
        XCTAssertEqual(recorder.spans.map { $0.fields["name"] as? String }, ["contacts.list", "contacts.list"])
        do { _ = try await zagely.account.me(); XCTFail("expected an error") } catch HudhudError.transport {}
        XCTAssertEqual(recorder.spans[2].attributes["error.type"] as? String, "transport")
        // A call that was not sent is not observed.
        do {
            _ = try await zagely.messages.send(SendMessage(to: "x", message: text, sessionId: "s-1"))
            XCTFail("expected an error")
        } catch HudhudError.invalidRequest {}
        XCTAssertEqual(recorder.spans.count, 3)
        let silent = try Zagely(publicKey: "pk_test", secretKey: secret, transport: Silent(), observer: recorder)
        let task = Task { _ = try await silent.account.me() }
        while recorder.recorded.last?.hasPrefix("attemptBegan") != true { await Task.yield() }
        task.cancel()
        _ = await task.result
        XCTAssertEqual(recorder.spans[3].attributes["error.type"] as? String, "CallCancelled")
    }

    /// Never responds.
    private struct Silent: Transport {
        func send(_: Request) async throws -> Response {
            try await Task.sleep(for: .seconds(60))
            throw TransportError(.timeout)
        }
    }

    func testAnExchangeStatesItsFacts() throws {
        let zagely = try Zagely(publicKey: "pk_test", secretKey: secret, transport: FakeTransport())
        let exchange = try zagely.exchange(GetContact(contactId: number))
        XCTAssertEqual(
            try exchange.callDescription(),
            CallDescription(
                vendor: "zagely", call: "contacts.get", method: "GET", urlTemplate: "/api/v1/contacts/{contact_id}",
                serverAddress: "zagely.com", serverPort: 443))
        XCTAssertNil(exchange.lastAttempt())
        guard case .send = try exchange.step(now: 0) else { return XCTFail("expected a request") }
        try exchange.fail(.connect, now: 0)
        XCTAssertEqual(exchange.lastAttempt()?.fault, .connect)
    }

    func testNothingPrivateIsSeen() async throws {
        let shown = #"{"message":"\#(person) at \#(number): \#(text)","error":{"code":"\#(person)","message":"\#(text)"}}"#
        let hidden = ["X-Request-Id": secret, "X-RateLimit-Limit": text, "X-RateLimit-Remaining": person, "Retry-After": "0"]
        let recorder = Recorder()
        let log: HudhudLogger = { level, message, metadata in recorder.keep("\(level) \(message) \(metadata)") }
        var failed = 0
        func fails(_ status: UInt16, _ call: (Zagely) async throws -> Void) async throws {
            let transport = FakeTransport()
            for _ in 0..<9 { transport.respond(status, shown, headers: hidden) }
            let zagely = try Zagely(
                publicKey: "pk_publickey1234", secretKey: secret, transport: transport, settings: quick, observer: recorder,
                logger: log)
            do {
                try await call(zagely)
                XCTFail("expected an error")
            } catch let error as HudhudError {
                XCTAssertEqual(error.failure.meta?.status, status)
                failed += 1
            }
        }
        try await fails(404) { _ = try await $0.contacts.get(number) }
        try await fails(422) { _ = try await $0.contacts.create(CreateContact(phoneNumber: number, name: person, notes: text)) }
        try await fails(500) { for try await _ in $0.contacts.list(ListContacts(search: person)) {} }
        try await fails(429) {
            _ = try await $0.messages.send(send, options: CallOptions(idempotencyKey: "order-\(number.dropFirst())"))
        }
        try await fails(405) { _ = try await $0.contacts.update(UpdateContact(contactId: person, name: .set(text))) }
        XCTAssertEqual(failed, 5)
        XCTAssertGreaterThan(recorder.recorded.count, 30)
        let all = recorder.recorded.joined(separator: "\n")
        let privates = ["5558675309", "old bridge", "old+bridge", "old%20bridge", person, "secretkey", "publickey"]
        XCTAssertEqual(privates.filter { all.contains($0) }, [])
    }
}
