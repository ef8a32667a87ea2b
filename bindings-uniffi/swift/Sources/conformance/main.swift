// The conformance driver of the host `swift`. It reads one case per line, and writes one outcome per line.
//
// Calls are read by name into the structs of the public interface, and outputs are written as JSON from their structs, so
// that the values cross the language boundary in both directions.
import Foundation
// The direct interface (`NativeBridge`) is internal.
@testable import Hudhud

typealias JSON = [String: Any]

while let line = readLine(strippingNewline: true) {
    guard let message = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? JSON else {
        FileHandle.standardOutput.write(Data("{\"unsupported\": \"Foundation cannot read this case\"}\n".utf8))
        continue
    }
    let work = { run(message["suite"] as! String, message["case"] as! JSON) }
    let outcome: JSON =
        if let budget = message["budget_ms"] as? Int { ["nanos": shortest(budget, work)] } else { work() }
    let data = try JSONSerialization.data(withJSONObject: outcome, options: [.withoutEscapingSlashes])
    FileHandle.standardOutput.write(data + Data("\n".utf8))
}

/// Repeats `work` for a budget in milliseconds, and returns the shortest processor time in nanoseconds.
func shortest(_ budget: Int, _ work: () -> JSON) -> Int {
    func nanos(_ clock: clockid_t) -> Int {
        var time = timespec()
        clock_gettime(clock, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
    let until = nanos(CLOCK_MONOTONIC) + budget * 1_000_000
    var best = Int.max
    repeat {
        let begun = nanos(CLOCK_THREAD_CPUTIME_ID)
        _ = work()
        best = min(best, nanos(CLOCK_THREAD_CPUTIME_ID) - begun)
    } while nanos(CLOCK_MONOTONIC) < until
    return best
}

func run(_ suite: String, _ given: JSON) -> JSON {
    switch suite {
    case "webhook": return webhook(given)
    case "template": return template(given)
    case "phone":
        guard let phone = try? normalizePhone(text: given["input"] as? String ?? "") else { return ["error": JSON()] }
        return ["ok": phone]
    default:
        do {
            let client = given["client"] as! JSON
            if client["vendor"] as? String == "wazaj" { return try call(suite, given, wazaj(client, given)) }
            return try call(suite, given, zagely(client, given))
        } catch {
            let failed: JSON = ["error": failure(error)]
            return suite == "exchange" ? ["steps": [failed]] : failed
        }
    }
}

func zagely(_ client: JSON, _ given: JSON) throws -> ZagelyService {
    let auth: AppAuth? =
        switch client["auth"] as? String {
        case "keys": .keys
        case "both", "token_and_keys": .tokenAndKeys
        default: nil
        }
    let routes = AppRoutes(
        token: client["app_token"] as? String, auth: auth, prefix: client["app_prefix"] as? String)
    return try ZagelyService(
        publicKey: client["public_key"] as? String ?? "", secretKey: client["secret_key"] as? String ?? "",
        baseUrl: client["base_url"] as? String, appRoutes: routes, settings: settings(client, given))
}

func wazaj(_ client: JSON, _ given: JSON) throws -> WazajService {
    let auth = (client["auth"] as? String ?? "").filter { $0.isLetter || $0.isNumber }.lowercased()
    let form: ApiKeyScheme =
        switch auth {
        case "bearer", "authorizationbearer": .bearer
        case "apikey", "authorizationapikey": .apiKey
        default: .header
        }
    return try WazajService(
        apiKey: client["api_key"] as? String ?? "",
        baseUrl: client["base_url"] as? String ?? "https://transuptech.online/api/wazaj/business", apiKeyScheme: form,
        settings: settings(client, given))
}

func settings(_ client: JSON, _ given: JSON) -> Settings {
    let retry = given["retry"] as? JSON ?? [:]
    func time(_ name: String) -> Duration? { (retry[name] as? Double).map { .seconds($0 / 1000) } }
    let methods: [String: Hudhud.Method] = ["put": .put, "patch": .patch, "post": .post]
    return Settings(
        updateMethod: (client["update_method"] as? String).flatMap { methods[$0.lowercased()] },
        retry: RetryPolicy(
            maxAttempts: Int32(retry["max_attempts"] as? Int ?? 4), base: time("base_ms"), cap: time("cap_ms"),
            maxRetryAfter: time("max_wait_ms")))
}

func call<S: Service>(_ suite: String, _ given: JSON, _ service: S) throws -> JSON {
    let name = given["call"] as! String
    if suite == "response" {
        // A recorded response is decoded without the input of its call.
        return outcome {
            try NativeBridge.decode(vendor: S.vendor, call: name, response: response(given["response"] as! JSON), key: nil)
        }
    }
    let input = String(decoding: try JSONSerialization.data(withJSONObject: given["input"] ?? JSON()), as: UTF8.self)
    let (call, extra) = try service.readByName(name: name, input: input)
    let options = given["options"] as? JSON ?? [:]
    let key = options["idempotency_key"] as? String
    let methods: [String: Hudhud.Method] = ["GET": .get, "POST": .post, "PUT": .put, "PATCH": .patch, "DELETE": .delete]
    let method = (options["method"] as? String).flatMap { methods[$0] }
    let callOptions = CallOptions(idempotencyKey: key, method: method, extra: extra)
    let entropy = (options["entropy"] as? String).map(bytes)
    switch suite {
    case "request":
        // Entropy is only used for the key of an exchange: the case expects its first request.
        guard let entropy else { return sent(try service.request(call: call, options: callOptions)) }
        let handle = try service.exchange(call: call, options: callOptions, entropy: entropy)
        guard case .send(let request) = try handle.step(now: 0) else { return [:] }
        return sent(request)
    default:
        let entropy = entropy ?? Data(repeating: 7, count: 16)
        let handle = try service.exchange(call: call, options: callOptions, entropy: entropy)
        return ["steps": try exchange(given, Exchange(handle, vendor: S.vendor, call: name) { $0 })]
    }
}

/// Plays the script: each sent request gets the next event, and each wait advances the time by its exact length.
func exchange(_ given: JSON, _ exchange: Exchange<Output>) throws -> [JSON] {
    var now: UInt64 = 1_776_767_400_000
    var script = (given["script"] as? [JSON] ?? [])[...]
    var steps: [JSON] = []
    while true {
        let step: Step<Output>
        do { step = try exchange.step(now: now) } catch {
            return steps + [["error": failure(error)]]
        }
        switch step {
        case .send(let request):
            steps.append(["send": sent(request)])
            guard let event = script.popFirst() else { return steps }
            switch event["fail"] as? String {
            case nil: try exchange.receive(response(event["respond"] as! JSON), now: now)
            case "connect": try exchange.fail(.connect, now: now)
            case "timeout": try exchange.fail(.timeout, now: now)
            default: try exchange.fail(.closed, now: now)
            }
        case .wait(let duration):
            let millis = UInt64(duration / .milliseconds(1))
            steps.append(["wait_ms": millis])
            now += millis
        case .done(let response): return steps + [outcome { (response.output, response.meta) }]
        }
    }
}

func outcome(_ decoded: () throws -> (Output, Meta)) -> JSON {
    do {
        let (output, metadata) = try decoded()
        let json = try JSONSerialization.jsonObject(
            with: Data(outputAsJson(output: output).utf8), options: .fragmentsAllowed)
        return ["ok": json, "meta": meta(metadata)]
    } catch {
        return ["error": failure(error)]
    }
}

func failure(_ error: any Error) -> JSON {
    guard let failure = (error as? HudhudError)?.failure else { return ["kind": "\(error)"] }
    // The vectors have core's names.
    func name(_ field: String) -> String {
        guard failure.kind == "invalid_request" else { return field }
        return field.replacingOccurrences(of: "([A-Z])", with: "_$1", options: .regularExpression).lowercased()
    }
    let fields = Dictionary(uniqueKeysWithValues: failure.fieldErrors.map { (name($0.field), $0.messages) })
    let json: JSON = [
        "kind": failure.kind, "call": failure.call ?? NSNull(), "code": failure.code ?? NSNull(),
        "message": failure.reason, "field_errors": fields, "fields": fields,
        "required_ability": failure.requiredAbility ?? NSNull(), "safe_to_retry": failure.safeToRetry,
        "may_have_happened": failure.mayHaveHappened, "key_forgotten": failure.keyForgotten,
        "attempts": failure.attempts, "elapsed_ms": Int(failure.elapsed / .milliseconds(1)),
        "idempotency_key": failure.idempotencyKey ?? NSNull(), "text": "\(error)",
    ]
    return json.merging(failure.meta.map(meta) ?? [:]) { _, meta in meta }
}

func meta(_ meta: Meta) -> JSON {
    let limits: [String: UInt64?] = [
        "limit": meta.rateLimit.limit, "remaining": meta.rateLimit.remaining, "reset": meta.rateLimit.reset,
        "daily_limit": meta.rateLimit.dailyLimit, "daily_remaining": meta.rateLimit.dailyRemaining,
    ]
    var json: JSON = [
        "status": meta.status, "rate_limit": limits.compactMapValues { $0 }, "idempotent_replay": meta.idempotentReplay,
    ]
    json["retry_after_ms"] = meta.retryAfter.map { Int(($0 / .milliseconds(1)).rounded()) }
    json["idempotency_key"] = meta.idempotencyKey
    return json
}

func sent(_ request: Request) -> JSON {
    [
        "method": request.method, "url": request.url,
        "headers": Dictionary(uniqueKeysWithValues: request.headers.map { ($0.name.lowercased(), $0.value) }),
        "body_base64": request.body?.base64EncodedString() ?? NSNull(),
    ]
}

func response(_ given: JSON) -> Response {
    let headers = (given["headers"] as? JSON ?? [:]).map { Header(name: $0.key, value: $0.value as? String ?? "\($0.value)") }
    return Response(status: UInt16(given["status"] as! Int), headers: headers, body: body(given))
}

func webhook(_ given: JSON) -> JSON {
    do {
        let now = Date(timeIntervalSince1970: TimeInterval(given["now_s"] as? Int ?? 0))
        let webhook = try Webhook(
            secrets: given["secrets"] as? [String] ?? [], tolerance: (given["tolerance_s"] as? Int).map { .seconds($0) },
            clock: { now })
        let headers = (given["headers"] as? JSON ?? [:]).compactMapValues { $0 as? String }
        let delivery = try webhook.receive(headers: headers, body: body(given))
        let known = if case .unknown = delivery.event { false } else { true }
        return [
            "ok": [
                "event": delivery.name, "delivery_id": delivery.deliveryId ?? NSNull(),
                "occurred_at": delivery.occurredAt?.text ?? NSNull(), "secret_index": delivery.secretIndex,
                "known": known,
            ] as JSON
        ]
    } catch let refused as WebhookError {
        return ["error": ["reason": snake("\(refused.reason)"), "http_status": refused.httpStatus] as JSON]
    } catch {
        return ["error": failure(error)]
    }
}

func template(_ given: JSON) -> JSON {
    let template = Template(given["template"] as? String ?? "")
    let missing: MissingPolicy =
        switch given["missing"] as? String {
        case "keep": .keep
        case "empty": .empty
        default: .error
        }
    do {
        let text = try template.render((given["values"] as? JSON ?? [:]).mapValues(value), missing: missing)
        return ["ok": text, "variables": template.variables]
    } catch {
        return ["error": ["missing": (error as? HudhudError)?.failure.fieldErrors.map(\.field) ?? []] as JSON]
    }
}

/// Converts a JSON value to the type of the public interface.
func value(_ any: Any) -> JsonValue {
    switch any {
    case let text as String: return .text(value: text)
    case let number as NSNumber:
        if isBoolean(number) { return .bool(value: number.boolValue) }
        if let whole = Int64(exactly: number), !isFloat(number) { return .int(value: whole) }
        return isFloat(number) ? .double(value: number.doubleValue) : .digits(text: "\(number)")
    case let items as [Any]: return .array(items: items.map(value))
    case let members as JSON: return .object(members: members.mapValues(value))
    default: return .null
    }
}

/// Returns true for a boolean. Foundation uses the same type for numbers and booleans.
func isBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }

/// Returns true for a number that Foundation does not hold as an integer.
func isFloat(_ number: NSNumber) -> Bool { ["d", "f"].contains(String(cString: number.objCType)) }

func body(_ of: JSON) -> Data {
    if let text = of["body"] as? String { return Data(text.utf8) }
    if let text = of["body_base64"] as? String { return Data(base64Encoded: text) ?? Data() }
    guard let json = of["body_json"] else { return Data() }
    return (try? JSONSerialization.data(withJSONObject: json, options: [.fragmentsAllowed])) ?? Data()
}

func bytes(_ hex: String) -> Data {
    let digits = Array(hex)
    return Data(stride(from: 0, to: digits.count - 1, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) })
}

/// Converts `missingHeader` to `missing_header`.
func snake(_ name: String) -> String {
    name.reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
}
