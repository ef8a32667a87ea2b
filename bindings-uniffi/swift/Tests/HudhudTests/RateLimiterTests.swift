// The rate limiter of a client, against the sandbox with a limit per minute.
//
// HUDHUD_SENDS is the number of sends at once, and HUDHUD_LIMIT the limit per minute. `cargo xtask soak` sets them to
// 10,000 and 3,000.
import Foundation
import Hudhud
import XCTest

/// The time of each attempt's end, in seconds since the observer was made, and its status.
final class Statuses: Observer, @unchecked Sendable {
    private let begun = ContinuousClock.now
    private let lock = NSLock()
    private var attempts: [(at: Double, status: Int?)] = []

    var ends: [(at: Double, status: Int?)] { lock.withLock { attempts } }

    /// The number of attempts by status. 0 stands for no response.
    var counts: [Int: Int] { ends.reduce(into: [:]) { $0[$1.status ?? 0, default: 0] += 1 } }

    func begin(_ call: CallDescription) -> (any CallObserver)? { Call(statuses: self) }

    struct Call: CallObserver {
        let statuses: Statuses

        func event(_ event: CallEvent) {
            guard case .attemptEnded(let attempt, _, _) = event else { return }
            let took = statuses.begun.duration(to: .now).components
            let at = Double(took.seconds) + Double(took.attoseconds) / 1e18
            statuses.lock.withLock { statuses.attempts.append((at, attempt.status.map(Int.init))) }
        }

        func end(_ end: CallEnd) {}
    }
}

/// Answers each request with a success that states a limit per minute.
struct Answers: Transport {
    var limit = 60
    var body = #"{"message_id":"m-1"}"#

    func send(_ request: Request) async throws -> Response {
        let headers = [
            Header(name: "X-RateLimit-Limit", value: "\(limit)"), Header(name: "Content-Type", value: "application/json"),
        ]
        return Response(status: 200, headers: headers, body: Data(body.utf8))
    }
}

final class RateLimiterTests: XCTestCase {
    private static func number(_ name: String, _ defaultValue: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? defaultValue
    }

    private let sends = number("HUDHUD_SENDS", 400)
    private let limit = number("HUDHUD_LIMIT", 3000)
    private let text = SendMessage(to: "+15550000001", message: "hi", sessionId: "s-1")
    private let soon = CallOptions(deadline: .milliseconds(10))

    private func message(_ number: Int) throws -> SendMessage {
        SendMessage(to: "+1555\(1_000_000 + number)", message: "hi", sessionId: try Sandbox.readyText("session_id"))
    }

    /// Returns a client with a new key of the sandbox, which has a limit per minute.
    private func zagely(
        _ key: (String, String), _ rateLimiter: RateLimiter? = RateLimiter(), _ observer: (any Observer)? = nil,
        settings: Settings = Settings()
    ) throws -> Zagely {
        try Zagely(
            publicKey: key.0, secretKey: key.1, baseURL: try Sandbox.readyText("zagely_base_url"), settings: settings,
            rateLimiter: rateLimiter, observer: observer)
    }

    /// Returns a client whose requests all succeed.
    private func answered(_ limiter: RateLimiter?, _ answers: Answers = Answers()) throws -> Zagely {
        try Zagely(publicKey: "pk_a", secretKey: "sk_b", transport: answers, rateLimiter: limiter)
    }

    /// Sends until a call would have to wait, and returns the details of its error.
    @discardableResult
    private func useUp(_ client: Zagely) async throws -> ErrorDetails {
        for _ in 0..<1000 {
            do { try await client.messages.send(text, options: soon) } catch HudhudError.waitTooLong(let failure) {
                return failure
            }
        }
        XCTFail("no call had to wait")
        throw CancellationError()
    }

    private func waited(for condition: () -> Bool) async throws {
        let deadline = Date() + 20
        while !condition(), Date() < deadline { try await Task.sleep(for: .milliseconds(5)) }
        XCTAssert(condition(), "the condition was not met within 20 seconds")
    }

    /// Sends at the same time, and returns the ids of the messages.
    private func send(_ count: Int, _ clients: [Zagely]) async throws -> Set<String> {
        try await withThrowingTaskGroup(of: String?.self) { group in
            for number in 0..<count {
                let (client, message) = (clients[number % clients.count], try message(number))
                group.addTask { try await client.messages.send(message).messageId }
            }
            return try await group.reduce(into: []) { ids, id in ids.insert(try XCTUnwrap(id)) }
        }
    }

    func testAllSendsAtOnceArrive() async throws {
        let statuses = Statuses()
        let sent = try await send(sends, [try await zagely(Sandbox.key(perMinute: limit), RateLimiter(), statuses)])
        XCTAssertEqual(sent.count, sends)
        let ends = statuses.ends
        let took = ends.map(\.at).max() ?? 0
        let whole = Int(took / 60)
        let timely = ends.filter { $0.status == 201 && $0.at > 60 && $0.at < Double(60 * whole) }.count
        let used = Double(timely) / Double(limit * max(whole - 1, 1))
        print(String(format: "%d sends in %.0f s, %@, %.1f %% of the limit used", sends, took, "\(statuses.counts)", 100 * used))
        if sends < limit { XCTAssertEqual(statuses.counts, [201: sends]) }
        XCTAssertLessThanOrEqual(ends.filter { $0.status == 429 && $0.at > 60 }.count * 1000, sends)
        XCTAssert(sends < 3 * limit || used >= 0.97)
    }

