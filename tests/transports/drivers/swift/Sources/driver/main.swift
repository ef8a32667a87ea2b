// The driver of the transport tests for Swift. It reads one case per line and writes one outcome per line.
import Foundation
import Hudhud

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A case from the runner.
struct Case: Decodable, Sendable {
    let id: Int
    let vendor: String
    let call: String
    let base_url: String
    let ca_file: String?
    let proxy: String?
    let timeout_ms: Double
    let max_attempts: Int32
    let max_response_bytes: Int?
    let warm_up: Int
}

/// The outcome of a case.
struct Outcome: Sendable {
    var outcome: String
    var kind: String?
    var fault: String?
    var status: Int?
    var elapsed = 0.0
    /// JSON text.
    var output: String?
    var shown: String?
    var warmUpFailed: String?
}

let output = Output()
output.write(["ready": true, "transports": [["name": "URLSession", "version": version()]]])
await withTaskGroup(of: Void.self) { cases in
    while let line = readLine(strippingNewline: true) {
        let data = Data(line.utf8)
        guard let given = try? JSONDecoder().decode(Case.self, from: data),
            let whole = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
            let input = try? JSONSerialization.data(withJSONObject: whole["input"] ?? [String: Any]())
        else { fatalError("expected a case: \(line)") }
        let text = String(decoding: input, as: UTF8.self)
        cases.addTask { output.write(given.id, await outcome(of: given, input: text)) }
    }
}

/// Returns the version of Swift, which determines the versions of Foundation and libcurl.
func version() -> String {
    #if swift(>=6.2)
    "Swift 6.2"
    #elseif swift(>=6.1)
    "Swift 6.1"
    #else
    "Swift 6.0"
    #endif
}

func outcome(of given: Case, input: String) async -> Outcome {
    let transport: URLSessionTransport
    do { transport = try limited(by: given) } catch { return Outcome(outcome: "foreign", shown: shown(error)) }
    let retry = RetryPolicy(maxAttempts: given.max_attempts, base: .milliseconds(20), cap: .milliseconds(50), maxRetryAfter: .seconds(1))
    let settings = Settings(retry: retry)
    var origin = URLComponents(string: given.base_url)!
    origin.path = ""
    func zagely(at address: String) throws -> Zagely {
        try Zagely(
            publicKey: "pk_transports", secretKey: "sk_transports", transport: transport, baseURL: address,
            settings: settings)
    }
    for _ in 0..<given.warm_up {
        do { _ = try await zagely(at: origin.string!).callByName("account.health") } catch {
            return Outcome(outcome: "error", warmUpFailed: shown(error))
        }
    }
    let begun = Date()
    var outcome: Outcome
    do {
        let reply: ApiResponse<Hudhud.Output>
        if given.vendor == "wazaj" {
            let wazaj = try Wazaj(
                apiKey: "wzj_transports", baseURL: given.base_url, transport: transport, settings: settings)
            reply = try await wazaj.callByName(given.call, input: input)
        } else {
            reply = try await zagely(at: given.base_url).callByName(given.call, input: input)
        }
        outcome = Outcome(outcome: "ok", status: Int(reply.meta.status), output: outputAsJson(output: reply.output))
    } catch let error as HudhudError {
        let failure = error.failure
        outcome = Outcome(
            outcome: "error", kind: failure.kind, fault: failure.transportFault.map { "\($0)" },
            status: failure.meta.map { Int($0.status) }, shown: shown(error))
    } catch {
        outcome = Outcome(outcome: "foreign", shown: shown(error))
    }
    outcome.elapsed = Date().timeIntervalSince(begun)
    return outcome
}

func limited(by given: Case) throws -> URLSessionTransport {
    let configuration = URLSessionConfiguration.ephemeral
    if let proxy = given.proxy.flatMap(URLComponents.init(string:)), let host = proxy.host {
        let port = proxy.port ?? 80
        configuration.connectionProxyDictionary = [
            "HTTPEnable": 1, "HTTPProxy": host, "HTTPPort": port, "HTTPSEnable": 1, "HTTPSProxy": host, "HTTPSPort": port,
        ]
    }
    let timeout = Duration.seconds(given.timeout_ms / 1000)
    guard let most = given.max_response_bytes else {
        return try URLSessionTransport(configuration: configuration, timeout: timeout, caFile: given.ca_file)
    }
    return try URLSessionTransport(
        configuration: configuration, timeout: timeout, maxResponseBytes: most, caFile: given.ca_file)
}

/// Returns everything that a user can see of an error.
func shown(_ error: any Error) -> String {
    var dumped = ""
    dump(error, to: &dumped)
    return [String(describing: error), String(reflecting: error), error.localizedDescription, dumped].joined(separator: "\n")
}

/// Writes lines to standard output, one at a time.
final class Output: @unchecked Sendable {
    private let lock = NSLock()

    func write(_ line: [String: Any]) {
        guard let data = try? JSONSerialization.data(withJSONObject: line) else { fatalError("not JSON: \(line)") }
        lock.withLock { FileHandle.standardOutput.write(data + Data("\n".utf8)) }
    }

    func write(_ id: Int, _ outcome: Outcome) {
        let output = outcome.output.flatMap {
            try? JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed)
        }
        var line: [String: Any] = [
            "id": id, "outcome": outcome.outcome, "kind": outcome.kind ?? NSNull(), "fault": outcome.fault ?? NSNull(),
            "status": outcome.status ?? NSNull(), "elapsed_ms": Int(outcome.elapsed * 1000), "output": output ?? NSNull(),
            "shown": outcome.shown ?? NSNull(),
        ]
        line["warm_up_failed"] = outcome.warmUpFailed
        write(line)
    }
}
