// The interface between a client and an HTTP library.

/// Sends requests. Use `URLSessionTransport`, or write a type that calls another library such as AsyncHTTPClient.
///
/// A transport does not follow redirects, returns a response with any status, and sends a request at most once. It
/// reports `TransportFault.connect` only if the server cannot have received the request, because every call is retried
/// then. If the task is cancelled, the transport ends the request. It limits the attempt to the timeout of the request, if
/// the request has one.
public protocol Transport: Sendable {
    /// Sends a request and returns the complete response.
    ///
    /// - Throws: `TransportError` if no complete response came. Any other error ends the call without another attempt: the call
    ///   throws `HudhudError.transport`, whose `underlyingError` is that error.
    func send(_ request: Request) async throws -> Response
}

/// No complete response came.
public struct TransportError: Error, Sendable {
    /// The fault: the connection was not made, the time ran out, or the connection was lost.
    public let fault: TransportFault
    /// The reason, with the name of the host: a refused connection, an unknown host, a certificate. It contains nothing
    /// of the path, query, headers or body of the request.
    public let reason: String?
    /// The HTTP client's own error, if there is one. `ErrorDetails.underlyingError` has it too.
    public let underlyingError: (any Error)?
    /// True if a response arrived that cannot be used. The call ends at once, because the same response would come again.
    private(set) var isUnusable = false

    /// Creates an error.
    ///
    /// - Parameters:
    ///   - fault: the way in which the attempt failed.
    ///   - reason: the reason, for logs. It must not contain keys, phone numbers or texts.
    ///   - underlyingError: the HTTP client's own error. It must not contain them either, because programs log it.
    public init(_ fault: TransportFault, reason: String? = nil, underlyingError: (any Error)? = nil) {
        self.fault = fault
        self.reason = reason
        self.underlyingError = underlyingError
    }
}

/// An error of libcurl, which sends the requests on Linux.
public struct LibcurlError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The code, a `CURLcode`.
    public let code: Int
    /// The host and libcurl's sentence.
    public let reason: String

    /// The code and the reason.
    public var description: String { "libcurl error \(code): \(reason)" }
}

/// The error below a failure. All are equal, because errors in general cannot be compared.
struct Underlying: Sendable, Hashable {
    var error: (any Error)?

    static func == (_: Underlying, _: Underlying) -> Bool { true }
    func hash(into _: inout Hasher) {}
}

extension TransportError {
    /// Returns the error for a response that exceeds the limit `most`, in bytes.
    static func tooLarge(_ most: Int) -> TransportError {
        var error = TransportError(.closed, reason: "the response is larger than \(most) bytes; raise maxResponseBytes")
        error.isUnusable = true
        return error
    }
}

extension TransportError: CustomStringConvertible {
    /// The fault and its reason.
    public var description: String { "TransportError(\(fault)\(reason.map { ": \($0)" } ?? ""))" }
}
