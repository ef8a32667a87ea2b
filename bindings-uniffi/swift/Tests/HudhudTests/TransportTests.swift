// Tests of the transport against a misbehaving server, over libcurl and over URLSession.
import Foundation
import HudhudTesting
import XCTest

@testable import Hudhud

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

private let good = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"

/// Returns the transports of this platform: over URLSession, and over libcurl if the program has it.
private func transports(timeout: TimeInterval = 5, most: Int = 32 << 20) throws -> [(String, URLSessionTransport)] {
    var all = [("session", try URLSessionTransport(.ephemeral, timeout, most, nil, usesSession: true))]
    if CurlLoop.shared != nil { all.append(("libcurl", try URLSessionTransport(.ephemeral, timeout, most, nil, usesSession: false))) }
    return all
}

private func request(_ method: String, _ url: String, body: String? = nil) -> Request {
    let headers = body == nil ? [] : [Header(name: "Content-Type", value: "application/json")]
    return Request(call: "test", method: method, url: url, headers: headers, body: body.map { Data($0.utf8) })
}

/// A protocol that blocks the queues of its session until the gate opens, or for some seconds. It never reports an end.
private final class BlockedProtocol: URLProtocol, @unchecked Sendable {
    static let gate = DispatchSemaphore(value: 0)
    static let seconds: TimeInterval = 25

    override class func canInit(with request: URLRequest) -> Bool { true }
    override class func canonicalRequest(for request: URLRequest) -> URLRequest { request }
    override func startLoading() { _ = Self.gate.wait(timeout: .now() + Self.seconds) }
    override func stopLoading() {}
}

final class TransportTests: XCTestCase {
    private func fails(_ transport: URLSessionTransport, _ request: Request) async throws -> TransportError {
        do {
            let response = try await transport.send(request)
            XCTFail("expected no response, got \(response.status)")
            return TransportError(.closed)
        } catch let error as TransportError { return error }
    }

    func testOnLinuxRequestsGoOverLibcurl() {
        #if os(Linux)
        XCTAssertNotNil(CurlLoop.shared)
        #endif
    }

    func testARequestWithoutAResponseOnAKeptConnectionIsSentOnce() async throws {
        for (method, body) in [("POST", nil), ("DELETE", nil), ("PUT", "{}"), ("POST", "{\"to\":1}"), ("GET", nil)] {
            for (name, transport) in try transports() {
                let server = try HostileServer([good])
                defer { server.close() }
                let response = try await transport.send(request("GET", server.url + "/warm"))
                XCTAssertEqual(response.status, 200, name)
                let error = try await fails(transport, request(method, server.url + "/once", body: body))
                XCTAssertEqual(error.fault, .closed, name)
                let reads = server.requests.filter { $0.contains("/once") }
                XCTAssertEqual(reads.count, 1, "\(name): \(method) \(body ?? "without a body")")
            }
        }
    }

    func testARefusedSecondConnectionIsReportedAsClosed() async throws {
        for (name, transport) in try transports() {
            for body in [nil, "{}"] {
                let server = try HostileServer([good], closesItself: true)
                _ = try await transport.send(request("GET", server.url + "/warm"))
                let error = try await fails(transport, request("POST", server.url + "/once", body: body))
                XCTAssertEqual(error.fault, .closed, name)
                XCTAssertEqual(server.requests.count, 2, name)
            }
        }
    }

    func testAConnectFaultHasAReasonAndTheHostOnly() async throws {
        for (name, transport) in try transports() {
            for (url, host) in [
                ("http://127.0.0.1:9/contacts/15551234567", "127.0.0.1"),
                ("http://no-such-host.invalid/contacts/15551234567?search=15551234567", "no-such-host.invalid"),
            ] {
                let error = try await fails(transport, request("POST", url, body: "{\"to\":\"15551234567\"}"))
                XCTAssertEqual(error.fault, .connect, name)
                let reason = try XCTUnwrap(error.reason)
                XCTAssert(reason.hasPrefix(host + ": "), reason)
                XCTAssertFalse("\(error)".contains("15551234567"), "\(error)")
            }
        }
    }

    func testAFailedTlsHandshakeIsAConnectFault() async throws {
        for (name, transport) in try transports() {
            // The server answers the TLS handshake with HTTP.
            let server = try HostileServer([good])
            defer { server.close() }
            let url = server.url.replacingOccurrences(of: "http:", with: "https:")
            for body in [nil, "{}"] {
                let error = try await fails(transport, request("POST", url + "/x", body: body))
                XCTAssertNotEqual(error.fault, .timeout, name)
                if name == "libcurl" { XCTAssertEqual(error.fault, .connect, name) }
            }
        }
    }

