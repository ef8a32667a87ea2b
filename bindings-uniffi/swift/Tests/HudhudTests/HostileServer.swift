// A server for the tests of the transport. It records the complete requests, and sends prepared responses.
import Foundation

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A server on loopback. It answers each request with the next prepared bytes. After the last of them it closes each
/// connection without a response.
final class HostileServer: @unchecked Sendable {
    private let lock = NSLock()
    private var listener: Int32
    private var answers: [Data]
    private var read: [String] = []
    private let drip: TimeInterval
    private let port: UInt16
    private let closesItself: Bool
    private let closesAfter: Bool

    /// - Parameters:
    ///   - answers: the bytes of the responses. The connection stays open after each.
    ///   - drip: the seconds to wait before each byte of a response.
    ///   - closesItself: true to refuse new connections once the responses are used up.
    ///   - closesAfter: true to close the connection after each response.
    init(
        _ answers: [String] = [], drip: TimeInterval = 0, closesItself: Bool = false, closesAfter: Bool = false
    ) throws {
        self.answers = answers.map { Data($0.utf8) }
        self.drip = drip
        self.closesItself = closesItself
        self.closesAfter = closesAfter
        #if canImport(Glibc)
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let listener = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, SOMAXCONN) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard bound else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                Thread.detachNewThread { [self] in serve(connection) }
            }
        }
    }

    var url: String { "http://127.0.0.1:\(port)" }
    /// The request lines of the complete requests.
    var requests: [String] { lock.withLock { read } }

    /// Stops the server.
    func close() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func serve(_ connection: Int32) {
        defer { _ = end(connection) }
        while let line = request(connection) {
            let answer: Data? = lock.withLock {
                read.append(line)
                return answers.isEmpty ? nil : answers.removeFirst()
            }
            guard let answer else {
                if closesItself { close() }
                return
            }
            for piece in drip > 0 ? answer.map({ Data([$0]) }) : [answer] {
                if drip > 0 { Thread.sleep(forTimeInterval: drip) }
                guard put(piece, connection) else { return }
            }
            if closesAfter { return }
        }
    }

    /// Returns the request line of the next complete request, or `nil` if the connection ends before.
    private func request(_ connection: Int32) -> String? {
        var received = Data()
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            if let end = received.range(of: Data("\r\n\r\n".utf8)) {
                let lines = String(decoding: received[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
                let length = lines.first { $0.lowercased().hasPrefix("content-length:") }
                let wanted = length.flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
                if received.count >= end.upperBound + wanted { return lines[0] }
            }
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            received.append(contentsOf: buffer[..<count])
        }
    }

    private func put(_ data: Data, _ connection: Int32) -> Bool {
        #if canImport(Glibc)
        let flags = Int32(MSG_NOSIGNAL)
        #else
        let flags: Int32 = 0
        #endif
        return data.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, flags) } == data.count
    }

    private func end(_ connection: Int32) -> Int32 {
        #if canImport(Glibc)
        Glibc.close(connection)
        #else
        Darwin.close(connection)
        #endif
    }
}
