// The direct C interface to the native library, for the functions that run often. It passes bytes without copies.
//
// UniFFI creates every value of an output three times. The Rust side is in `src/c.rs`. Both files can be deleted when
// UniFFI is as fast.
import CHudhud
import Foundation

enum NativeBridge {
    /// Decodes the response to a call.
    static func decode(vendor: String, call: String, response: Response, key: String?) throws -> (Output, Meta) {
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
            let result = hudhud_decode(head, UInt(head.count), body.bindMemory(to: UInt8.self).baseAddress, UInt(body.count))
            return try reading(result, body) { ($0.output(vendor, call), $0.meta) }
        }
    }

    /// Reads a value from a tape, or throws the error that the native library returned instead.
    fileprivate static func reading<T>(
        _ result: HudhudResult, _ body: UnsafeRawBufferPointer, _ read: (Tape) -> T
    ) throws -> T {
        defer { hudhud_free(result) }
        try check(result)
        let bytes = UnsafeRawBufferPointer(start: result.data, count: Int(result.bytes))
        return read(Tape(cells: bytes.bindMemory(to: Int32.self), body: body))
    }

    static func check(_ result: HudhudResult) throws {
        let data = Data(bytes: result.data, count: result.kind < 2 ? 0 : Int(result.bytes))
        switch result.kind {
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

/// A handle of the secrets of one webhook, which the native library holds.
final class Verifier: Sendable {
    private let number: Int64

    init(secrets: [String], tolerance: UInt64?) throws {
        var bytes: [UInt8] = []
        for secret in secrets { NativeBridge.put(secret, to: &bytes) }
        let result = hudhud_new_verifier(tolerance.map { Int64(clamping: $0) } ?? -1, bytes, UInt(bytes.count))
        defer { hudhud_free(result) }
        try NativeBridge.check(result)
        number = Int64(bigEndian: UnsafeRawPointer(result.data).loadUnaligned(as: Int64.self))
    }

    deinit { hudhud_free_verifier(number) }

    /// Verifies a delivery. `headers` needs only the headers that `webhookHeaders()` names.
    func verify(headers: [(name: String, value: String)], body: Data, now: Int64) -> Verification {
        var head: [UInt8] = []
        head.reserveCapacity(192)
        for header in headers {
            NativeBridge.put(header.name, to: &head)
            NativeBridge.put(header.value, to: &head)
        }
        return body.withUnsafeBytes { body in
            // Without this, `deinit` could run after `number` is read, and free the native verifier during the call.
            let result = withExtendedLifetime(self) {
                hudhud_verify(
                    number, head, UInt(head.count), body.bindMemory(to: UInt8.self).baseAddress, UInt(body.count), now)
            }
            do { return try NativeBridge.reading(result, body) { $0.verification } } catch {
                preconditionFailure("verify returned an error instead of a verification")
            }
        }
    }
}