    func testAnAttemptEndsAtTheTimeLimitOfItsRequest() async throws {
        for (name, transport) in try transports(timeout: 60) {
            let server = try HostileServer([good], drip: 30)
            defer { server.close() }
            var limited = request("GET", server.url)
            limited.timeout = .milliseconds(300)
            let begun = ContinuousClock.now
            let error = try await fails(transport, limited)
            // On a busy machine the time may be over before the connection is made.
            XCTAssertNotEqual(error.fault, .closed, name)
            XCTAssertLessThan(begun.duration(to: .now), .seconds(20), name)
        }
    }

    func testTheTimeoutLimitsTheWholeAttempt() async throws {
        for (name, transport) in try transports(timeout: 1) {
            let server = try HostileServer([good], drip: 0.4)
            defer { server.close() }
            let begun = Date()
            let error = try await fails(transport, request("POST", server.url + "/x"))
            XCTAssertEqual(error.fault, .timeout, name)
            // The whole response would take half a minute.
            XCTAssertLessThan(Date().timeIntervalSince(begun), 15, name)
        }
    }

    func testATimeoutAndACancellationEndAnAttemptWhoseSessionIsBlocked() async throws {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.protocolClasses = [BlockedProtocol.self]
        defer { for _ in 0..<2 { BlockedProtocol.gate.signal() } }
        let request = request("POST", "http://127.0.0.1:9/x")

        let shortTimeout = try URLSessionTransport(configuration, 0.5, 1000, nil, usesSession: true)
        let begun = Date()
        let error = try await fails(shortTimeout, request)
        XCTAssertEqual(error.fault, .timeout)
        XCTAssertEqual(error.reason, "127.0.0.1: no complete response within 0.5 seconds")

        let patient = try URLSessionTransport(configuration, 60, 1000, nil, usesSession: true)
        let task = Task { try await patient.send(request) }
        try await Task.sleep(for: .milliseconds(50))
        task.cancel()
        do {
            _ = try await task.value
            XCTFail("expected CancellationError")
        } catch is CancellationError {}
        XCTAssertLessThan(Date().timeIntervalSince(begun), BlockedProtocol.seconds - 5)
    }

    func testAnEndIsReportedWithoutFurtherActivity() async throws {
        for (name, transport) in try transports(timeout: 50) where name == "libcurl" {
            // libcurl refuses the scheme as soon as the transfer starts. No later event wakes the loop.
            let begun = Date()
            let error = try await fails(transport, request("GET", "ftp://127.0.0.1/x"))
            XCTAssertEqual(error.fault, .connect)
            XCTAssertLessThan(Date().timeIntervalSince(begun), 30)
        }
    }

    func testATimeoutIsAConnectFaultOnlyIfNothingMayHaveLeft() async throws {
        for mayHaveLeft in [false, true] {
            let outcome = Outcome(host: "h", timeout: 0.05)
            let abandoned = expectation(description: "abandoned")
            do {
                _ = try await outcome.wait {
                    if mayHaveLeft { XCTAssert(outcome.mayLeave()) }
                } abandon: {
                    abandoned.fulfill()
                }
                XCTFail("expected a timeout")
            } catch let error as TransportError {
                XCTAssertEqual(error.fault, mayHaveLeft ? .timeout : .connect)
            }
            await fulfillment(of: [abandoned], timeout: 10)
            XCTAssertFalse(outcome.mayLeave(), "nothing may be sent after the end")
            XCTAssertFalse(outcome.decide(.failure(CancellationError())), "a late result is ignored")
        }
    }

    func testACancellationIsAConnectFaultOnlyIfNothingMayHaveLeft() async throws {
        for mayHaveLeft in [false, true] {
            let outcome = Outcome(host: "h", timeout: 1000)
            let begun = expectation(description: "begun")
            let task = Task {
                try await outcome.wait {
                    if mayHaveLeft { XCTAssert(outcome.mayLeave()) }
                    begun.fulfill()
                } abandon: {
                }
            }
            await fulfillment(of: [begun], timeout: 10)
            task.cancel()
            do {
                _ = try await task.value
                XCTFail("expected an error")
            } catch let error as TransportError {
                XCTAssertFalse(mayHaveLeft)
                XCTAssertEqual(error.fault, .connect)
            } catch is CancellationError {
                XCTAssertTrue(mayHaveLeft)
            }
        }
    }

