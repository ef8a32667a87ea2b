// Tests without a network: webhooks, templates, redaction, arbitrary input, and many concurrent calls.
import Foundation
@testable import Hudhud
import HudhudTesting
import XCTest

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

final class OfflineTests: XCTestCase {
    let fixedNow = Date(timeIntervalSince1970: 1_776_767_400)

    func testAll14EventsAreDecodedToTheirTypes() throws {
        let now = fixedNow
        let webhook = try Webhook(secret: "whsec_test", clock: { now })
        let all = try deliveries(secret: "whsec_test", now: now)
        XCTAssertEqual(all.count, 14)
        for delivery in all {
            if case .unknown(let name, _) = try webhook.verify(headers: delivery.headers, body: delivery.body) {
                XCTFail(name)
            }
        }
        guard case .messageReceived(let message) = try webhook.verify(headers: all[0].headers, body: all[0].body) else {
            return XCTFail("expected messageReceived")
        }
        XCTAssertEqual(message.contact?.name, "Jane Doe")
        var events: [String: WebhookEvent] = [:]
        for delivery in all { events[delivery.event] = try webhook.verify(headers: delivery.headers, body: delivery.body) }
        guard case .messageFailed(let failed)? = events["message.failed"],
              case .campaignCompleted(let completed)? = events["campaign.completed"],
              case .contactUpdated(let updated)? = events["contact.updated"],
              case .sessionConnected(let connected)? = events["session.connected"],
              case .webhookTest(let test)? = events["webhook.test"] else {
            return XCTFail("expected an event of each kind")
        }
        XCTAssertEqual(failed.status, .failed)
        XCTAssertEqual(failed.error, "The recipient could not be reached.")
        XCTAssertEqual(failed.contact?.name, "Jane Doe")
        XCTAssertEqual(completed.campaign?.status, .completed)
        XCTAssertEqual(completed.stats?.deliveredCount, 1380)
        XCTAssertEqual(updated.contact?.tags, ["vip", "active"])
        XCTAssertEqual(connected.session?.status, .connected)
        XCTAssertEqual(test.message, "This is a test event.")
        // Data that is missing or has another form is empty.
        for data in ["", #","data":null"#, #","data":[1]"#, #","data":"x""#, #","data":{"contact":7,"status":[]}"#] {
            let odd = Data(#"{"event":"message.failed"\#(data)}"#.utf8)
            let headers = try sign(secret: "whsec_test", body: odd, now: now)
            guard case .messageFailed(let empty) = try webhook.verify(headers: headers, body: odd) else {
                return XCTFail("expected messageFailed")
            }
            XCTAssertNil(empty.contact)
            XCTAssertNil(empty.status)
        }
        let body = Data(#"{"event":"moon.landed","data":{"n":1}}"#.utf8)
        let event = try webhook.verify(headers: sign(secret: "whsec_test", body: body, now: now), body: body)
        XCTAssertEqual(event, .unknown(name: "moon.landed", json: ["n": 1]))
        XCTAssertThrowsError(try webhook.verify(headers: [:], body: body)) { error in
            XCTAssertEqual((error as? WebhookError)?.reason, .missingHeader)
            XCTAssertEqual((error as? WebhookError)?.httpStatus, 400)
        }
    }

    func testEachSampleIsTheOneThatCoreDeclares() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("webhook-samples.json")
        let samples = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
        let declared = try XCTUnwrap(samples as? [String: [String: Any]])
        let all = try deliveries(secret: "whsec_test", now: fixedNow)
        XCTAssertEqual(Set(all.map(\.event)), Set(declared.keys))
        let ids = try all.map { delivery in
            let body = try JSONSerialization.jsonObject(with: delivery.body) as? [String: Any]
            return body?["delivery_id"] as? String
        }
        XCTAssertEqual(Set(ids).count, all.count)
        for event in eventNames() {
            let body = sampleDelivery(event: event)
            let found = try XCTUnwrap(JSONSerialization.jsonObject(with: body) as? [String: Any])
            let wanted = try XCTUnwrap(declared[event])
            let texts = try [found, wanted].map { body in
                String(decoding: try JSONSerialization.data(withJSONObject: body, options: [.sortedKeys]), as: UTF8.self)
            }
            XCTAssertEqual(texts[0], texts[1], event)
        }
    }

    func testAChangedBodyIsRefused() throws {
        var random = Seeded(state: 20)
        let now = fixedNow
        let webhook = try Webhook(secrets: ["old", "whsec_test"], clock: { now })
        for round in 0..<500 {
            let body = Data(random.any(4).utf8)
            let headers = try sign(secret: "whsec_test", body: body, now: now)
            do {
                let delivery = try webhook.receive(headers: headers, body: body)
                XCTAssertEqual(delivery.secretIndex, 1)
            } catch let refused as WebhookError {
                XCTAssertEqual(refused.reason, .malformedPayload, "round \(round)")
            }
            XCTAssertThrowsError(try webhook.verify(headers: headers, body: body + Data([32]))) { error in
                XCTAssertEqual((error as? WebhookError)?.reason, .signatureMismatch, "round \(round)")
            }
        }
    }

    func testAnArbitraryBodyIsDecodedOrIsAnUnexpectedResponse() throws {
        var random = Seeded(state: 21)
        let zagely = try Zagely(publicKey: "pk_test", secretKey: "sk_test", transport: FakeTransport())
        var read = 0
        for _ in 0..<500 {
            let body = Data(random.any(4).utf8)
            let response = Response(status: 200, headers: [Header(name: "Content-Type", value: "application/json")], body: body)
            do {
                let reply = try zagely.decode(ListContacts.self, response)
                XCTAssertEqual(reply.response.body, body)
                read += 1
            } catch HudhudError.unexpectedResponse {}
        }
        XCTAssertGreaterThan(read, 100)
    }

    func testTheDirectInterfaceDecodesLikeUniFFI() throws {
        let shapes = try Shapes.read()
        XCTAssertGreaterThan(shapes.calls.count, 50)
        func outcome(_ run: () throws -> Decoded) -> Result<Decoded, HudhudError> {
            Result { try run() }.mapError { $0 as! HudhudError }
        }
        for shape in shapes.calls {
            var random = Seeded(state: 22)
            var answers: [Output] = []
            for round in 0..<150 {
                let response = random.response(shape.output, shapes)
                let key = round % 2 == 0 ? "k-1" : nil
                let ours = outcome {
                    let (output, meta) = try NativeBridge.decode(
                        vendor: shape.vendor, call: shape.call, response: response, key: key)
                    return Decoded(output: output, meta: meta)
                }
                let theirs = outcome {
                    try decodeResponse(vendor: shape.vendor, call: shape.call, response: response, idempotencyKey: key)
                }
                let description = "\(shape.call), \(response.status): \(String(decoding: response.body, as: UTF8.self))"
                XCTAssertEqual(ours, theirs, description)
                if case .success(let decoded) = ours, !answers.contains(decoded.output) { answers.append(decoded.output) }
            }
            XCTAssert((12..<140).contains(answers.count), "\(shape.call): \(answers.count) different answers")
        }
    }

    func testTheDirectInterfaceVerifiesLikeUniFFI() throws {
        let delivery = try Shapes.read().delivery
        var random = Seeded(state: 23)
        let now = fixedNow
        let (bridge, uniffi) = try (
            Verifier(secrets: ["old", "whsec_test"], tolerance: 300), WebhookVerifier(secrets: ["old", "whsec_test"], tolerance: 300)
        )
        for _ in 0..<500 {
            let body = random.body(delivery)
            let signed = try signDelivery(secret: "whsec_test", body: body, now: UInt64(now.timeIntervalSince1970))
            for late in [0, 301] {
                let at = Int64(now.timeIntervalSince1970) + Int64(late)
                XCTAssertEqual(
                    bridge.verify(headers: signed.map { (name: $0.name, value: $0.value) }, body: body, now: at),
                    uniffi.verify(headers: signed, body: body, now: UInt64(at)))
            }
        }
    }

    func testDeduplicateUntilIsNilWithoutATolerance() throws {
        let body = Data(#"{"event":"webhook.test"}"#.utf8)
        let now = Int64(fixedNow.timeIntervalSince1970)
        let signed = try signDelivery(secret: "whsec_test", body: body, now: UInt64(now))
        for (tolerance, end) in [(UInt64(300), now + 86_400), (nil, nil)] as [(UInt64?, Int64?)] {
            let bridge = try Verifier(secrets: ["whsec_test"], tolerance: tolerance)
            let uniffi = try WebhookVerifier(secrets: ["whsec_test"], tolerance: tolerance)
            let ways = [
                bridge.verify(headers: signed.map { (name: $0.name, value: $0.value) }, body: body, now: now),
                uniffi.verify(headers: signed, body: body, now: UInt64(now)),
            ]
            for case .verified(let delivery) in ways { XCTAssertEqual(delivery.deduplicateUntil, end) }
            for case .refused in ways { XCTFail("a genuine delivery was refused") }
        }
        XCTAssertThrowsError(try Verifier(secrets: ["whsec_test", " \u{200b}\n"], tolerance: 300))
    }

    func testATemplateIsRenderedAndMissingVariablesAreNamed() throws {
        let template = Template("Hi {{ name }}! {{order_id}}")
        XCTAssertEqual(template.variables, ["name", "order_id"])
        XCTAssertEqual(try template.render(["name": "Jane", "order_id": 5]), "Hi Jane! 5")
        XCTAssertThrowsError(try template.render([:])) { error in
            XCTAssertEqual((error as? HudhudError)?.failure.fieldErrors.map(\.field), ["name", "order_id"])
        }
    }

    func testAnInvalidNumberIsAnInvalidRequest() throws {
        let zagely = try Zagely(publicKey: "pk_test", secretKey: "sk_test", transport: FakeTransport())
        for none in [JsonValue.digits(text: "five"), .double(value: .nan), [.double(value: .infinity)]] {
            XCTAssertThrowsError(try Template("{{ a }}").render(["a": none])) { error in
                guard case HudhudError.invalidRequest = error else { return XCTFail("\(error)") }
            }
            XCTAssertThrowsError(try zagely.request(GetContact(contactId: "c-1"), options: .init(extra: ["a": none]))) {
                guard case HudhudError.invalidRequest = $0 else { return XCTFail("\($0)") }
            }
        }
    }

    func testTheCallersConfigurationIsNotChanged() throws {
        let configuration = URLSessionConfiguration.default
        configuration.urlCache = URLCache(memoryCapacity: 1, diskCapacity: 0, diskPath: nil)
        _ = try URLSessionTransport(configuration: configuration)
        XCTAssertNotNil(configuration.urlCache)
        XCTAssertNotNil(configuration.httpCookieStorage)
    }

    func testDescriptionsAndDumpsContainNoKeyNumberOrText() async throws {
        let transport = FakeTransport().respond(
            422, #"{"error":{"code":"validation_failed","message":"+15551234567 is bad","details":{"errors":{"to":["+15551234567 is bad"]}}}}"#)
        let zagely = try Zagely(publicKey: "pk_hush", secretKey: "sk_hush", transport: transport)
        let call = SendMessage(to: "+15551234567", message: "a secret text")
        var shown: [String] = []
        var signatures: [String] = []
        func show(_ value: Any) {
            var dumped = ""
            dump(value, to: &dumped)
            shown += ["\(value)", String(reflecting: value), dumped]
        }
        do {
            _ = try await zagely.messages.send(call)
            XCTFail("expected HudhudError.validation")
        } catch HudhudError.validation(let failure) {
            XCTAssertEqual(failure.reason, "+15551234567 is bad")
            show(failure)
            show(HudhudError.validation(failure: failure))
            shown.append(HudhudError.validation(failure: failure).localizedDescription)
        }
        show(call)
        show(zagely)
        show(transport.requests[0])
        show(transport.requests)
        show(UpdateContact(contactId: "c-1", name: "a secret text"))
        show(Change.set("a secret text"))
        show(Timestamp(text: "a secret text"))
        show(RejectedEvent("a secret text"))
        show(Contact(name: "a secret text", phoneNumber: "+15551234567"))
        show(AppRoutes(token: "sk_hush"))
        show(Channel.other(value: "+15551234567"))
        show(EventName.other(value: "a secret text"))
        show(JsonValue.object(members: ["to": .array(items: [.text(value: "a secret text")])]))
        show(CallOptions(extra: ["to": "+15551234567"]))
        let now = fixedNow
        let webhook = try Webhook(secret: "whsec_hush", clock: { now })
        for event in ["message.received", "message.sent", "moon.+15551234567"] {
            let data = #"{"content":"a secret text","channel":"+15551234567"}"#
            let body = Data(#"{"event":"\#(event)","data":\#(data),"to":"+15551234567"}"#.utf8)
            let delivery = try webhook.receive(headers: sign(secret: "whsec_hush", body: body, now: now), body: body)
            show(delivery)
            show(delivery.event)
        }
        show([Template("a secret text for {{ name }}")])
        show(Template("a secret text for {{ name }}"))
        for delivery in try deliveries(secret: "whsec_hush", now: now) {
            show(delivery)
            signatures.append(try XCTUnwrap(delivery.headers["X-Zagely-Signature"]))
        }
        XCTAssertEqual("\(Channel.whatsapp) \(Channel.other(value: "fax"))", "whatsapp fax")
        for word in ["hush", "5551234567", "secret text"] + signatures {
            XCTAssertFalse(shown.joined(separator: "\n").contains(word), shown.joined(separator: "\n"))
        }
    }

    func testErrorsNameOptionsAndFieldsAsSwiftDoes() async throws {
        func fields(_ run: () throws -> Void) throws -> [String] {
            do { try run() } catch HudhudError.invalidRequest(let failure) {
                for error in failure.fieldErrors { XCTAssert(failure.summary.contains(error.field), failure.summary) }
                let text = try XCTUnwrap(failure.summary.range(of: "invalid_request").map { failure.summary[$0.upperBound...] })
                XCTAssertNil(text.range(of: "[a-z]_[a-z]", options: .regularExpression), failure.summary)
                return failure.fieldErrors.map(\.field)
            }
            return []
        }
        XCTAssertEqual(try fields { _ = try Zagely(publicKey: "nonsense", secretKey: "sk_test") }, ["publicKey"])
        XCTAssertEqual(try fields { _ = try Zagely(publicKey: "pk_test", secretKey: "sk_test", baseURL: "nonsense") }, ["baseURL"])
        XCTAssertEqual(try fields { _ = try Wazaj(apiKey: "nonsense", baseURL: "https://example.com/api") }, ["apiKey"])
        let zagely = try Zagely(publicKey: "pk_test", secretKey: "sk_test", transport: FakeTransport())
        let options = CallOptions(idempotencyKey: "not a key")
        XCTAssertEqual(try fields { _ = try zagely.exchange(CheckHealth(), options: options) }, ["idempotencyKey"])
        let never = RetryPolicy(maxAttempts: 0)
        XCTAssertEqual(try fields { _ = try zagely.exchange(CheckHealth(), options: .init(retry: never)) }, ["maxAttempts"])
        let key = (publicKey: "pk_test", secretKey: "sk_test")
        func client(_ routes: AppRoutes? = nil, _ settings: Settings = .init()) throws -> [String] {
            try fields { _ = try Zagely(publicKey: key.publicKey, secretKey: key.secretKey, appRoutes: routes, settings: settings) }
        }
        XCTAssertEqual(try client(nil, Settings(retry: never)), ["maxAttempts"])
        XCTAssertEqual(try client(nil, Settings(updateMethod: .get)), ["updateMethod"])
        XCTAssertEqual(try client(AppRoutes(prefix: "..")), ["appRoutes.prefix"])
        XCTAssertEqual(try client(AppRoutes(token: "a\u{0}b")), ["appRoutes.token"])
        XCTAssertEqual(try fields { _ = try zagely.exchange(ListContacts(perPage: 1000)) }, ["perPage"])
        XCTAssertEqual(try fields { _ = try zagely.request(ListContacts(perPage: 1000)) }, ["perPage"])
        let filters = GroupFilters(createdFrom: "yesterday")
        let group = CreateContactGroup(name: "New", type: .dynamic, filters: filters)
        XCTAssertEqual(try fields { _ = try zagely.request(group) }, ["filters.createdFrom"])
        do {
            var pages = zagely.pages(ListContacts(perPage: 1000)).makeAsyncIterator()
            _ = try await pages.next()
            XCTFail("nothing was refused")
        } catch HudhudError.invalidRequest(let failure) {
            XCTAssertEqual(failure.fieldErrors.map(\.field), ["perPage"])
        }
    }

    func testTheTextOfAClientAndOfAPageIdentifiesIt() throws {
        let key = "pk_0123456789abcdef0123456789abxgZF"
        let zagely = try Zagely(publicKey: key, secretKey: "sk_test", transport: FakeTransport())
        XCTAssertEqual("\(zagely)", "Zagely(baseURL: https://zagely.com, publicKey: pk_…xgZF)")
        let wazaj = try Wazaj(apiKey: "wzj_test", baseURL: "https://example.com/api/wazaj/business")
        XCTAssertEqual("\(wazaj)", "Wazaj(baseURL: https://example.com/api/wazaj/business)")
        let page = ContactPage(data: [Contact(id: "c-1", name: "Jane"), Contact()], currentPage: 1, lastPage: 100, total: 200)
        XCTAssertEqual(String(reflecting: page), "ContactPage(2 items, page 1 of 100, total: 200)")
        XCTAssertEqual(String(reflecting: JsonValue.object(members: ["to": "+15551234567"])), "object(1 member)")
    }

    func testTheReasonOfARefusalHasItsNameInAllHosts() throws {
        let delivery = try deliveries(secret: "whsec_test")[0]
        XCTAssertThrowsError(try Webhook(secret: "whsec_test").verify(headers: delivery.headers, body: Data("{}".utf8))) { error in
            XCTAssert("\(error)".hasPrefix("webhook refused: signature_mismatch. "), "\(error)")
        }
    }

    func testHeadersAndBodiesOfOtherLibrariesAreVerified() throws {
        let delivery = try deliveries(secret: "whsec_test")[0]
        let webhook = try Webhook(secret: "whsec_test")
        let headers = delivery.headers.map { (name: $0.key, value: $0.value) }
        for event in [
            try webhook.verify(headers: headers, body: delivery.body), try webhook.verify(headers: headers, body: [UInt8](delivery.body)),
            try webhook.verify(headers: delivery.headers, body: [UInt8](delivery.body)[...]),
        ] {
            guard case .messageReceived = event else { return XCTFail("\(event)") }
        }
    }

    func testFieldsAreVariables() {
        var call = SendMessage(to: "+15551234567", message: "hi")
        call.sessionId = "s-1"
        XCTAssertEqual(call, SendMessage(to: "+15551234567", message: "hi", sessionId: "s-1"))
    }

    func testRecordsAreCodableUnderTheVendorsNames() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        func text(_ value: some Encodable) throws -> String { String(decoding: try encoder.encode(value), as: UTF8.self) }
        func read<T: Decodable>(_ type: T.Type, _ text: String) throws -> T { try JSONDecoder().decode(type, from: Data(text.utf8)) }
        let update = UpdateContact(contactId: "c-1", name: "Ann", email: .clear)
        XCTAssertEqual(try text(update), #"{"contact_id":"c-1","email":null,"name":"Ann"}"#)
        XCTAssertEqual(try read(UpdateContact.self, text(update)), update)
        let call = try read(SendMessage.self, #"{"to":"+1","message":"x","channel":"fax","type":"image"}"#)
        XCTAssertEqual(call, SendMessage(channel: .other(value: "fax"), to: "+1", message: "x", type: .image))
        XCTAssertThrowsError(try read(SendMessage.self, #"{"mesage":"x"}"#)) { error in
            guard case DecodingError.dataCorrupted(let context) = error else { return XCTFail("\(error)") }
            XCTAssert(context.debugDescription.contains("message"), context.debugDescription)
        }
        let contact = Contact(
            id: "c-1", customFields: ["city": "Cairo", "n": [1, 1.5, nil]], createdAt: Timestamp(text: "2026-04-21T10:30:00Z"))
        XCTAssertEqual(try read(Contact.self, text(contact)), contact)
        XCTAssert(try text(contact).contains(#""created_at":"2026-04-21T10:30:00Z""#))
        let json: JsonValue = ["id": "m-1", "n": 2, "list": [true, nil, "a\n\"b\""]]
        XCTAssertEqual(json["id"]?.text, "m-1")
        XCTAssertEqual(json["n"]?.integer, 2)
        XCTAssertEqual(json["n"]?.number, 2)
        XCTAssertEqual(json["list"]?[0]?.bool, true)
        XCTAssertNil(json["none"])
        XCTAssertEqual(json.toJSON(), #"{"id":"m-1","list":[true,null,"a\n\"b\""],"n":2}"#)
        XCTAssertEqual(try read(JsonValue.self, json.toJSON()), json)
        XCTAssertEqual(try read(JsonValue.self, text(json)), json)
    }

    func testACallIsMadeByItsName() async throws {
        let transport = FakeTransport().respond(200, #"{"id":"c-1","name":"Jane Doe"}"#).respond(
            201, #"{"status":"queued","message_id":"m-1"}"#)
        let zagely = try Zagely(publicKey: "pk_test", secretKey: "sk_test", transport: transport)
        let read = try await zagely.callByName("contacts.get", input: #"{"contact_id":"c-1"}"#)
        let typed = try zagely.decode(GetContact.self, read.response)
        XCTAssertEqual(read.output, .contact(value: typed.output))
        XCTAssertEqual(read.meta.status, 200)
        XCTAssert(outputAsJson(output: read.output).contains(#""name":"Jane Doe""#))
        let options = CallOptions(idempotencyKey: "k-1", extra: ["from": "options", "both": "options"])
        let input = #"{"to":"+15551234567","message":"hi","extra":{"channel":"fax","with":"input","both":"input"}}"#
        let sent = try await zagely.callByName("messages.send", input: input, options: options)
        XCTAssertEqual(sent.meta.idempotencyKey, "k-1")
        let body = try XCTUnwrap(transport.requests[1].body)
        let fields = try XCTUnwrap(JSONSerialization.jsonObject(with: body) as? [String: String])
        let all = ["from": "options", "with": "input", "both": "options", "channel": "fax"]
        XCTAssertEqual(fields, all.merging(["to": "+15551234567", "message": "hi"]) { _, last in last })
        for (name, input) in [("moon.land", "{}"), ("contacts.get", "[]"), ("contacts.get", #"{"moon":1}"#)] {
            do {
                _ = try await zagely.callByName(name, input: input)
                XCTFail("expected HudhudError.invalidRequest for \(name) with \(input)")
            } catch HudhudError.invalidRequest {}
        }
        XCTAssertEqual(transport.requests.count, 2, "an invalid call was sent")
    }

    func testABodyThatIsNotUTF8IsAnUnexpectedResponse() async throws {
        let body = Data([UInt8(ascii: "{"), 0xff, UInt8(ascii: "}")])
        let zagely = try Zagely(
            publicKey: "pk_test", secretKey: "sk_test", transport: FakeTransport().respond(200, body))
        do {
            _ = try await zagely.contacts.get("c-1")
            XCTFail("expected HudhudError.unexpectedResponse")
        } catch HudhudError.unexpectedResponse(let failure) {
            XCTAssertEqual(failure.response?.body, body)
        }
    }

    func testASecondResponseIsRefusedAndChangesNothing() throws {
        let zagely = try Zagely(publicKey: "pk_test", secretKey: "sk_test", transport: FakeTransport())
        func response(_ name: String) -> Response {
            let headers = [Header(name: "Content-Type", value: "application/json")]
            return Response(status: 200, headers: headers, body: Data(#"{"id":"c-1","name":"\#(name)"}"#.utf8))
        }
        let exchange = try zagely.exchange(GetContact(contactId: "c-1"))
        let copy = exchange
        guard case .send = try exchange.step(now: 0) else { return XCTFail("expected a request as the first step") }
        try exchange.receive(response("Jane Doe"), now: 0)
        // The output is read from the first body. In these bodies its name would be at another position, or past the end.
        for name in ["", String(repeating: "x", count: 500)] {
            XCTAssertThrowsError(try exchange.receive(response(name), now: 0)) { error in
                XCTAssertFalse("\(error)".contains("not sent") || "\(error)".contains("nothing was sent"), "\(error)")
            }
        }
        guard case .done(let done) = try copy.step(now: 0) else { return XCTFail("expected a reply") }
        XCTAssertEqual(done.output.name, "Jane Doe")
        XCTAssertEqual(done.response, response("Jane Doe"))
    }

    func testTenThousandTasksShareOneClient() async throws {
        // Each response has the id of its request, so that the test detects a mix-up.
        struct Echo: Transport {
            func send(_ request: Request) async throws -> Response {
                try await Task.sleep(for: .milliseconds(1))
                let id = request.url.split(separator: "/").last!
                return Response(
                    status: 200, headers: [Header(name: "Content-Type", value: "application/json")],
                    body: Data(#"{"id":"\#(id)"}"#.utf8))
            }
        }
        let zagely = try Zagely(publicKey: "pk_test", secretKey: "sk_test", transport: Echo())
        let mixedUp = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<10_000 {
                group.addTask { try await zagely.contacts.get("c-\(number)").id != "c-\(number)" }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        XCTAssertEqual(mixedUp, 0)
    }

    func testRepeatedCallsDoNotLeakMemory() throws {
        let rounds = Int(ProcessInfo.processInfo.environment["HUDHUD_ROUNDS"] ?? "") ?? 20_000
        let webhook = try Webhook(secret: "whsec_test")
        let delivery = try deliveries(secret: "whsec_test")[0]
        let page = Data(#"{"current_page":1,"data":[{"id":"c-1","name":"Jane Doe","tags":["vip"]}]}"#.utf8)
        let response = Response(status: 200, headers: [Header(name: "Content-Type", value: "application/json")], body: page)
        let zagely = try Zagely(publicKey: "pk_test", secretKey: "sk_test", transport: FakeTransport())
        func round(_ count: Int) throws {
            for number in 0..<count {
                _ = try webhook.verify(headers: delivery.headers, body: delivery.body)
                _ = try? webhook.verify(headers: delivery.headers, body: Data([1, 2, 3]))
                _ = try zagely.decode(ListContacts.self, response)
                if number % 10 == 0 {
                    _ = try Webhook(secret: "another")
                    _ = try zagely.exchange(GetContact(contactId: "c-1")).step(now: 0)
                }
            }
        }
        try round(rounds / 5)
        let before = try resident()
        try round(rounds)
        let grown = try resident() - before
        XCTAssertLessThan(grown, 32 << 20, "\(grown) bytes more after \(rounds) rounds")
    }

    /// Returns the resident memory of this process in bytes.
    private func resident() throws -> Int {
        let statm = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        return (Int(statm.split(separator: " ")[1]) ?? 0) * 4096
    }
}
