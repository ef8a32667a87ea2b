// The outbox: what it adds, sends, refuses, stops at and reports, and how it protects its journal.
import Foundation
import Hudhud
import HudhudTesting
import XCTest

final class OutboxTests: XCTestCase {
    private let guests = (0..<12).map { SendMessage(to: "+1555123\(1000 + $0)", message: "Hi \($0) é") }
    private let sent = #"{"data":{"message_id":"m-1","status":"queued"}}"#
    private let path = NSTemporaryDirectory() + "hudhud-\(UUID().uuidString).outbox"

    override func tearDown() { try? FileManager.default.removeItem(atPath: path) }

    private func open(_ transport: any Transport, publicKey: String = "pk_test") throws -> Outbox<ZagelyService> {
        let zagely = try Zagely(publicKey: publicKey, secretKey: "sk_test", transport: transport, rateLimiter: nil)
        return try Outbox(path: path, client: zagely)
    }

    private func accepting(_ count: Int) -> FakeTransport {
        let transport = FakeTransport()
        for _ in 0..<count { transport.respond(201, sent) }
        return transport
    }

    func testEachMessageIsSentOnceOverTwoRuns() async throws {
        let transport = accepting(12)
        for added in [12, 0] {
            let outbox = try open(transport)
            XCTAssertEqual(try outbox.addAll(guests), added)
            let report = try await outbox.send()
            XCTAssertEqual([report.sent, report.left], [12, 0])
            XCTAssertTrue(report.isComplete)
            try outbox.close()
        }
        let keys = transport.requests.compactMap { $0.headers.first { $0.name.lowercased() == "idempotency-key" }?.value }
        XCTAssertEqual(Set(keys.compactMap { $0.split(separator: "-").last.flatMap { Int($0) } }), Set(0..<12))
        XCTAssertEqual(keys.count, 12)
    }

    func testAnInvalidRowOfAListIsNamedAndTheRowsBeforeItStay() throws {
        for (wrong, expected) in [
            (SendMessage(to: "bob", message: "Hi"), "messages.send: invalid_request: The call is invalid and was not sent. to: "),
            (SendMessage(to: guests[3].to, message: "other"), "the outbox has another message under this id (message 3)"),
        ] {
            try? FileManager.default.removeItem(atPath: path)
            let outbox = try open(FakeTransport())
            XCTAssertThrowsError(try outbox.addAll(guests[..<6] + [wrong] + guests[6...])) {
                XCTAssertTrue("\($0)".contains("row 7 of the list: \(expected)"), "\($0)")
            }
            XCTAssertEqual(outbox.report.total, 6)
            XCTAssertFalse(outbox.report.isClosed)
            XCTAssertEqual(try outbox.addAll(guests), 6)
            try outbox.close()
        }
    }

    func testRefusalsAreFinalAndHaveReasonsWithoutPersonalText() async throws {
        let errors = #"{"error":{"code":"validation_failed","message":"no","details":{"errors":{"to":["no"]}}}}"#
        let transport = FakeTransport().respond(422, errors)
        for _ in 0..<11 { transport.respond(201, sent) }
        let outbox = try open(transport)
        try outbox.addAll(guests)
        let report = try await outbox.send(concurrency: 1)
        XCTAssertEqual(report.refusedByReason, ["validation: validation_failed (to)": 1])
        let message = try XCTUnwrap(outbox.messages(.refused).first)
        XCTAssertEqual(message.id, "+15551231000")
        XCTAssertEqual(message.row, 1)
        XCTAssertFalse("\(message)\(outbox)\(report)".contains("1555"))
        try outbox.close()
    }

    func testABrokenStoreOfTheRateLimiterStopsTheOutboxAndItsErrorIsThrown() async throws {
        let limiter = RateLimiter(store: ForgetfulStore(Data([7])))
        let zagely = try Zagely(publicKey: "pk_test", secretKey: "sk_test", transport: FakeTransport(), rateLimiter: limiter)
        let outbox = try Outbox(path: path, client: zagely)
        try outbox.addAll(guests)
        do {
            _ = try await outbox.send()
            XCTFail("expected HudhudError.store")
        } catch HudhudError.store(let failure) {
            XCTAssertTrue(failure.summary.contains("delete them"), failure.summary)
        }
        XCTAssertEqual(outbox.report.stopped, "store")
        XCTAssertEqual(outbox.report.waiting, 12)
        try outbox.close()
    }

