// Stores by which processes share a rate limiter.
import Foundation
import HudhudTesting
import XCTest

@testable import Hudhud

/// A store that fails after some uses.
private actor Failing: RateLimiterStore {
    struct Broken: Error {}
    private let memory = ForgetfulStore()
    private var left: Int

    init(after uses: Int) { left = uses }

    func load() async throws -> Data? {
        left -= 1
        if left < 0 { throw Broken() }
        return await memory.load()
    }

    func swap(old: Data?, new: Data) async throws -> Bool { await memory.swap(old: old, new: new) }
}

/// A store that answers when its task is cancelled.
private struct Hanging: RateLimiterStore {
    func load() async throws -> Data? {
        try await Task.sleep(for: .seconds(60))
        return nil
    }

    func swap(old: Data?, new: Data) async throws -> Bool { false }
}

final class RateLimiterStoreTests: XCTestCase {
    private let text = SendMessage(to: "+15550000001", message: "hi", sessionId: "s-1")

    private func zagely(_ limiter: RateLimiter, _ transport: any Transport = Answers(limit: 600)) throws -> Zagely {
        let quick = Settings(retry: RetryPolicy(base: .zero))
        return try Zagely(publicKey: "pk_a", secretKey: "sk_b", transport: transport, settings: quick, rateLimiter: limiter)
    }

    private func failure(_ client: Zagely) async throws -> ErrorDetails {
        do {
            _ = try await client.messages.send(text)
        } catch HudhudError.store(let failure) { return failure }
        XCTFail("expected HudhudError.store")
        throw CancellationError()
    }

    func testLimitersShareTheLimitsByAStore() async throws {
        let store = ForgetfulStore()
        let clients = try (0..<2).map { _ in try zagely(RateLimiter(store: store)) }
        let begun = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<80 {
                let client = clients[number % 2]
                group.addTask { [text] in _ = try await client.messages.send(text) }
            }
            try await group.waitForAll()
        }
        // Two limiters without a common store would each send their burst of 48 at once.
        XCTAssertGreaterThan(ContinuousClock.now - begun, .seconds(1))
        let bytes = await store.load()
        XCTAssertNoThrow(try RateLimiter(state: XCTUnwrap(bytes)))
    }

    func testAStoreThatFailsForLongIsAnErrorBeforeAnythingIsSent() async throws {
        let transport = FakeTransport()
        let limiter = RateLimiter(store: Failing(after: 0), patience: 1_000)
        let failure = try await failure(zagely(limiter, transport))
        XCTAssertEqual(failure.kind, "store")
        XCTAssertEqual(failure.attempts, 0)
        XCTAssertTrue(failure.safeToRetry && !failure.mayHaveHappened)
        XCTAssertTrue(failure.underlyingError is Failing.Broken)
        XCTAssertTrue(failure.summary.contains("has failed for"), failure.summary)
        XCTAssertEqual(transport.requests.count, 0)
        XCTAssertEqual(limiter.waiting, 0)
    }

    func testAStoreThatFailsAfterALostResponseLeavesTheKeyAndDoesNotDenyTheEffect() async throws {
        let transport = FakeTransport().fail(.timeout)
        let limiter = RateLimiter(store: Failing(after: 1), patience: 1_000)
        let failure = try await failure(zagely(limiter, transport))
        XCTAssertEqual(failure.attempts, 1)
        XCTAssertTrue(failure.mayHaveHappened && failure.safeToRetry)
        XCTAssertNotNil(failure.idempotencyKey)
        XCTAssertTrue(failure.summary.hasSuffix("repeat it with the idempotency key of this error."), failure.summary)
    }

    func testForeignBytesAreAnErrorAtOnce() async throws {
        let failure = try await failure(zagely(RateLimiter(store: ForgetfulStore(Data([7])))))
        XCTAssertTrue(failure.summary.contains("holds bytes that are no state: delete them"), failure.summary)
    }

    func testACancelledUseOfTheStoreLeavesItToTheNextCall() async throws {
        let limiter = RateLimiter(store: Hanging())
        let client = try zagely(limiter)
        for _ in 0..<2 {
            let call = Task { [text] in try await client.messages.send(text) }
            try await Task.sleep(for: .milliseconds(200))
            call.cancel()
            do {
                _ = try await call.value
                XCTFail("expected a cancellation")
            } catch is CallCancelled {}
        }
        XCTAssertEqual(limiter.waiting, 0)
    }
}
