// The one method that a host provides to a client.
package dev.hudhud

/**
 * Sends requests. A transport follows no redirect, treats no status as a failure, and sends a request at most once.
 * It reports a connection that could not be made apart from one that was lost: only the first is safe to try again
 * with every call.
 *
 * Cancelling the coroutine ends the request.
 */
public fun interface Transport {
    /**
     * Sends a request and returns the whole response.
     *
     * @throws TransportException if none came.
     */
    public suspend fun send(request: Request): Response
}

/**
 * No whole response came.
 *
 * The cause is the HTTP client's own exception, which may repeat parts of the request. The cause of a [HudhudException]
 * never does.
 */
public class TransportException(
    /** How far the request got. */
    public val fault: TransportFault,
    cause: Throwable? = null,
) : RuntimeException("the transport failed: ${fault.name.lowercase()}", cause)