    func testAnOutcomeIsReleasedAfterItsEnd() async throws {
        weak var released: Outcome?
        do {
            let outcome = Outcome(host: "h", timeout: 1000)
            released = outcome
            let response = try await outcome.wait {
                outcome.decide(.success(Response(status: 204, headers: [], body: Data())))
            } abandon: {
                XCTFail("the outcome is a response")
            }
            XCTAssertEqual(response.status, 204)
        }
        let deadline = Date() + 10
        while released != nil, Date() < deadline { try await Task.sleep(for: .milliseconds(10)) }
        XCTAssertNil(released)
    }

    func testTheConfigurationsTimeoutLimitsTheWholeAttempt() async throws {
        let server = try HostileServer([good], drip: 0.4)
        defer { server.close() }
        let shortTimeout = URLSessionConfiguration.ephemeral
        shortTimeout.timeoutIntervalForRequest = 1
        let error = try await fails(try URLSessionTransport(configuration: shortTimeout), request("GET", server.url + "/x"))
        XCTAssertEqual(error.fault, .timeout)
    }

    func testEndlessTimeoutsAreCapped() async throws {
        let server = try HostileServer(Array(repeating: good, count: 4))
        defer { server.close() }
        for seconds in [TimeInterval.infinity, .greatestFiniteMagnitude] {
            for (name, transport) in try transports(timeout: seconds) {
                let response = try await transport.send(request("GET", server.url + "/x"))
                XCTAssertEqual(response.status, 200, name)
            }
        }
    }

    func testLimitsThatAreNotPositiveAreRefusedAndNamed() {
        func refused(_ make: () throws -> URLSessionTransport) -> [String] {
            do { _ = try make() } catch HudhudError.invalidRequest(let failure) {
                return failure.fieldErrors.flatMap { error in error.messages.map { "\(error.field): \($0)" } }
            } catch { XCTFail("\(error)") }
            return []
        }
        for seconds in [0, -1, TimeInterval.nan, -TimeInterval.infinity] {
            let found = refused { try URLSessionTransport(.ephemeral, seconds, 1000, nil, usesSession: true) }
            XCTAssertEqual(found, ["timeout: expected a duration > 0, found \(seconds) seconds"])
        }
        for most in [0, -1] {
            let found = refused { try URLSessionTransport(maxResponseBytes: most) }
            XCTAssertEqual(found, ["maxResponseBytes: expected a number > 0, found \(most)"])
        }
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = 0
        XCTAssertEqual(
            refused { try URLSessionTransport(configuration: configuration) },
            ["configuration.timeoutIntervalForRequest: expected a duration > 0, found 0.0 seconds"])
        XCTAssertEqual(refused { try URLSessionTransport(configuration: configuration, timeout: .seconds(1)) }, [])
    }

    func testARequestWithoutTimeIsNotSent() async throws {
        for (name, transport) in try transports() {
            var late = request("POST", "http://127.0.0.1:9/x")
            late.timeout = .zero
            let error = try await fails(transport, late)
            XCTAssertEqual(error.fault, .connect, name)
            XCTAssertEqual(error.reason, "127.0.0.1: the request has no time left", name)
        }
    }

    func testAResponseLargerThanTheLimitIsRefused() async throws {
        let answer = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + String(repeating: "x", count: 1001)
        for (name, transport) in try transports(most: 1000) {
            let server = try HostileServer([answer])
            defer { server.close() }
            let error = try await fails(transport, request("GET", server.url + "/x"))
            XCTAssertEqual(error.fault, .closed, name)
            XCTAssertEqual(error.reason, "the response is larger than 1000 bytes; raise maxResponseBytes", name)
        }
        let exact = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + String(repeating: "x", count: 1000)
        for (name, transport) in try transports(most: 1000) {
            let server = try HostileServer([exact])
            defer { server.close() }
            let response = try await transport.send(request("GET", server.url + "/x"))
            XCTAssertEqual(response.body.count, 1000, name)
        }
    }

