// A transport over the JDK's HTTP client.
package dev.hudhud

import java.io.IOException
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.net.http.HttpTimeoutException
import java.nio.ByteBuffer
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionException
import java.util.concurrent.CompletionStage
import java.util.concurrent.Flow
import java.util.concurrent.TimeoutException
import java.util.concurrent.atomic.AtomicInteger
import javax.net.ssl.SSLException
import javax.net.ssl.SSLHandshakeException
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException
import kotlinx.coroutines.suspendCancellableCoroutine

/**
 * A transport over `java.net.http`. It needs no further library. The proxy, executor and TLS settings of [client] are used.
 * The client must not follow redirects.
 *
 * @param timeout the longest time of one attempt, until the last byte of its response.
 * @param maxResponseBytes the largest response body in bytes. A larger one is an error.
 * @throws IllegalArgumentException if the client follows redirects, or a limit is not positive.
 */
public class JavaHttpTransport @JvmOverloads constructor(
    private val client: HttpClient = defaultClient,
    private val timeout: Duration = Duration.ofSeconds(30),
    private val maxResponseBytes: Int = ResponseCollector.DEFAULT_LIMIT,
) : Transport {
    init {
        require(client.followRedirects() == HttpClient.Redirect.NEVER) {
            "client: expected a client that does not follow redirects, because they would carry the keys: set Redirect.NEVER"
        }
        require(!timeout.isNegative && !timeout.isZero) { "timeout: expected a duration > 0" }
        require(maxResponseBytes > 0) { "maxResponseBytes: expected a number of bytes > 0" }
    }

    override suspend fun send(request: Request): Response {
        val body = OnceBody(request.body ?: ByteArray(0))
        val limit = minOf(timeout, request.timeout ?: timeout, LONGEST)
        try {
            // The client's own timeout ends with the headers.
            val response = withinRealTime(limit) { exchange(build(request, body, limit)) }
            val status = response.statusCode()
            // The client returns the response of a proxy that refuses a tunnel as if it were the server's.
            if (status == PROXY_AUTHENTICATION && !body.hasBegun) throw IOException("the proxy requires authentication")
            val headers = response.headers().map().flatMap { (name, values) -> values.map { Header(name, it) } }
            return response.body().response(status, headers)
        } catch (error: IOException) {
            throw TransportException(faultOf(error, body), error)
        } catch (error: TimeoutException) {
            throw TransportException(if (body.giveUp()) TransportFault.CONNECT else TransportFault.TIMEOUT, error)
        } catch (error: IllegalArgumentException) {
            // The client parses URLs more strictly than others, and refuses some headers.
            throw TransportException(faultOf(error, body), error)
        } catch (error: SecurityException) {
            throw TransportException(faultOf(error, body), error)
        }
    }

    private fun build(request: Request, body: OnceBody, limit: Duration): HttpRequest {
        val builder = HttpRequest.newBuilder(URI.create(request.url)).timeout(limit).method(request.method, body)
        request.headers.forEach { builder.header(it.name, it.value) }
        return builder.build()
    }

    private suspend fun exchange(request: HttpRequest): HttpResponse<ResponseCollector> =
        suspendCancellableCoroutine { continuation ->
            val future = client.sendAsync(request) { BodyReader(ResponseCollector(maxResponseBytes)) }
            // The client closes the connection only if cancel may interrupt.
            continuation.invokeOnCancellation { future.cancel(true) }
            future.whenComplete { response, error ->
                if (error == null) {
                    continuation.resume(response)
                } else {
                    val cause = if (error is CompletionException) error.cause ?: error else error
                    continuation.resumeWithException(cause as? IOException ?: IOException(cause))
                }
            }
        }

    private fun faultOf(error: Throwable, body: OnceBody): TransportFault {
        val causes = generateSequence(error) { it.cause }.take(4)
        return when {
            // The client connects before it asks for the length of the body.
            body.giveUp() -> TransportFault.CONNECT
            // Over HTTP/1.1 the client asks for the length before the handshake ends.
            body.attempts == 1 && causes.any(::isHandshake) -> TransportFault.CONNECT
            error is HttpTimeoutException -> TransportFault.TIMEOUT
            else -> TransportFault.CLOSED
        }
    }

    private fun isHandshake(error: Throwable): Boolean = error is SSLHandshakeException ||
        // The server does not speak TLS.
        (error is SSLException && NO_TLS.any { error.message.orEmpty().startsWith(it) })

    private companion object {
        const val PROXY_AUTHENTICATION = 407
        val NO_TLS = listOf("Unsupported or unrecognized SSL message", "Unrecognized SSL message")

        /** Shared by all transports, because each client starts threads. */
        val defaultClient: HttpClient by lazy {
            HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(Duration.ofSeconds(10))
                .build()
        }
    }
}

/**
 * A body that is sent once. The client repeats some requests on its own: a GET if a kept connection is closed, and any request
 * if the server reports an HTTP/2 stream as not processed. In each attempt the client asks for the length of the body once,
 * after it has a connection and before it writes the first byte. The second time, this class throws.
 */
private class OnceBody(bytes: ByteArray) : HttpRequest.BodyPublisher {
    private val publisher = HttpRequest.BodyPublishers.ofByteArray(bytes)
    private val started = AtomicInteger()

    /** The number of attempts that were started or refused. */
    val attempts: Int get() = started.get()

    /** True once the client has had a connection and has started to write. */
    val hasBegun: Boolean get() = attempts > 0

    /** Gives up the request if the client has not started to write, and keeps it from starting later. Returns true if given up. */
    fun giveUp(): Boolean = started.compareAndSet(0, GIVEN_UP) || started.get() < 0

    override fun contentLength(): Long {
        if (started.getAndUpdate { if (it < 0) it else it + 1 } != 0) {
            throw CompletionException(IOException("the HTTP client would send the request a second time, or after the attempt has ended"))
        }
        return publisher.contentLength()
    }

    override fun subscribe(subscriber: Flow.Subscriber<in ByteBuffer>) = publisher.subscribe(subscriber)

    private companion object {
        const val GIVEN_UP = -1
    }
}

/** Reads a body into a collector, and stops if the body exceeds the limit. */
private class BodyReader(private val collector: ResponseCollector) : HttpResponse.BodySubscriber<ResponseCollector> {
    private val whole = CompletableFuture<ResponseCollector>()
    private lateinit var subscription: Flow.Subscription

    override fun getBody(): CompletionStage<ResponseCollector> = whole

    override fun onSubscribe(subscription: Flow.Subscription) {
        this.subscription = subscription
        subscription.request(Long.MAX_VALUE)
    }

    override fun onNext(buffers: List<ByteBuffer>) {
        if (whole.isDone) return
        try {
            for (buffer in buffers) {
                val bytes = ByteArray(buffer.remaining())
                buffer.get(bytes)
                collector.add(bytes, 0, bytes.size)
            }
        } catch (tooLarge: ResponseTooLargeException) {
            subscription.cancel()
            whole.completeExceptionally(tooLarge)
        }
    }

    override fun onError(error: Throwable) {
        whole.completeExceptionally(error)
    }

    override fun onComplete() {
        whole.complete(collector)
    }
}
