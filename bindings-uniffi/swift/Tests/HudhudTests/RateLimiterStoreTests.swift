// Stores by which processes share a rate limiter.
import Foundation
import HudhudSQLite
import HudhudTesting
import XCTest

@testable import Hudhud

/// A store that counts its uses, and fails after some of them.
private actor Memory: RateLimiterStore {
    struct Broken: Error, Equatable { var password = "hunter2" }
    private let memory = ForgetfulStore()
    private let failsAfter: Int
    private(set) var loads = 0

    init(failsAfter uses: Int = .max) { failsAfter = uses }

    func load() async throws -> Data? {
        loads += 1
        if loads > failsAfter { throw Broken() }
        return await memory.load()
    }

    func swap(old: Data?, new: Data) async throws -> Bool { await memory.swap(old: old, new: new) }
}

/// The log lines of a client.
private final class Lines: @unchecked Sendable {
    private let lock = NSLock()
    private var lines: [String] = []

    var all: [String] { lock.withLock { lines } }
    func add(_ line: String) { lock.withLock { lines.append(line) } }
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

    private func zagely(
        _ limiter: RateLimiter, _ transport: any Transport = Answers(limit: 600), logger: HudhudLogger? = nil
    ) throws -> Zagely {
        try Zagely(
            publicKey: "pk_a", secretKey: "sk_b", transport: transport, settings: Settings(retry: RetryPolicy(base: .zero)),
            rateLimiter: limiter, logger: logger)
    }

    private func failure(_ client: Zagely) async throws -> ErrorDetails {
        do {
            _ = try await client.messages.send(text)
        } catch HudhudError.store(let failure) { return failure }
        XCTFail("expected HudhudError.store")
        throw CancellationError()
    }

    func testLimitersShareTheLimitsByAStore() async throws {
        let store = Memory()
        let clients = try (0..<2).map { _ in try zagely(RateLimiter(store: store)) }
        let begun = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
                let client = clients[number % 2]
                group.addTask { [text] in _ = try await client.messages.send(text) }
            }
            try await group.waitForAll()
        }
        // Two limiters without a common store would each send their 20 requests in two seconds, ten a second.
        XCTAssertGreaterThan(ContinuousClock.now - begun, .seconds(3))
        let loads = await store.loads
        XCTAssert((1...40).contains(loads), "\(loads)")
        let bytes = try await store.load()
        XCTAssertNoThrow(try RateLimiter(state: XCTUnwrap(bytes)))
    }

    func testLimitersShareTheLimitsByAFileOfSQLite() async throws {
        let path = NSTemporaryDirectory() + "hudhud-\(UUID().uuidString).db"
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        let (one, other) = (try SQLiteRateLimiterStore(path: path, name: "a"), try SQLiteRateLimiterStore(path: path, name: "b"))
        let empty = try await one.load()
        XCTAssertNil(empty)
        let swaps = [
            try await one.swap(old: nil, new: Data([1])), try await one.swap(old: nil, new: Data([2])),
            try await one.swap(old: Data([9]), new: Data([2])), try await one.swap(old: Data([1]), new: Data([3])),
            try await other.swap(old: nil, new: Data([4])),
        ]
        XCTAssertEqual(swaps, [true, false, false, true, true])
        let stored = [try await one.load(), try await other.load()]
        XCTAssertEqual(stored, [Data([3]), Data([4])])

        let clients = try (0..<2).map { _ in try zagely(RateLimiter(store: SQLiteRateLimiterStore(path: path, name: "c"))) }
        let begun = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<40 { group.addTask { [text] in _ = try await clients[number % 2].messages.send(text) } }
            try await group.waitForAll()
        }
        XCTAssertGreaterThan(ContinuousClock.now - begun, .seconds(3))
    }

    func testAStoreThatFailsForLongIsAnErrorBeforeAnythingIsSent() async throws {
        let (transport, lines) = (FakeTransport(), Lines())
        let limiter = RateLimiter(store: Memory(failsAfter: 0), patience: 1_000)
        let failure = try await failure(zagely(limiter, transport) { level, line, _ in lines.add("\(level): \(line)") })
        XCTAssertEqual(failure.kind, "store")
        XCTAssertEqual(failure.attempts, 0)
        XCTAssertTrue(failure.safeToRetry && !failure.mayHaveHappened)
        XCTAssertEqual(failure.underlyingError as? Memory.Broken, Memory.Broken())
        XCTAssertTrue(failure.summary.contains("has failed for"), failure.summary)
        XCTAssertTrue(lines.all.contains("warning: the store of the rate limiter failed (Broken); the calls wait"), "\(lines.all)")
        XCTAssertFalse("\(failure)\(HudhudError.store(failure: failure))\(lines.all)".contains("hunter2"))
        XCTAssertEqual(transport.requests.count, 0)
        XCTAssertEqual(limiter.waiting, 0)
    }

    func testAStoreThatFailsAfterALostResponseLeavesTheKeyAndDoesNotDenyTheEffect() async throws {
        let transport = FakeTransport().fail(.timeout)
        let limiter = RateLimiter(store: Memory(failsAfter: 1), patience: 1_000)
        let failure = try await failure(zagely(limiter, transport))
        XCTAssertEqual(failure.attempts, 1)
        XCTAssertTrue(failure.mayHaveHappened && failure.safeToRetry)
        XCTAssertNotNil(failure.idempotencyKey)
        XCTAssertTrue(failure.summary.hasSuffix("repeat it with the idempotency key of this error."), failure.summary)
    }

    func testAStoreThatRefusesEachSwapIsAnError() async throws {
        struct Refusing: RateLimiterStore {
            func load() async throws -> Data? { nil }
            func swap(old: Data?, new: Data) async throws -> Bool { false }
        }
        let failure = try await failure(zagely(RateLimiter(store: Refusing(), patience: 0)))
        let cause = "\(failure.underlyingError.map { "\($0)" } ?? "none")"
        XCTAssertTrue(cause.hasPrefix("the store refused 100 states in a row"), cause)
    }

    func testForeignBytesAreAnErrorAtOnce() async throws {
        let failure = try await failure(zagely(RateLimiter(store: ForgetfulStore(Data([7])))))
        XCTAssertTrue(failure.summary.contains("holds bytes that are not a state: delete them"), failure.summary)
        XCTAssertNil(failure.underlyingError)
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