    func testACallEndsAtOnceAfterAResponseThatIsTooLarge() async throws {
        let answer = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + String(repeating: "x", count: 1001)
        let hint = "Correct this before you call again."
        let possible = "The call may have had its effect"
        for (name, transport) in try transports(most: 1000) {
            let server = try HostileServer(Array(repeating: answer, count: 4))
            defer { server.close() }
            let zagely = try Zagely(
                publicKey: "pk_test", secretKey: "sk_test", transport: transport, baseURL: server.url,
                settings: Settings(sessionId: "s-1", retry: RetryPolicy(base: .zero)))
            func failure(_ run: () async throws -> Void) async throws -> ErrorDetails? {
                do { try await run() } catch HudhudError.transport(let failure) { return failure }
                return nil
            }
            let read = try await failure { try await zagely.account.me() }
            let expected = "account.me: transport: The response cannot be used: the response is larger than 1000 bytes; raise maxResponseBytes."
            XCTAssertEqual(read?.summary, "\(expected) \(hint)", name)
            XCTAssertEqual(read?.attempts, 1, name)
            XCTAssertEqual(read?.safeToRetry, false, name)
            let sent = try await failure { try await zagely.messages.send(SendMessage(to: "+15551234567", message: "hi")) }
            XCTAssertEqual(sent?.hint, "\(possible): correct this, then repeat it with its idempotency key.", name)
            XCTAssertNotNil(sent?.idempotencyKey, name)
            let created = try await failure { try await zagely.sessions.create(CreateSession(name: "s")) }
            XCTAssertEqual(created?.hint, "\(possible): check before calling again.", name)
            XCTAssertEqual(server.requests.count, 3, name)
        }
    }

    func testAResponseThatIsCutOffInItsHeadersIsAClosedFault() async throws {
        for (name, transport) in try transports() where name == "libcurl" {
            for cut in ["HTTP/1.1 200 OK\r\nContent-Ty", "HTTP/1.1 200 OK\r\nX-A: 1\r\n", "HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 200 OK\r\n"] {
                let server = try HostileServer([cut], closesAfter: true)
                defer { server.close() }
                let error = try await fails(transport, request("POST", server.url + "/x"))
                XCTAssertEqual(error.fault, .closed, cut)
            }
        }
    }

    func testAnInformationalResponseIsSkippedAndRepeatedHeadersAreKept() async throws {
        let answer =
            "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 201 Created\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 2\r\n\r\nok"
        for (name, transport) in try transports() where name == "libcurl" {
            let server = try HostileServer([answer])
            defer { server.close() }
            let response = try await transport.send(request("GET", server.url + "/x"))
            XCTAssertEqual(response.status, 201)
            XCTAssertEqual(response.headers.map(\.name), ["X-A", "X-A", "Content-Length"])
            XCTAssertEqual(response.headers.map(\.value), ["1", "2", "2"])
            XCTAssertEqual(response.body, Data("ok".utf8))
        }
    }

    func testRequestsWithAnEmptyBodyAndWithoutABodyAreSent() async throws {
        for (name, transport) in try transports() {
            for body in [nil, "", "{}"] {
                let server = try HostileServer([good])
                defer { server.close() }
                let response = try await transport.send(request("POST", server.url + "/x", body: body))
                XCTAssertEqual(response.status, 200, name)
                XCTAssertEqual(server.requests, ["POST /x HTTP/1.1"], name)
            }
        }
    }

    func testEachOf200ConcurrentRequestsGetsAResponse() async throws {
        for (name, transport) in try transports(timeout: 30) {
            let server = try HostileServer(Array(repeating: good, count: 200))
            defer { server.close() }
            try await withThrowingTaskGroup(of: UInt16.self) { group in
                for number in 0..<200 {
                    group.addTask { try await transport.send(request("POST", server.url + "/\(number)")).status }
                }
                for try await status in group { XCTAssertEqual(status, 200, name) }
            }
            XCTAssertEqual(Set(server.requests).count, 200, name)
        }
    }

    func testAnErrorOfAnotherTransportIsKept() async throws {
        struct Cut: Error, Equatable {}
        struct Broken: Transport {
            func send(_: Request) async throws -> Response { throw TransportError(.timeout, reason: "h: slow", underlyingError: Cut()) }
        }
        let settings = Settings(retry: RetryPolicy(maxAttempts: 1))
        let zagely = try Zagely(publicKey: "pk_test", secretKey: "sk_test", transport: Broken(), settings: settings)
        do {
            _ = try await zagely.account.me()
            XCTFail("expected HudhudError.transport")
        } catch HudhudError.transport(let failure) {
            XCTAssertEqual(failure.underlyingError as? Cut, Cut())
            XCTAssertEqual(failure.transportReason, "h: slow")
        }
    }

    func testTheErrorOfACallContainsTheTransportsReason() async throws {
        let zagely = try Zagely(
            publicKey: "pk_test", secretKey: "sk_test", baseURL: "http://127.0.0.1:9",
            settings: Settings(retry: RetryPolicy(maxAttempts: 1)))
        do {
            _ = try await zagely.account.me()
            XCTFail("expected HudhudError.transport")
        } catch let error as HudhudError {
            XCTAssertEqual(error.failure.transportFault, .connect)
            let reason = try XCTUnwrap(error.failure.transportReason)
            XCTAssert(reason.hasPrefix("127.0.0.1: "), reason)
            XCTAssert(error.failure.summary.contains(reason), error.failure.summary)
            let underlying = try XCTUnwrap(error.failure.underlyingError)
            #if canImport(FoundationNetworking)
            XCTAssertEqual((underlying as? LibcurlError)?.code, 7)
            #else
            XCTAssertEqual((underlying as? URLError)?.code, .cannotConnectToHost)
            #endif
        }
    }

