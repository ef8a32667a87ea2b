// Reads Swift values from a tape: the flat array of integers in which core describes a decoded body.
//
// The format of its cells is documented in `bindings-uniffi/src/tape/mod.rs`. This file reads simple values. The
// generated `Tapes.swift` has the readers for the types of the catalog. A tape refers to text in the body, so it must not
// outlive the body.
import Foundation

struct Tape {
    let cells: UnsafeBufferPointer<Int32>
    let body: UnsafeRawBufferPointer
    /// The text that does not occur literally in the body.
    let more: UnsafeRawBufferPointer

    init(cells: UnsafeBufferPointer<Int32>, body: UnsafeRawBufferPointer) {
        self.cells = cells
        self.body = body
        more = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: cells[Int(cells[0])...]))
    }

    /// Reads from a tape in the bytes that UniFFI passes.
    static func reading<T>(_ tape: Data, _ body: Data, _ read: (Tape) -> T) -> T {
        tape.withUnsafeBytes { tape in
            body.withUnsafeBytes { read(Tape(cells: tape.bindMemory(to: Int32.self), body: $0)) }
        }
    }

    func slot(_ at: Int) -> Int { Int(cells[at]) }

    func text(_ at: Int) -> String? { at == 0 ? nil : textAt(at) }

    private func textAt(_ at: Int) -> String {
        let (from, length) = (slot(at), slot(at + 1))
        let (bytes, start) = from < body.count ? (body, from) : (more, from - body.count)
        // A release build does not check the bounds of a slice.
        precondition(start >= 0 && length >= 0 && length <= bytes.count - start, "the tape does not belong to this body")
        return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[start..<start + length]), as: UTF8.self)
    }

    private func bits(_ at: Int) -> UInt64 {
        UInt64(UInt32(bitPattern: cells[at])) << 32 | UInt64(UInt32(bitPattern: cells[at + 1]))
    }

    /// Returns a non-negative integer.
    func count(_ at: Int) -> UInt64? { at == 0 || cells[at] != 0 ? nil : bits(at + 1) }

    /// Returns an integer that fits into an Int64.
    func whole(_ at: Int) -> Int64? {
        at == 0 || (cells[at] == 0 && cells[at + 1] < 0) ? nil : Int64(bitPattern: bits(at + 1))
    }

    func number(_ at: Int) -> Double? { at == 0 ? nil : Double(bitPattern: bits(at + 1)) }

    func flag(_ slot: Int) -> Bool? { slot == 0 ? nil : slot == 2 }

    func list<T>(_ at: Int, _ read: (Int) -> T) -> [T] {
        let count = at == 0 ? 0 : slot(at)
        if count == 0 { return [] }
        return [T](unsafeUninitializedCapacity: count) { items, made in
            for item in 0..<count {
                (items.baseAddress! + item).initialize(to: read(slot(at + 1 + item)))
                made += 1
            }
        }
    }

    func members(_ at: Int) -> [String: JsonValue] {
        let count = at == 0 ? 0 : slot(at)
        if count == 0 { return [:] }
        var members = [String: JsonValue](minimumCapacity: count)
        for member in stride(from: at + 1, to: at + 1 + 3 * count, by: 3) {
            members[textAt(member)] = json(slot(member + 2)) ?? .null
        }
        return members
    }

    /// Returns a JSON value without a declared type. In slot 0 the value is absent: the result is nil, which callers that need a
    /// value replace with `null`.
    func json(_ at: Int) -> JsonValue? {
        if at == 0 { return nil }
        switch cells[at] {
        case 1: return .bool(value: false)
        case 2: return .bool(value: true)
        case 3: return .int(value: Int64(bitPattern: bits(at + 1)))
        case 4: return .double(value: Double(bitPattern: bits(at + 1)))
        case 5: return .digits(text: textAt(at + 1))
        case 6: return .text(value: textAt(at + 1))
        case 7: return .array(items: list(slot(at + 1)) { json($0) ?? .null })
        default: return .object(members: members(slot(at + 1)))
        }
    }

    /// Returns the output to a call of a vendor.
    func output(_ vendor: String, _ call: String) -> Output {
        if call == Self.byRoute { return .json(value: json(slot(1)) ?? .null) }
        return vendor == WazajService.vendor ? wazaj(call, slot(1)) : zagely(call, slot(1))
    }

    /// The name of every call by route.
    static let byRoute = "request"

    /// The metadata of a response.
    var meta: Meta {
        let limits = RateLimit(
            limit: count(slot(3)), remaining: count(slot(4)), reset: count(slot(5)), dailyLimit: count(slot(6)),
            dailyRemaining: count(slot(7)))
        let wait = count(slot(8)).map { Duration.seconds(Int64(clamping: $0)) + .nanoseconds(Int64(slot(9))) }
        return Meta(
            status: UInt16(cells[2]), rateLimit: limits, retryAfter: wait, idempotentReplay: cells[10] != 0,
            idempotencyKey: text(slot(11)))
    }

    /// The result of verifying a delivery.
    var verification: Verification {
        if cells[1] == 0 {
            return .refused(reason: WebhookErrorReason.allCases[slot(2)], httpStatus: UInt16(cells[3]), hint: text(slot(4))!)
        }
        let name = text(slot(4))!
        return .verified(
            delivery: VerifiedDelivery(
                event: event(slot(2), name, slot(3)), name: name, tenantId: text(slot(5)), deliveryId: text(slot(6)),
                occurredAt: text(slot(7)).map(Timestamp.init(text:)), extra: members(slot(8)),
                secretIndex: UInt32(bitPattern: cells[9]), signedAt: Int64(count(slot(10))!), replayKey: text(slot(11))!,
                deduplicateUntil: count(slot(12)).map { Int64(clamping: $0) }))
    }
}
