// A minimal HTTP server for the example: one request for each connection, on loopback.
import Foundation

#if canImport(Glibc)
import Glibc
private let stream = Int32(SOCK_STREAM.rawValue)
#else
import Darwin
private let stream = SOCK_STREAM
#endif

/// The limits that a server on the internet needs.
struct Limits: Sendable {
    /// The largest body. Deliveries are far smaller.
    var bodyBytes = 1 << 20
    var headBytes = 64 << 10
    /// The longest time that one request may take to arrive.
    var seconds: TimeInterval = 10
    /// The names of required headers, in lower case. Without them no body is read.
    var needed: [String] = []
}

/// Listens on a port (0 for any free port), and returns the number of the port.
func listen(
    port: UInt16, limits: Limits, answer: @escaping @Sendable ([String: String], Data) async -> Int
) throws -> UInt16 {
    let listener = socket(AF_INET, stream, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bind(listener, address, length) == 0 && Foundation.listen(listener, SOMAXCONN) == 0
                && getsockname(listener, address, &length) == 0
        }
    }
    guard bound else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    Thread.detachNewThread {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { continue }
            Thread.detachNewThread {
                switch read(connection, limits) {
                case .refused(let status): end(connection, status)
                case .whole(let headers, let body): Task { end(connection, await answer(headers, body)) }
                }
            }
        }
    }
    return UInt16(bigEndian: address.sin_port)
}

private enum Received {
    case whole([String: String], Data)
    case refused(Int)
}

/// Reads one request, or stops as soon as it must be refused.
private func read(_ connection: Int32, _ limits: Limits) -> Received {
    let end = Date().addingTimeInterval(limits.seconds)
    var received = Data()
    /// Reads the next bytes. Returns false if none come in time.
    func more() -> Bool {
        let left = end.timeIntervalSinceNow
        guard left > 0 else { return false }
        var wait = timeval()
        wait.tv_sec = Int(left)
        wait.tv_usec = 1 + numericCast(Int((left - left.rounded(.down)) * 999_998))
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        let count = recv(connection, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        received.append(contentsOf: buffer[..<count])
        return true
    }
    var headEnd = received.range(of: Data("\r\n\r\n".utf8))
    while headEnd == nil {
        if received.count > limits.headBytes { return .refused(431) }
        guard more() else { return .refused(408) }
        headEnd = received.range(of: Data("\r\n\r\n".utf8))
    }
    guard let headEnd, headEnd.lowerBound <= limits.headBytes else { return .refused(431) }
    let lines = String(decoding: received[..<headEnd.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    let pairs = lines.dropFirst().compactMap { line in
        line.firstIndex(of: ":").map {
            (line[..<$0].lowercased(), line[line.index(after: $0)...].trimmingCharacters(in: .whitespaces))
        }
    }
    let headers = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    // Refuse a request without the signature headers before its body uses memory.
    guard limits.needed.allSatisfy({ headers[$0] != nil }) else { return .refused(400) }
    guard headers["transfer-encoding"] == nil, let length = UInt64(headers["content-length"] ?? "0") else {
        return .refused(411)
    }
    guard length <= UInt64(limits.bodyBytes) else { return .refused(413) }
    while received.count < headEnd.upperBound + Int(length) {
        guard more() else { return .refused(408) }
    }
    return .whole(headers, received.subdata(in: headEnd.upperBound..<headEnd.upperBound + Int(length)))
}

private func end(_ connection: Int32, _ status: Int) {
    let text = "HTTP/1.1 \(status) -\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    // Without this, a write to a closed connection would end the program.
    #if canImport(Glibc)
    _ = text.withCString { send(connection, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
    #else
    var yes: Int32 = 1
    setsockopt(connection, SOL_SOCKET, SO_NOSIGPIPE, &yes, socklen_t(MemoryLayout<Int32>.size))
    _ = text.withCString { send(connection, $0, strlen($0), 0) }
    #endif
    // A close with unread bytes would reset the connection, and the client would not get the status.
    shutdown(connection, Int32(SHUT_WR))
    var wait = timeval()
    wait.tv_sec = 1
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    for _ in 0..<64 {
        if recv(connection, &buffer, buffer.count, 0) <= 0 { break }
    }
    close(connection)
}
