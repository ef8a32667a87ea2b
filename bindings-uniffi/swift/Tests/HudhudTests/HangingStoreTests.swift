// Calls whose rate limiter has a store that hangs. They end by their deadlines and by their cancellation, and the use of the store
// goes on for the calls that follow.
import Foundation
import HudhudTesting
import XCTest

@testable import Hudhud

/// A store in memory that hangs until it is released. A stubborn one ignores that its task is cancelled.
private actor Hanging: RateLimiterStore {
    private let memory = ForgetfulStore()
    private let isStubborn: Bool
    private var isReleased = false
    private(set) var loads = 0
    private(set) var cancelled = 0

    init(isStubborn: Bool = false) { self.isStubborn = isStubborn }

    func release() { isReleased = true }
    func hang() { isReleased = false }

    func load() async throws -> Data? {
        loads += 1
        for _ in 0..<6_000 where !isReleased {
            do { try await Task.sleep(for: .milliseconds(10)) } catch {
                guard isStubborn else {
                    cancelled += 1
                    throw error
                }
                // A cancelled task does not sleep.
                await Task.detached { try? await Task.sleep(for: .milliseconds(10)) }.value
            }
        }
        return await memory.load()
    }

    func swap(old: Data?, new: Data) async throws -> Bool { await memory.swap(old: old, new: new) }
}

/// A transport whose response is lost. The store hangs from then on.
private struct Lost: Transport {
    let store: Hanging

    func send(_ request: Request) async throws -> Response {
        await store.hang()
        throw TransportError(.timeout)
    }
}

/// Makes a call. Returns its error.
private func failure(_ client: Zagely, within deadline: Duration? = nil) async -> (any Error)? {
    do {
        let text = SendMessage(to: "+15550000001", message: "hi", sessionId: "s-1")
        _ = try await client.withResponse(text, options: CallOptions(deadline: deadline))
        return nil
    } catch { return error }
}

final class HangingStoreTests: XCTestCase {
    private let clock = ContinuousClock()

    private func zagely(_ limiter: RateLimiter, _ transport: any Transport = Answers(limit: 600)) throws -> Zagely {
        let settings = Settings(retry: RetryPolicy(base: .zero))
        return try Zagely(publicKey: "pk_a", secretKey: "sk_b", transport: transport, settings: settings, rateLimiter: limiter)
    }

    func testADeadlineEndsACall() async throws {
        for isStubborn in [false, true] {
            let store = Hanging(isStubborn: isStubborn)
            let limiter = RateLimiter(store: store)
            let begun = clock.now
            guard case HudhudError.waitTooLong(let failure)? = try await failure(zagely(limiter), within: .milliseconds(300))
            else { return XCTFail("expected HudhudError.waitTooLong") }
            XCTAssertEqual(failure.attempts, 0)
            XCTAssertTrue(failure.safeToRetry && !failure.mayHaveHappened)
            XCTAssertTrue(failure.summary.contains("deadline of the call"), failure.summary)
            XCTAssertLessThan(clock.now - begun, .seconds(2))
            XCTAssertEqual(limiter.waiting, 0)
            await store.release()
        }
    }

    func testAnEarlierAttemptThatMayHaveHappenedIsInTheError() async throws {
        let store = Hanging()
        await store.release()
        let client = try zagely(RateLimiter(store: store), Lost(store: store))
        guard case HudhudError.transport(let failure)? = await failure(client, within: .seconds(2))
        else { return XCTFail("expected HudhudError.transport") }
        XCTAssertEqual(failure.attempts, 1)
        XCTAssertTrue(failure.mayHaveHappened)
        XCTAssertNotNil(failure.idempotencyKey)
        await store.release()
    }

    func testCallsShareOneUse() async throws {
        let store = Hanging()
        let client = try zagely(RateLimiter(store: store))
        for _ in 0..<2 {
            let errors = await withTaskGroup(of: (any Error)?.self) { group in
                for _ in 0..<20 { group.addTask { await failure(client, within: .milliseconds(300)) } }
                return await group.reduce(into: [(any Error)?]()) { $0.append($1) }
            }
            XCTAssertTrue(errors.allSatisfy { if case HudhudError.waitTooLong? = $0 { true } else { false } }, "\(errors)")
        }
        let loads = await store.loads
        XCTAssertEqual(loads, 1)
        await store.release()
    }

    func testTheNextCallGetsThePermitsThatArrivedLate() async throws {
        let store = Hanging()
        let client = try zagely(RateLimiter(store: store))
        guard case HudhudError.waitTooLong? = await failure(client, within: .milliseconds(300))
        else { return XCTFail("expected HudhudError.waitTooLong") }
        await store.release()
        try await Task.sleep(for: .milliseconds(50))
        let none = await failure(client, within: .seconds(2))
        XCTAssertNil(none)
        let loads = await store.loads
        XCTAssertEqual(loads, 1)
    }

    func testACancelledCallEndsAtOnceAndItsUseGoesOn() async throws {
        for isStubborn in [false, true] {
            let store = Hanging(isStubborn: isStubborn)
            let limiter = RateLimiter(store: store)
            let client = try zagely(limiter)
            let call = Task { await failure(client) }
            try await Task.sleep(for: .milliseconds(200))
            let begun = clock.now
            call.cancel()
            let error = await call.value
            XCTAssertFalse(try XCTUnwrap(error as? CallCancelled).mayHaveHappened)
            XCTAssertLessThan(clock.now - begun, .seconds(1))
            XCTAssertEqual(limiter.waiting, 0)
            let next = Task { await failure(client) }
            await store.release()
            let none = await next.value
            XCTAssertNil(none)
            // A cancelled task ends a moment later.
        for _ in 0..<200 where await store.cancelled < 2 { try await Task.sleep(for: .milliseconds(10)) }
        let uses = (await store.loads, await store.cancelled)
            XCTAssertTrue(uses == (1, 0), "\(uses)")
        }
    }

    func testAStoreThatHangsForGoodEndsCallsWithoutADeadline() async throws {
        let store = Hanging()
        let client = try zagely(RateLimiter(store: store, patience: 0))
        let begun = clock.now
        async let (one, other) = (failure(client), failure(client))
        for error in await [one, other] {
            guard case HudhudError.store(let failure)? = error
            else { return XCTFail("expected HudhudError.store, not \(String(describing: error))") }
            XCTAssertEqual(failure.underlyingError.map { "\($0)" }, "the store took longer than 5 s: check its server and the network")
        }
        // Core lets another use begin after five seconds. It ends one call, and the use before is cancelled.
        XCTAssertGreaterThan(clock.now - begun, .seconds(10))
        XCTAssertLessThan(clock.now - begun, .seconds(15))
        // The second call may begin a third use at the moment in which the second use ends it. A use that ended its call is cancelled.
        for _ in 0..<200 where await store.cancelled < 2 { try await Task.sleep(for: .milliseconds(10)) }
        let uses = (await store.loads, await store.cancelled)
        XCTAssertTrue((2...3).contains(uses.0) && (1...2).contains(uses.1), "\(uses)")
        await store.release()
    }

    func testAtMostFourUsesHangAtATime() async throws {
        let store = Hanging(isStubborn: true)
        guard case HudhudError.store? = try await failure(zagely(RateLimiter(store: store)), within: .seconds(22))
        else { return XCTFail("expected HudhudError.store") }
        let loads = await store.loads
        XCTAssertEqual(loads, 4)
        await store.release()
    }
}