    func testWithoutALimiterRequestsLeaveAtOnce() async throws {
        let statuses = Statuses()
        let client = try await zagely(
            Sandbox.key(perMinute: 20), nil, statuses, settings: Settings(retry: RetryPolicy(maxAttempts: 1)))
        do {
            for number in 0..<40 { try await client.messages.send(message(number)) }
            XCTFail("expected HudhudError.rateLimited")
        } catch HudhudError.rateLimited {}
        XCTAssertEqual(statuses.counts, [201: 20, 429: 1])
    }

    func testClientsOfOneKeyShareALimiter() async throws {
        let (key, limiter, statuses) = (try await Sandbox.key(perMinute: 600), RateLimiter(), Statuses())
        let clients = try (0..<3).map { _ in try zagely(key, limiter, statuses) }
        let sent = try await send(75, clients)
        XCTAssertEqual(sent.count, 75)
        XCTAssertEqual(statuses.counts, [201: 75])
        // Another client of the same limiter has to wait, because the first one has used the burst.
        let shared = RateLimiter()
        try await useUp(answered(shared))
        do {
            try await answered(shared).messages.send(text, options: soon)
            XCTFail("expected HudhudError.waitTooLong")
        } catch HudhudError.waitTooLong {}
        try await answered(RateLimiter()).messages.send(text, options: soon)
    }

    func testATurnAfterTheDeadlineIsAnErrorThatSaysHowLong() async throws {
        let limiter = RateLimiter()
        let failure = try await useUp(answered(limiter))
        XCTAssertEqual(failure.kind, "wait_too_long")
        XCTAssertEqual(failure.attempts, 0)
        XCTAssert(failure.safeToRetry && !failure.mayHaveHappened)
        let wait = try XCTUnwrap(failure.retryAfter)
        XCTAssert(wait > .zero && wait < .seconds(2), "\(wait)")
        XCTAssert(failure.summary.contains("The client's rate limiter did not send the call"), failure.summary)
        XCTAssert(failure.summary.hasSuffix("or with a later deadline."), failure.summary)
        XCTAssertEqual(limiter.waiting, 0)
    }

    func testAnUrgentCallPassesThoseThatWait() async throws {
        let limiter = RateLimiter()
        let client = try await zagely(Sandbox.key(perMinute: 600), limiter)
        let bulk = try (0..<120).map { number in
            let message = try message(number)
            return Task { try await client.messages.send(message) }
        }
        try await waited { (20...80).contains(limiter.waiting) }
        let begun = ContinuousClock.now
        try await client.messages.send(message(500), options: CallOptions(lane: .urgent))
        XCTAssertGreaterThan(limiter.waiting, 5, "no call waits any more")
        XCTAssertLessThan(begun.duration(to: .now), .seconds(2))
        for call in bulk { call.cancel() }
        for call in bulk { _ = await call.result }
        XCTAssertEqual(limiter.waiting, 0)
    }

    func testCancelledCallsGiveTheirPlacesUp() async throws {
        let limiter = RateLimiter()
        let client = try answered(limiter)
        try await useUp(client)
        let text = text
        let calls = (0..<50).map { _ in Task { try await client.messages.send(text) } }
        let lists = try answered(limiter, Answers(body: #"{"data":[]}"#))
        let (cancelledPages, ended, release) = (Count(), Count(), Count())
        let pages = (0..<10).map { _ in
            Task {
                var pages = lists.pages(ListContacts()).makeAsyncIterator()
                do { while try await pages.next() != nil {} } catch is CallCancelled { cancelledPages.add() }
                ended.add()
                // The iterator outlives its call.
                while release.value == 0 { await Task.yield() }
            }
        }
        try await waited { limiter.waiting > 55 }
        for call in calls { call.cancel() }
        var cancelled: [CallCancelled] = []
        for call in calls {
            if case .failure(let error as CallCancelled) = await call.result { cancelled.append(error) }
        }
        XCTAssertGreaterThan(cancelled.count, 45)
        XCTAssert(cancelled.allSatisfy { !$0.mayHaveHappened && $0.call == "messages.send" })
        XCTAssertLessThanOrEqual(limiter.waiting, 10)
        for page in pages { page.cancel() }
        try await waited { ended.value == 10 }
        XCTAssertGreaterThan(cancelledPages.value, 5)
        XCTAssertEqual(limiter.waiting, 0)
        release.add()
        for page in pages { try await page.value }
    }

    func testAnExchangeThatAProgramDrivesItselfDoesNotWait() async throws {
        let client = try answered(RateLimiter())
        try await useUp(client)
        let exchange = try client.exchange(text, options: CallOptions(lane: .bulk))
        guard case .send = try exchange.step(now: UInt64(Date().timeIntervalSince1970 * 1000)) else {
            return XCTFail("the exchange waits")
        }
    }

    func testAStateContinuesInAnotherLimiter() async throws {
        let limiter = RateLimiter()
        try await useUp(answered(limiter))
        let again = try RateLimiter(state: limiter.state)
        do {
            try await answered(again).messages.send(text, options: soon)
            XCTFail("expected HudhudError.waitTooLong")
        } catch HudhudError.waitTooLong {}
        XCTAssertEqual("\(again)", "RateLimiter(waiting: 0)")
        XCTAssertThrowsError(try RateLimiter(state: Data([7]))) { error in
            guard case .invalidRequest(let failure)? = error as? HudhudError else { return XCTFail("\(error)") }
            XCTAssertEqual(failure.fieldErrors.map(\.field), ["state"])
        }
    }
}
