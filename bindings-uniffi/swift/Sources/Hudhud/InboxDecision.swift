// The decisions of core about a delivery. Core returns the bytes of a step, which `src/inbox.rs` of the native library describes.
import CHudhud
import Foundation

/// A decision about a delivery. Times are in milliseconds.
struct InboxDecision: Sendable {
    /// The outcome of a delivery that is not handled, or `nil` if the event must be handled.
    let refusal: InboxOutcome?
    /// The change to store before the event is handled or the response is sent, if there is one.
    let change: InboxChange?
    /// The number of the attempt, from 1.
    let attempt: Int
    /// The fencing token.
    let token: Int64
    /// The end of the lease.
    let leaseEnd: Int64
    /// The time after which another delivery can succeed, in whole seconds, if it is known.
    let retryAfter: Duration?
    private let maxAttempts: Int64

    /// Decides about a delivery. `stored` is the stored entry of its key.
    init(
        isTransactional: Bool, lease: Int64, maxAttempts: Int64, stored: Data?, deduplicateUntil: Int64?, now: Int64
    ) throws {
        // Each of the two numbers is one use of the system's random numbers.
        let holder: (UInt64, UInt64) = (.random(in: 0 ... .max), .random(in: 0 ... .max))
        let result = withUnsafeBytes(of: holder) { holder in
            (stored ?? Data()).withUnsafeBytes { entry in
                hudhud_inbox_claim(
                    isTransactional ? 1 : 0, lease, maxAttempts, stored == nil ? 0 : 1,
                    entry.bindMemory(to: UInt8.self).baseAddress, UInt(entry.count), deduplicateUntil.map { max($0, 0) } ?? -1,
                    holder.bindMemory(to: UInt8.self).baseAddress!, now)
            }
        }
        try self.init(result, maxAttempts: maxAttempts)
    }

    /// Reads a step, and releases it.
    private init(_ result: HudhudResult, maxAttempts: Int64) throws {
        defer { hudhud_free(result) }
        try NativeBridge.check(result)
        let step = UnsafeRawBufferPointer(start: result.data, count: Int(result.bytes))
        func number(_ at: Int) -> Int64 { Int64(bigEndian: step.loadUnaligned(fromByteOffset: at, as: Int64.self)) }
        refusal = [nil, .duplicate, .busy, .tooEarly, .poisoned][Int(step[0])]
        attempt = Int(UInt32(bigEndian: step.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
        let wait = number(8)
        retryAfter = wait < 0 ? nil : .seconds((wait + 999) / 1000)
        (token, leaseEnd) = (number(16), number(24))
        let forgetAt = number(32)
        // The new entry begins at 40, and the expected one at 94.
        func entry(_ at: Int) -> Data { Data(bytes: step.baseAddress! + at, count: 54) }
        change =
            step.count == 40
            ? nil
            : InboxChange(
                expected: step.count == 94 ? nil : entry(94), entry: entry(40),
                status: ["leased", "failed", "done", "poisoned"][Int(step[1])],
                forgetAt: forgetAt < 0 ? nil : Date(timeIntervalSince1970: Double(forgetAt) / 1000))
        self.maxAttempts = maxAttempts
    }

    /// The ends of an attempt, by their numbers in core.
    enum End: Int32 {
        case done, failed, poisoned
    }

    /// Returns the change after the end of an attempt, or `nil` after the success of a transactional attempt.
    func change(after end: End, now: Int64) throws -> InboxChange? {
        guard let change else { return nil }
        let result = change.entry.withUnsafeBytes { entry in
            (change.expected ?? Data()).withUnsafeBytes { expected in
                hudhud_inbox_end(
                    end.rawValue, entry.bindMemory(to: UInt8.self).baseAddress, UInt(entry.count),
                    expected.bindMemory(to: UInt8.self).baseAddress, UInt(expected.count), maxAttempts, now)
            }
        }
        return try InboxDecision(result, maxAttempts: maxAttempts).change
    }
}

/// Returns the key under which a store keeps the event of this replay key.
func storageKey(_ replayKey: String) -> String {
    var replayKey = replayKey
    let result = replayKey.withUTF8 { hudhud_inbox_key($0.baseAddress, UInt($0.count)) }
    defer { hudhud_free(result) }
    return String(decoding: UnsafeBufferPointer(start: result.data, count: Int(result.bytes)), as: UTF8.self)
}
