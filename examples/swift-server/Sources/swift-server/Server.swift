// As much of an HTTP server as an example needs: one request for each connection, on loopback.
import Foundation

#if canImport(Glibc)
import Glibc
private let stream = Int32(SOCK_STREAM.rawValue)
#else
import Darwin
private let stream = SOCK_STREAM
#endif

/// Listens on a port, 0 for any free one, and gives the one it has.
func listen(port: UInt16, answer: @escaping @Sendable ([String: String], Data) async -> Int) throws -> UInt16 {
    let listener = socket(AF_INET, stream, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bind(listener, address, length) == 0 && Foundation.listen(listener, 16) == 0
                && getsockname(listener, address, &length) == 0
        }
    }
    guard bound else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    Thread.detachNewThread {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { continue }
            Thread.detachNewThread { serve(connection, answer) }
        }
    }
    return UInt16(bigEndian: address.sin_port)
}

private func serve(_ connection: Int32, _ answer: @escaping @Sendable ([String: String], Data) async -> Int) {
    var received = Data()
    var buffer = [UInt8](repeating: 0, count: 65536)
    var headers: [String: String]?
    var bodyStart = 0
    while true {
        if headers == nil, let end = received.range(of: Data("\r\n\r\n".utf8)) {
            bodyStart = end.upperBound
            let lines = String(decoding: received[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
            headers = Dictionary(
                lines.dropFirst().compactMap { line in
                    line.firstIndex(of: ":").map {
                        (line[..<$0].lowercased(), line[line.index(after: $0)...].trimmingCharacters(in: .whitespaces))
                    }
                }, uniquingKeysWith: { first, _ in first })
        }
        if let length = headers.map({ Int($0["content-length"] ?? "") ?? 0 }), received.count >= bodyStart + length { break }
        let count = recv(connection, &buffer, buffer.count, 0)
        guard count > 0 else { break }
        received.append(contentsOf: buffer[..<count])
    }
    let (head, body) = (headers ?? [:], Data(received.dropFirst(bodyStart)))
    Task {
        let status = await answer(head, body)
        let text = "HTTP/1.1 \(status) -\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        _ = text.withCString { send(connection, $0, strlen($0), 0) }
        close(connection)
    }
}
