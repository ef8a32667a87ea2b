// The interface between a client and an HTTP library.
package dev.hudhud

import java.io.IOException
import java.util.concurrent.CompletionStage
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.future.await
import kotlinx.coroutines.runInterruptible

/**
 * Sends requests. A transport does not follow redirects, returns a response with any status, and sends a request at most once. It
 * reports a connection that could not be made ([TransportFault.CONNECT]) separately from a connection that was lost: only the
 * first is safe to retry for every call. It limits the attempt to the timeout of the request, if the request has one.
 *
 * Cancelling the coroutine ends the request. A transport in Java implements [BlockingTransport] or [AsyncTransport].
 */
public fun interface Transport {
    /**
     * Sends a request and returns the complete response.
     *
     * @throws TransportException if no complete response came. An [IOException] counts as [TransportFault.CLOSED]. Any other
     *   exception ends the call without another attempt: the call throws a [HudhudException.Transport] with that cause.
     */
    public suspend fun send(request: Request): Response

    public companion object {
        /** Returns a transport that calls a blocking transport on another thread. Cancelling interrupts the thread. */
        @JvmStatic
        public fun blocking(transport: BlockingTransport): Transport =
            Transport { request -> runInterruptible(Dispatchers.IO) { transport.send(request) } }

        /** Returns a transport that sends with an asynchronous transport, and waits for its future. Cancelling cancels the future. */
        @JvmStatic
        public fun async(transport: AsyncTransport): Transport = Transport { request -> transport.send(request).await() }
    }
}

/** The statuses of HTTP. */
@get:JvmSynthetic
internal val STATUSES = 100..599

/** Refuses a response whose status would become another one in the native library. */
@JvmSynthetic
internal fun requireStatus(response: Response) {
    require(response.status in STATUSES) { "response: expected a status from 100 to 599, not ${response.status}" }
}

/** A transport returned a number that is no status. */
internal class WrongStatusException(status: Int) : IOException("the transport returned the status $status; expected 100 to 599")

/** A [Transport] that blocks its thread. [Transport.blocking] makes a client use it. */
public fun interface BlockingTransport {
    /**
     * Sends a request and returns the complete response.
     *
     * @throws TransportException if no complete response came.
     * @throws IOException if the connection was lost. It counts as [TransportFault.CLOSED].
     */
    @Throws(IOException::class, InterruptedException::class)
    public fun send(request: Request): Response
}

/** A [Transport] that returns a future. [Transport.async] makes a client use it. */
public fun interface AsyncTransport {
    /**
     * Sends a request. The future ends with the complete response, with a [TransportException], or with an [IOException],
     * which counts as [TransportFault.CLOSED].
     */
    public fun send(request: Request): CompletionStage<Response>
}

/**
 * No complete response came.
 *
 * The cause is the HTTP client's own exception, which may repeat parts of the request. The cause of a [HudhudException]
 * never does.
 */
public class TransportException @JvmOverloads constructor(
    /** The fault: the connection was not made, the time ran out, or the connection was lost. */
    public val fault: TransportFault,
    cause: Throwable? = null,
) : RuntimeException("the transport failed: ${fault.name.lowercase()}", cause)
