// The part of a client that sends.

/// Sends requests: `URLSessionTransport`, or AsyncHTTPClient in a type that you write.
///
/// A transport follows no redirect, takes no status for a failure, and repeats nothing. It reports
/// `TransportFault.connect` only when the server cannot have seen the request: every call is safe to try again then. A
/// cancelled task ends the request.
public protocol Transport: Sendable {
    /// Sends a request and gives the whole response.
    ///
    /// - Throws: `TransportError` if none came.
    func send(_ request: Request) async throws -> Response
}

/// No whole response came.
public struct TransportError: Error, Sendable {
    /// How far the request got.
    public let fault: TransportFault
    /// The reason with the host's name: a refused connection, an unknown host, a certificate. It holds nothing of the
    /// request's path, query, headers or body.
    public let reason: String?

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - fault: how far the request got.
    ///   - reason: the reason, for a log: without keys, phone numbers and texts.
    public init(_ fault: TransportFault, reason: String? = nil) {
        self.fault = fault
        self.reason = reason
    }
}

extension TransportError: CustomStringConvertible {
    /// The fault and its reason.
    public var description: String { "TransportError(\(fault)\(reason.map { ": \($0)" } ?? ""))" }
}
