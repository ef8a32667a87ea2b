// Clients from environment variables, options of one call, and calls to routes that the catalog lacks.
import Foundation
import Hudhud
import HudhudTesting
import XCTest

final class OptionsTests: XCTestCase {
    private let variables = [
        "ZAGELY_PUBLIC_KEY": "pk_publickey1234", "ZAGELY_SECRET_KEY": "sk_b", "ZAGELY_SESSION_ID": "s-1",
        "ZAGELY_BASE_URL": "https://a.example", "ZAGELY_APP_TOKEN": "t-1", "PATH": "/bin",
    ]
    private let send = SendMessage(to: "+15551234567", message: "hi")

    private func header(_ request: Request, _ name: String) -> String? {
        request.headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    private func body(_ request: Request) -> String { String(decoding: request.body ?? Data(), as: UTF8.self) }

    private func zagely(_ transport: any Transport = FakeTransport()) throws -> Zagely {
        try Zagely(
            publicKey: "pk_a", secretKey: "sk_b", transport: transport,
            settings: Settings(retry: RetryPolicy(base: .zero)))
    }

    /// Returns the names of the fields that an error reports.
    private func refused(_ run: () throws -> Any) -> [String] {
        var names: [String] = []
        XCTAssertThrowsError(try run()) { error in
            guard case .invalidRequest(let failure)? = error as? HudhudError else { return XCTFail("\(error)") }
            names = failure.fieldErrors.map(\.field)
        }
        return names
    }

    func testNamesThatTheProgramOrTheVendorWroteStayInErrors() async throws {
        let zagely = try Zagely(publicKey: "pk_test", secretKey: "sk_test", transport: FakeTransport())
        func given(_ run: () async throws -> Void) async throws -> [String] {
            do { try await run() } catch HudhudError.invalidRequest(let failure) { return failure.fieldErrors.map(\.field) }
            return []
        }
        let options = CallOptions(retry: RetryPolicy(maxAttempts: 0))
        let route = try await given { try await zagely.request(.get, "/api/v1/labels/{label_id}", options: options) }
        XCTAssertEqual(route, ["label_id", "maxAttempts"])
        let byName = try await given { _ = try await zagely.callByName("contacts.list", input: #"{"page_number":1}"#) }
        XCTAssertEqual(byName, ["page_number"])
        let body = Data(#"{"message":"No.","errors":{"session_id":["Unknown."]}}"#.utf8)
        XCTAssertThrowsError(try zagely.decode(SendMessage.self, Response(status: 422, headers: [], body: body))) { error in
            guard let failure = (error as? HudhudError)?.failure else { return XCTFail("\(error)") }
            XCTAssertEqual(failure.fieldErrors.map(\.field), ["session_id"])
            XCTAssert(failure.hint.contains("as sessionId,") && failure.summary.hasSuffix(failure.hint), failure.summary)
        }
    }

    func testAClientIsCreatedFromVariablesAndArgumentsReplaceThem() throws {
        let zagely = try Zagely.fromEnvironment(variables)
        let request = try zagely.request(send)
        XCTAssertEqual(request.url, "https://a.example/api/v1/messages/send")
        XCTAssertEqual(header(request, "X-Secret-Key"), "sk_b")
        XCTAssertTrue(body(request).contains(#""session_id":"s-1""#))
        XCTAssertEqual(header(try zagely.request(ListAutomations()), "Authorization"), "Bearer t-1")
        XCTAssertEqual("\(zagely)", "Zagely(baseURL: https://a.example, publicKey: pk_…1234)")

        let other = try Zagely.fromEnvironment(
            variables, appRoutes: AppRoutes(token: "t-2"), settings: Settings(sessionId: "s-2"))
        XCTAssertTrue(body(try other.request(send)).contains(#""session_id":"s-2""#))
        XCTAssertEqual(header(try other.request(ListAutomations()), "Authorization"), "Bearer t-2")

        let wazaj = try Wazaj.fromEnvironment(
            ["WAZAJ_API_KEY": "wzj_a", "WAZAJ_BASE_URL": "https://a.example/api/wazaj/business"])
        XCTAssertEqual("\(wazaj)", "Wazaj(baseURL: https://a.example/api/wazaj/business)")
    }

    func testAMissingVariableIsNamedWithWhatToSetItTo() throws {
        XCTAssertEqual(
            refused { try Zagely.fromEnvironment(["ZAGELY_SECRET_KEY": ""]) }, ["ZAGELY_PUBLIC_KEY", "ZAGELY_SECRET_KEY"])
        XCTAssertEqual(refused { try Wazaj.fromEnvironment(["WAZAJ_API_KEY": "wzj_a"]) }, ["WAZAJ_BASE_URL"])
        let insecure = variables.merging(["ZAGELY_BASE_URL": "http://a.example"]) { $1 }
        XCTAssertEqual(refused { try Zagely.fromEnvironment(insecure) }, ["baseURL"])
        // The process of the tests has no such variable.
        XCTAssertEqual(refused { try Webhook.fromEnvironment() }, ["ZAGELY_WEBHOOK_SECRET"])
        XCTAssertThrowsError(try Webhook.fromEnvironment([:])) { error in
            XCTAssertTrue("\(error)".contains("set it to the secret from webhooks.create"), "\(error)")
        }
    }

    func testAWebhookTakesSeveralSecretsFromItsVariable() throws {
        let webhook = try Webhook.fromEnvironment(["ZAGELY_WEBHOOK_SECRET": " whsec_new whsec_old\n"])
        for secret in ["whsec_new", "whsec_old"] {
            let delivery = try deliveries(secret: secret)[0]
            XCTAssertEqual(try webhook.receive(headers: delivery.headers, body: delivery.body).name, delivery.event)
        }
    }

    func testACallSendsItsHeadersAndItsTimeLimit() async throws {
        let transport = FakeTransport()
        transport.respond(200, #"{"id":"c-1"}"#)
        transport.respond(200, #"{"data":[]}"#)
        let options = CallOptions(headers: ["X-Trace": "t-1", "X-Another": "a"], timeout: .seconds(2), deadline: .seconds(60))
        try await zagely(transport).contacts.get("c-1", options: options)
        for try await _ in try zagely(transport).contacts.list(options: options) {}
        XCTAssertEqual(transport.requests.count, 2)
        for request in transport.requests {
            XCTAssertEqual(header(request, "X-Trace"), "t-1")
            XCTAssertEqual(request.timeout, .seconds(2))
        }
        XCTAssertNil(try zagely().request(CheckHealth()).timeout)
        XCTAssertEqual(options.debugDescription, "CallOptions(headers: …, timeout: 2.0 seconds, deadline: 60.0 seconds)")
        transport.respond(200, #"{"id":"c-1"}"#)
        _ = try await zagely(transport).callByName("contacts.get", input: #"{"contact_id":"c-1"}"#, options: options)
        XCTAssertEqual(header(try XCTUnwrap(transport.requests.last), "X-Trace"), "t-1")
    }

    /// Returns the error of a call.
    private func failure(_ run: () async throws -> Any) async -> ErrorDetails? {
        do { _ = try await run() } catch { return (error as? HudhudError)?.failure }
        return nil
    }

    func testANumberThatJsonLacksIsNamedWithItsFieldAndItsCall() async throws {
        let zagely = try zagely()
        let wrong: JsonValue = .object(members: ["b": .array(items: [.int(value: 1), .double(value: .nan)])])
        let contact = CreateContact(phoneNumber: "+15551234567", customFields: ["a": wrong])
        let extra = CallOptions(extra: ["a": .double(value: .infinity)])
        let expected = "expected a finite number, because JSON has no NaN and no infinity"
        for (found, call, field) in [
            (await failure { try await zagely.contacts.create(contact) }, "contacts.create", "customFields.a.b.1"),
            (await failure { try zagely.request(contact) }, "contacts.create", "customFields.a.b.1"),
            (await failure { try await zagely.account.me(options: extra) }, "account.me", "extra.a"),
            (await failure { try await zagely.request(.post, "/api/v1/x", ["my_a": wrong]) }, "request", "my_a.b.1"),
        ] {
            XCTAssertEqual(found?.call, call)
            XCTAssertEqual(found?.fieldErrors, [FieldErrors(field: field, messages: [expected])])
            let begin = "\(call): invalid_request: The call is invalid and was not sent. \(field): \(expected)"
            XCTAssertTrue(found?.summary.hasPrefix(begin) == true, found?.summary ?? "")
        }
    }

    func testAnErrorOfAnOptionHasTheNameOfTheCall() async throws {
        let zagely = try zagely()
        let retry = CallOptions(retry: RetryPolicy(base: .seconds(-1)))
        let key = CallOptions(idempotencyKey: "not a key")
        for (found, call, field) in [
            (await failure { try await zagely.messages.send(send, options: key) }, "messages.send", "idempotencyKey"),
            (await failure { try await zagely.request(.post, "/api/v1/x", options: key) }, "request", "idempotencyKey"),
            (await failure { try await zagely.messages.send(send, options: retry) }, "messages.send", "base"),
            (await failure { for try await _ in zagely.contacts.list(options: retry) {}; return 0 }, "contacts.list", "base"),
        ] {
            XCTAssertEqual(found?.call, call)
            let begin = "\(call): invalid_request: The call is invalid and was not sent. \(field): "
            XCTAssertTrue(found?.summary.hasPrefix(begin) == true, found?.summary ?? "")
        }
    }

    func testAnErrorOfAProgramsOwnTransportHasTheCallTheAttemptTheKeyAndThatError() async throws {
        struct VpnError: Error, Equatable {}
        struct Broken: Transport { func send(_: Request) async throws -> Response { throw VpnError() } }
        let zagely = try zagely(Broken())
        let failed = await failure { try await zagely.messages.send(send) }
        let found = try XCTUnwrap(failed)
        XCTAssertEqual(found.call, "messages.send")
        XCTAssertEqual(found.attempts, 1)
        XCTAssertNotNil(found.idempotencyKey)
        XCTAssertEqual(found.underlyingError as? VpnError, VpnError())
        XCTAssertEqual(
            found.summary,
            "messages.send: transport: The transport threw VpnError, the underlyingError of this error. The call may have had its "
                + "effect: correct this, then repeat it with its idempotency key.")
    }

    func testANegativeTimeoutOfATransportIsAWrongOption() throws {
        for (timeout, found) in [(Duration.seconds(-1), "-1.0"), (.zero, "0.0")] {
            XCTAssertThrowsError(try URLSessionTransport(timeout: timeout)) { error in
                guard case HudhudError.invalidRequest = error else { return XCTFail("\(error)") }
                XCTAssertEqual(
                    "\(error)",
                    "invalid_request: A value is invalid. timeout: expected a duration > 0, found \(found) seconds. Correct the named "
                        + "fields; nothing was sent.")
            }
        }
    }

    func testAnyErrorOfATransportIsItsFailureIfTheTaskIsNotCancelled() async throws {
        struct Throwing: Transport {
            let error: any Error
            func send(_: Request) async throws -> Response { throw error }
        }
        var refusal: (any Error)?
        let negative = CallOptions(retry: RetryPolicy(base: .seconds(-1)))
        do { _ = try zagely().request(CheckHealth(), options: negative) } catch { refusal = error }
        let errors: [any Error] = [
            try XCTUnwrap(refusal), CancellationError(), URLError(.cancelled),
            CallCancelled(call: "messages.send", idempotencyKey: nil, mayHaveHappened: false),
        ]
        for error in errors {
            let zagely = try zagely(Throwing(error: error))
            let path = NSTemporaryDirectory() + "hudhud-\(UUID().uuidString).outbox"
            defer { try? FileManager.default.removeItem(atPath: path) }
            let outbox = try Outbox(path: path, client: zagely)
            try outbox.add(send)
            for found in [await failure { try await zagely.messages.send(send) }, await failure { try await outbox.send() }] {
                XCTAssertEqual(found?.kind, "transport", "\(error)")
                XCTAssertEqual(found?.underlyingError.map { "\(type(of: $0))" }, "\(type(of: error))")
                XCTAssertEqual(found?.mayHaveHappened, true)
            }
            XCTAssertEqual([outbox.report.refused, outbox.report.waiting, outbox.report.inDoubt], [0, 0, 1], "\(error)")
            try outbox.close()
        }
    }

    func testSettingsLimitsAndWebhooksDescribeThemselves() throws {
        let limits = RateLimit(limit: 120, remaining: 7)
        XCTAssertEqual("\(limits)", "RateLimit(limit: 120, remaining: 7)")
        XCTAssertEqual(
            "\(Meta(status: 201, rateLimit: limits, idempotencyKey: "k-1"))",
            "Meta(status: 201, rateLimit: RateLimit(limit: 120, remaining: 7), idempotentReplay: false, idempotencyKey: k-1)")
        XCTAssertEqual(
            "\(Settings(sessionId: "+15551234567", retry: RetryPolicy(maxAttempts: 2)))",
            "Settings(sessionId: …, methodOverride: false, textualBooleans: false, validate: true, retry: RetryPolicy(maxAttempts: 2))")
        let webhook = try Webhook(secret: "whsec_secret")
        XCTAssertEqual("\(webhook)", "Webhook(tolerance: 300.0 seconds)")
        var dumped = ""
        dump(webhook, to: &dumped)
        XCTAssertFalse(dumped.contains("whsec"), dumped)
    }

    func testANegativeDurationIsRefusedAndNamed() throws {
        let negative = RetryPolicy(base: .seconds(-1), cap: .nanoseconds(-1), maxRetryAfter: .seconds(-9))
        let names = ["base", "cap", "maxRetryAfter"]
        XCTAssertEqual(refused { try zagely().request(CheckHealth(), options: CallOptions(retry: negative)) }, names)
        let settings = Settings(retry: negative)
        XCTAssertEqual(refused { try Zagely(publicKey: "pk_a", secretKey: "sk_b", settings: settings) }, names)
        XCTAssertEqual(refused { try Zagely.fromEnvironment(variables, settings: settings) }, names)
        let address = "https://a.example/api/wazaj/business"
        XCTAssertEqual(refused { try Wazaj(apiKey: "wzj_a", baseURL: address, settings: settings) }, names)
        let wazaj = ["WAZAJ_API_KEY": "wzj_a", "WAZAJ_BASE_URL": address]
        XCTAssertEqual(refused { try Wazaj.fromEnvironment(wazaj, settings: settings) }, names)
        XCTAssertThrowsError(try Webhook(secret: "whsec_test", tolerance: .nanoseconds(-1))) { error in
            XCTAssertEqual(
                "\(error)",
                "invalid_request: A value is invalid. tolerance: expected a duration >= 0. Correct the named fields; nothing was sent.")
        }
        let longest = Duration.seconds(Int64.max)
        let most = RetryPolicy(base: longest, cap: longest, maxRetryAfter: longest)
        let options = CallOptions(retry: most, timeout: longest, deadline: longest)
        XCTAssertNoThrow(try zagely().request(CheckHealth(), options: options))
        XCTAssertNoThrow(try Webhook(secret: "whsec_test", tolerance: longest))
    }

    func testATolerancePartOfASecondCountsAsASecond() throws {
        let body = Data(#"{"event":"webhook.test"}"#.utf8)
        let now = Date(timeIntervalSince1970: 1_776_767_400)
        let headers = try sign(secret: "whsec_test", body: body, now: now.addingTimeInterval(-2))
        for (tolerance, accepts) in [(1_000, false), (1_001, true), (1_999, true), (2_000, true)] {
            let webhook = try Webhook(secret: "whsec_test", tolerance: .milliseconds(tolerance), clock: { now })
            XCTAssertEqual((try? webhook.verify(headers: headers, body: body)) != nil, accepts, "\(tolerance) ms")
        }
    }

    func testHeadersOfTheLibraryAndLimitsThatAreNotPositiveAreRefused() throws {
        let options = CallOptions(
            headers: ["Authorization": "Bearer x", "a b": "c", "x_y": "é"], timeout: .seconds(-1), deadline: .zero)
        let names = refused { try zagely().request(CheckHealth(), options: options) }
        XCTAssertEqual(Set(names), ["headers.Authorization", "headers.a b", "headers.x_y", "timeout", "deadline"])
    }

    func testAWaitBeyondTheDeadlineEndsTheCallAtOnce() async throws {
        let transport = FakeTransport()
        transport.respond(429, "{}", headers: ["Retry-After": "30"])
        do {
            try await zagely(transport).account.me(options: CallOptions(deadline: .seconds(5)))
            XCTFail("expected an error")
        } catch HudhudError.rateLimited(let failure) {
            XCTAssertEqual(failure.attempts, 1)
            XCTAssertLessThanOrEqual(try XCTUnwrap(transport.requests[0].timeout), .seconds(5))
        }
    }

    func testARouteThatTheCatalogLacksIsCalledWithRetriesAndKeys() async throws {
        let transport = FakeTransport()
        transport.respond(503, "")
        transport.respond(200, #"{"id":7,"n":12345678901234567890123,"a":[true,null,"é\u0041"]}"#)
        let label = try await zagely(transport).request(
            .post, "/api/v1/labels/{label_id}", ["label_id": "l/1", "color": "red"])
        XCTAssertEqual(label["id"]?.integer, 7)
        XCTAssertEqual(label["n"], .digits(text: "12345678901234567890123"))
        XCTAssertEqual(label["a"], [true, .null, "éA"])
        XCTAssertEqual(transport.requests.map(\.url), Array(repeating: "https://zagely.com/api/v1/labels/l%2F1", count: 2))
        XCTAssertEqual(body(transport.requests[0]), #"{"color":"red"}"#)
        let key = try XCTUnwrap(header(transport.requests[0], "Idempotency-Key"))
        XCTAssertEqual(header(transport.requests[1], "Idempotency-Key"), key)
    }

    func testACallByRouteHasAResponseAndErrorsLikeEveryCall() async throws {
        let transport = FakeTransport()
        transport.respond(204, "", headers: ["X-RateLimit-Remaining": "7"])
        transport.respond(404, #"{"message":"No label Scheherazade."}"#)
        let client = try zagely(transport)
        let fields: [String: JsonValue] = ["id": "Scheherazade", "page": 2]
        let response = try await client.withResponse(.get, "/api/v1/labels/{id}", fields)
        XCTAssertEqual(response.output, .null)
        XCTAssertEqual(response.meta.rateLimit.remaining, 7)
        XCTAssertEqual(transport.requests[0].url, "https://zagely.com/api/v1/labels/Scheherazade?page=2")
        do {
            try await client.request(.get, "/api/v1/labels/{id}", fields)
            XCTFail("expected an error")
        } catch let error as HudhudError {
            guard case .notFound = error else { throw error }
            XCTAssertFalse("\(error)".contains("Scheherazade"))
        }
        for path in ["api/v1/x", "//evil.example/x", "/api/../x", "/{id}"] {
            do {
                try await client.request(.get, path)
                XCTFail("expected an error")
            } catch HudhudError.invalidRequest(let failure) {
                XCTAssertEqual(failure.call, "request")
            }
        }
    }

    func testJSONThatIsDecodedKeepsTheDigitsOfItsNumbers() throws {
        let exact = ["9223372036854775807", "9007199254740993", "18446744073709551615", "-12345678901234567890", "1.00000000000000000001"]
        for text in exact {
            let value = try JSONDecoder().decode([JsonValue].self, from: Data("[\(text)]".utf8))[0]
            XCTAssertEqual(value.toJSON(), text)
            XCTAssertEqual(String(decoding: try JSONEncoder().encode([value]), as: UTF8.self), "[\(text)]")
            XCTAssertEqual(value.number, Double(text))
        }
        for (text, number) in [("0.1", 0.1), ("1e300", 1e300), ("0.30000000000000004", 0.30000000000000004), ("-2.5", -2.5)] {
            XCTAssertEqual(try JSONDecoder().decode([JsonValue].self, from: Data("[\(text)]".utf8)), [.double(value: number)], text)
        }
    }
}
