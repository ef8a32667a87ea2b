// Random bodies, valid and invalid, for the answers of all calls. The shapes come from the generated `answers.json`, so
// that new calls of the catalog are tested without changes here.
import Foundation
import Hudhud

/// The shapes of the answers, of the vendors' errors and of a delivery.
struct Shapes: Decodable {
    /// A call with the shape of its output.
    struct Call: Decodable {
        let vendor: String
        let call: String
        let output: Shape
    }

    /// The shape of a value.
    final class Shape: Decodable {
        struct Field: Decodable {
            let name: String
            let shape: Shape
        }

        let kind: String
        let item: Shape?
        let fields: [Field]?
        let values: [String]?
    }

    let calls: [Call]
    let failure: Shape
    let delivery: Shape

    static func read() throws -> Shapes {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("answers.json")
        return try JSONDecoder().decode(Shapes.self, from: Data(contentsOf: file))
    }
}

/// Generates bodies from a seed, so that a failure can be repeated (SplitMix64).
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    private mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &self) }
    private mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }
    private mutating func some(_ count: Int, _ make: (inout Seeded) -> String) -> [String] {
        var all: [String] = []
        for _ in 0..<below(count) { all.append(make(&self)) }
        return all
    }

    /// Returns a response to a call. Most of them can be decoded.
    mutating func response(_ output: Shapes.Shape, _ shapes: Shapes) -> Response {
        let status: UInt16 = [200, 200, 200, 201, 202, 204, 302, 401, 404, 422, 429, 500, 503][below(13)]
        let shape = status >= 400 && !oneIn(4) ? shapes.failure : output
        let all = [
            ("Content-Type", "application/json"), ("Retry-After", "7"), ("x-ratelimit-limit", "60"),
            ("X-RateLimit-Remaining", "many"), ("Idempotent-Replayed", "true"),
        ]
        var headers: [Header] = []
        for (name, value) in all where !oneIn(3) { headers.append(Header(name: name, value: value)) }
        return Response(status: status, headers: headers, body: body(shape))
    }

    /// Returns a body of this shape. Some bodies have another shape, and some are damaged.
    mutating func body(_ shape: Shapes.Shape) -> Data {
        let bare = write(shape)
        switch below(16) {
        case 0: return Data(any(4).utf8)
        case 1, 2: return broken(Data(bare.utf8))
        case 3, 4: return Data(#"{"data":\#(bare),"beside":\#(any(1))}"#.utf8)
        case 5: return Data(" \n\(bare)\t".utf8)
        case 6: return Data()
        default: return Data(bare.utf8)
        }
    }

    /// Returns a damaged copy of the bytes.
    mutating func broken(_ bytes: Data) -> Data {
        if bytes.isEmpty { return Data([UInt8(below(256))]) }
        let at = below(bytes.count)
        switch below(4) {
        case 0: return bytes.prefix(at)
        case 1: return bytes.prefix(at) + [UInt8(below(256))] + bytes.dropFirst(at + 1)
        case 2: return bytes.prefix(at) + bytes.dropFirst(at + 1 + below(8))
        default: return bytes.prefix(at) + bytes.dropFirst(below(at + 1))
        }
    }

    private mutating func write(_ shape: Shapes.Shape) -> String {
        if oneIn(24) { return any(2) }
        switch shape.kind {
        case "model":
            var members: [String] = []
            for field in shape.fields ?? [] where !oneIn(6) { members.append("\(name(field.name)):\(write(field.shape))") }
            if oneIn(4) { members += some(3) { "\"new\":\($0.any(2))" } }
            if oneIn(12), let again = members.randomElement(using: &self) { members.append(again) }
            if oneIn(3) { members.shuffle(using: &self) }
            return "{" + members.joined(separator: ",") + "}"
        case "list": return "[" + some(4) { $0.write(shape.item!) }.joined(separator: ",") + "]"
        case "enum": return oneIn(4) ? leaf("text") : "\"\(shape.values!.randomElement(using: &self)!)\""
        case "json": return any(3)
        case "object": return "{" + some(4) { $0.name("member") + ":" + $0.any(2) }.joined(separator: ",") + "}"
        default: return leaf(shape.kind)
        }
    }

    /// Returns a leaf of a kind. Invalid JSON is rare, because a decoder stops at it.
    private mutating func leaf(_ kind: String) -> String {
        (oneIn(300) ? Self.nonsense : Self.leaves[kind]!).randomElement(using: &self)!
    }

    /// Returns a name as JSON, sometimes with an escape sequence.
    private mutating func name(_ name: String) -> String {
        let first = String(name.utf8.first!, radix: 16)
        return oneIn(16) ? "\"\\u00\(first)\(name.dropFirst())\"" : "\"\(name)\""
    }

    /// Returns arbitrary JSON, with the vendors' field names and other names.
    mutating func any(_ depth: Int) -> String {
        switch below(depth == 0 ? 5 : 9) {
        case 0: return "null"
        case 1: return oneIn(2) ? "true" : "false"
        case 2: return leaf("integer")
        case 3: return "\(Double.random(in: -1e9...1e9, using: &self))"
        case 4: return leaf("text")
        case 5, 6: return "[" + some(4) { $0.any(depth - 1) }.joined(separator: ",") + "]"
        default:
            let names = ["data", "id", "name", "tags", "current_page", "custom_fields", "event", "extra", "é\\u00e9", "groups"]
            let members = some(5) { "\"\(names[$0.below(names.count)])\":" + $0.any(depth - 1) }
            return "{" + members.joined(separator: ",") + "}"
        }
    }

    private static let nonsense = ["1e400", #""\ud83d""#, "01", "nul", "\"\u{1}\"", "'c-1'"]
    private static let leaves = [
        "text": [
            "\"\"", #""Jane Doe""#, #""+15551234567""#, #""message.received""#, #""👋 é""#, #""a\"b\\c\n""#,
            #""\ud83d\udc4b\u0000""#, #"" x ""#, "null", "5",
        ],
        "id": [#""c-1""#, #""11111111-2222-3333-4444-555555555555""#, "\"\"", "7", "null", #""\u0063-1""#],
        "timestamp": [#""2026-04-21T10:30:00Z""#, #""2026-04-21T10:30:00.123456+02:00""#, #""soon""#, "null", "0"],
        "date": [#""2026-04-21""#, #""0000-00-00""#, "null"],
        "integer": [
            "0", "1", "-1", "60", "9223372036854775807", "9223372036854775808", "18446744073709551615",
            "-9223372036854775809", "5.0", "5.5", "1e3", #""5""#, "null", "123456789012345678901234567890",
        ],
        "number": ["0", "-0.0", "1.5", "1e-7", "0.1234567890123456789", "99.9", #""1.5""#, "null"],
        "boolean": ["true", "false", "0", "1", #""1""#, #""yes""#, "null"],
    ]
}
