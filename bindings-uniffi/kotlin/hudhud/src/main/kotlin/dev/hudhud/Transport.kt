// What a host does for a client: one method.
package dev.hudhud

/**
 * Sends requests. It follows no redirect, takes no status for a failure, and tells a connection that could not be made
 * from one that was lost: only the first is safe to try again with every call.
 *
 * Cancelling the coroutine ends the request.
 */
public fun interface Transport {
    /**
     * Sends a request and gives the whole response.
     *
     * @throws TransportException if none came.
     */
    public suspend fun send(request: Request): Response
}

/** No whole response came. */
public class TransportException(
    /** How far the request got. */
    public val fault: TransportFault,
    cause: Throwable? = null,
) : RuntimeException("the transport failed: ${fault.name.lowercase()}", cause)