    func testWhatConcernsAllMessagesStopsTheOutboxAndLosesNone() async throws {
        let transport = FakeTransport().respond(401, #"{"error":{"code":"invalid_credentials","message":"no"}}"#)
        let outbox = try open(transport)
        try outbox.addAll(guests)
        let report = try await outbox.send(concurrency: 1)
        XCTAssertEqual(report.stopped, "authentication: invalid_credentials")
        XCTAssertEqual(report.waiting, 12)
        for _ in 0..<12 { transport.respond(201, sent) }
        let after = try await outbox.send()
        XCTAssertEqual(after.sent, 12)
        try outbox.close()
    }

    func testWithoutKeysALostResponseIsUnknownAndNotRepeated() async throws {
        let transport = FakeTransport().fail(.closed)
        for _ in 0..<2 {
            let wazaj = try Wazaj(apiKey: "wzj_test", baseURL: "https://example.com/api/wazaj/business", transport: transport)
            let outbox = try Outbox(path: path, client: wazaj)
            try outbox.addAll([SendText(to: "+15551230000", body: "Hi")])
            let report = try await outbox.send()
            XCTAssertEqual([report.unknown, report.left], [1, 0])
            XCTAssertEqual(try outbox.messages(.unknown).map(\.reason), ["transport: closed"])
            try outbox.close()
        }
        XCTAssertEqual(transport.requests.count, 1)
    }

    func testAnInvalidOrAnotherMessageIsNotAdded() throws {
        let outbox = try open(FakeTransport())
        XCTAssertThrowsError(try outbox.add(SendMessage(to: "0155", message: "Hi"))) { XCTAssertTrue($0 is HudhudError) }
        XCTAssertThrowsError(try outbox.add(ListContacts())) { XCTAssertTrue($0 is OutboxError) }
        XCTAssertTrue(try outbox.add(guests[0]))
        XCTAssertFalse(try outbox.add(guests[0]))
        XCTAssertTrue(try outbox.add(SendMessage(to: "+15557654321", message: "Hi")))
        // Another spelling of the number is the same recipient.
        XCTAssertThrowsError(try outbox.add(SendMessage(to: "+1 (555) 765-4321", message: "Hello"))) { XCTAssertTrue($0 is OutboxError) }
        let other = SendMessage(to: "+15551231000", message: "Other")
        XCTAssertThrowsError(try outbox.add(other)) { XCTAssertTrue("\($0)".contains("another message under this id (message 0)")) }
        XCTAssertTrue(try outbox.add(other, id: "second"))
        try outbox.close()
    }

    func testAJournalIsUsedByOneProgramAtATimeAndBelongsToItsKey() throws {
        let outbox = try open(FakeTransport())
        XCTAssertThrowsError(try open(FakeTransport())) { error in
            guard case OutboxError.inUse(let message) = error else { return XCTFail("\(error)") }
            XCTAssertEqual(message, "another program uses the journal of the outbox: wait until it ends, or stop it")
            XCTAssertEqual("\(error)", message)
            XCTAssertEqual(error.localizedDescription, message)
        }
        try outbox.close()
        try outbox.close()
        XCTAssertThrowsError(try outbox.add(guests[0]))
        XCTAssertThrowsError(try open(FakeTransport(), publicKey: "pk_other")) { error in
            guard case OutboxError.refused = error else { return XCTFail("\(error)") }
        }
    }

    func testACancellationLeavesTheMessagesInFlightInDoubt() async throws {
        struct Never: Transport {
            func send(_ request: Request) async throws -> Response {
                try await Task.sleep(for: .seconds(60))
                throw CancellationError()
            }
        }
        let outbox = try open(Never())
        try outbox.addAll(guests)
        let sending = Task { try await outbox.send(concurrency: 3) }
        while outbox.report.inFlight < 3 { try await Task.sleep(for: .milliseconds(5)) }
        try await Task.sleep(for: .milliseconds(50))
        XCTAssertThrowsError(try outbox.close()) { error in
            guard case OutboxError.sending = error else { return XCTFail("\(error)") }
        }
        sending.cancel()
        if case .success = await sending.result { XCTFail("a cancelled task has no report") }
        let report = outbox.report
        XCTAssertEqual([report.inDoubt, report.waiting, report.inFlight], [3, 9, 0])
        try outbox.close()
    }

    func testAMessageThatIsAddedDuringASendIsSentByAnIdleTask() async throws {
        let outbox = try open(TwoAtOnce(answer: sent))
        try outbox.add(guests[0])
        let sending = Task { try await outbox.send(concurrency: 2) }
        while outbox.report.inFlight == 0 { try await Task.sleep(for: .milliseconds(5)) }
        // The other task waits for a message.
        try await Task.sleep(for: .milliseconds(100))
        try outbox.add(guests[1])
        let report = try await sending.value
        XCTAssertEqual([report.sent, report.left], [2, 0])
        try outbox.close()
    }

    /// Answers two requests when both have arrived. A request that remains alone for some seconds fails.
    private actor TwoAtOnce: Transport {
        private let answer: String
        private var arrived = 0

        init(answer: String) { self.answer = answer }

        func send(_ request: Request) async throws -> Response {
            arrived += 1
            for _ in 0..<500 where arrived < 2 { try await Task.sleep(for: .milliseconds(10)) }
            guard arrived == 2 else { throw NotTwo() }
            return Response(status: 201, headers: [Header(name: "Content-Type", value: "application/json")], body: Data(answer.utf8))
        }

        private struct NotTwo: Error {}
    }
}