    func testCallCancelledHasTheIdempotencyKey() async throws {
        let server = try HostileServer([good], drip: 10)
        defer { server.close() }
        let zagely = try Zagely(publicKey: "pk_test", secretKey: "sk_test", baseURL: server.url)
        let call = SendMessage(to: "+15551234567", message: "hi", sessionId: "s-1")
        let task = Task { try await zagely.messages.send(call, options: CallOptions(idempotencyKey: "key-1")) }
        let deadline = Date() + 10
        while server.requests.isEmpty, Date() < deadline { try await Task.sleep(for: .milliseconds(10)) }
        task.cancel()
        do {
            _ = try await task.value
            XCTFail("expected CallCancelled")
        } catch let cancelled as CallCancelled {
            XCTAssertEqual(
                cancelled, CallCancelled(call: "messages.send", idempotencyKey: "key-1", mayHaveHappened: true))
            XCTAssertFalse("\(cancelled)".contains("1555"))
        }
    }

    func testACallCancelledBeforeItsRequestMayNotHaveHappened() async throws {
        let transport = FakeTransport()
        let zagely = try Zagely(publicKey: "pk_test", secretKey: "sk_test", transport: transport)
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await zagely.account.me()
        }
        task.cancel()
        do {
            _ = try await task.value
            XCTFail("expected CallCancelled")
        } catch let cancelled as CallCancelled {
            XCTAssertFalse(cancelled.mayHaveHappened)
        }
        XCTAssertEqual(transport.requests.count, 0)
    }

    /// Cancels a call in the wait after its first request, and returns its error.
    private func cancelledInItsWait(_ transport: FakeTransport, _ settings: Settings = Settings()) async throws -> CallCancelled? {
        let zagely = try Zagely(publicKey: "pk_test", secretKey: "sk_test", transport: transport, settings: settings)
        let call = SendMessage(to: "+15551234567", message: "hi", sessionId: "s-1")
        let task = Task { try await zagely.messages.send(call) }
        let deadline = Date() + 10
        while transport.requests.isEmpty, Date() < deadline { try await Task.sleep(for: .milliseconds(10)) }
        try await Task.sleep(for: .milliseconds(50))
        task.cancel()
        do {
            _ = try await task.value
            return nil
        } catch let cancelled as CallCancelled { return cancelled }
    }

    func testACallCancelledAfterARefusedConnectionMayNotHaveHappened() async throws {
        let settings = Settings(retry: RetryPolicy(maxAttempts: 4, base: .seconds(30), cap: .seconds(30)))
        let cancelled = try await cancelledInItsWait(FakeTransport().fail(.connect), settings)
        XCTAssertEqual(cancelled?.mayHaveHappened, false)
        XCTAssertNotNil(cancelled?.idempotencyKey)
    }

    func testACallCancelledInAWaitSaysIfItMayHaveHappened() async throws {
        for (status, mayHaveHappened) in [(UInt16(429), false), (503, true)] {
            let transport = FakeTransport().respond(status, "{}", headers: ["Retry-After": "30"])
            let cancelled = try await cancelledInItsWait(transport)
            XCTAssertEqual(cancelled?.mayHaveHappened, mayHaveHappened, "\(status)")
            XCTAssertNotNil(cancelled?.idempotencyKey)
        }
    }

    func testTheDumpOfAnErrorContainsNoPrivateText() async throws {
        let transport = FakeTransport().respond(
            302, "{\"to\":\"15551234567\"}", headers: ["Location": "https://elsewhere.example/?search=15551234567"])
        let zagely = try Zagely(publicKey: "pk_test", secretKey: "sk_test", transport: transport)
        do {
            _ = try await zagely.contacts.list(.init(search: "15551234567")).first { _ in true }
            XCTFail("expected HudhudError.redirect")
        } catch let error as HudhudError {
            XCTAssertEqual(error.failure.kind, "redirect")
            XCTAssertNotNil(error.failure.response)
            var dumped = ""
            dump(error, to: &dumped)
            for shown in [dumped, "\(error)", String(reflecting: error), error.localizedDescription] {
                XCTAssertFalse(shown.contains("15551234567"), shown)
            }
        }
    }
}
