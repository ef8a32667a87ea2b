// The faster way into the native library, for what runs often: one call of C on the bytes as they are.
//
// UniFFI's own way makes every value of an answer three times. `src/c.rs` is the other half; both go when UniFFI is as
// fast.
import CHudhud
import Foundation

enum Door {
    /// The reply in a response to a call.
    static func decode(vendor: String, call: String, response: Response, key: String?) throws -> (Answer, Meta) {
        var head: [UInt8] = []
        head.reserveCapacity(64 + response.headers.count * 48)
        put(UInt32(response.status), to: &head)
        put(key == nil ? 0 : 1, to: &head)
        put(vendor, to: &head)
        put(call, to: &head)
        if let key { put(key, to: &head) }
        for header in response.headers {
            put(header.name, to: &head)
            put(header.value, to: &head)
        }
        return try response.body.withUnsafeBytes { body in
            let told = hudhud_door_decode(head, UInt(head.count), body.bindMemory(to: UInt8.self).baseAddress, UInt(body.count))
            return try reading(told, body) { ($0.answer(vendor, call), $0.meta) }
        }
    }

    /// A value on a tape, or the error that stands in its place.
    fileprivate static func reading<T>(
        _ told: HudhudTold, _ body: UnsafeRawBufferPointer, _ read: (Tape) -> T
    ) throws -> T {
        defer { hudhud_door_free(told) }
        try check(told)
        let bytes = UnsafeRawBufferPointer(start: told.data, count: Int(told.bytes))
        return read(Tape(cells: bytes.bindMemory(to: Int32.self), body: body))
    }

    fileprivate static func check(_ told: HudhudTold) throws {
        let data = Data(bytes: told.data, count: told.kind < 2 ? 0 : Int(told.bytes))
        switch told.kind {
        case 2:
            var reader = (data: data, offset: data.startIndex)
            throw try FfiConverterTypeHudhudError.read(from: &reader)
        case 3: preconditionFailure(String(decoding: data, as: UTF8.self))
        default: break
        }
    }

    fileprivate static func put(_ number: UInt32, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    fileprivate static func put(_ text: String, to bytes: inout [UInt8]) {
        put(UInt32(text.utf8.count), to: &bytes)
        bytes.append(contentsOf: text.utf8)
    }
}

/// One webhook's secrets, behind the door.
final class Verifier: Sendable {
    private let number: Int64

    init(secrets: [String], tolerance: UInt64?) throws {
        var bytes: [UInt8] = []
        for secret in secrets { Door.put(secret, to: &bytes) }
        let told = hudhud_door_new_verifier(tolerance.map { Int64(clamping: $0) } ?? -1, bytes, UInt(bytes.count))
        defer { hudhud_door_free(told) }
        try Door.check(told)
        number = Int64(bigEndian: UnsafeRawPointer(told.data).loadUnaligned(as: Int64.self))
    }

    deinit { hudhud_door_free_verifier(number) }

    /// Headers by their names, as far as they are looked at.
    func verify(headers: [(name: String, value: String)], body: Data, now: Int64) -> Verification {
        var head: [UInt8] = []
        head.reserveCapacity(192)
        for header in headers {
            Door.put(header.name, to: &head)
            Door.put(header.value, to: &head)
        }
        return body.withUnsafeBytes { body in
            // Once its number is read nothing else needs this, and `deinit` would free what the number stands for.
            let told = withExtendedLifetime(self) {
                hudhud_door_verify(
                    number, head, UInt(head.count), body.bindMemory(to: UInt8.self).baseAddress, UInt(body.count), now)
            }
            do { return try Door.reading(told, body) { $0.verification } } catch {
                preconditionFailure("verifying throws nothing")
            }
        }
    }
}
