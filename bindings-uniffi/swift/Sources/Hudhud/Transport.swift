// What a host does for a client: one method.

/// Sends requests: `URLSessionTransport`, or AsyncHTTPClient behind a type of one's own.
///
/// It follows no redirect, takes no status for a failure, and tells a connection that could not be made from one that
/// was lost: only the first is safe to try again with every call. A cancelled task ends the request.
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

    /// With how far the request got.
    public init(_ fault: TransportFault) { self.fault = fault }
}
