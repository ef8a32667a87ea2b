// The interface between a client and an HTTP library.
package dev.hudhud

/**
 * Sends requests. A transport does not follow redirects, does not treat any status as a failure, and sends a request at
 * most once. It reports a connection that could not be made ([TransportFault.CONNECT]) separately from a connection that
 * was lost: only the first is safe to retry for every call.
 *
 * Cancelling the coroutine ends the request.
 */
public fun interface Transport {
    /**
     * Sends a request and returns the complete response.
     *
     * @throws TransportException if no complete response came.
     */
    public suspend fun send(request: Request): Response
}

/**
 * No complete response came.
 *
 * The cause is the HTTP client's own exception, which may repeat parts of the request. The cause of a [HudhudException]
 * never does.
 */
public class TransportException(
    /** The fault: the connection was not made, the time ran out, or the connection was lost. */
    public val fault: TransportFault,
    cause: Throwable? = null,
) : RuntimeException("the transport failed: ${fault.name.lowercase()}", cause)
