// The JDK's own HTTP client as a transport.
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
import kotlinx.coroutines.withTimeoutOrNull

/**
 * `java.net.http` as the transport, which needs no further library. A given [client] brings its proxy, executor and TLS;
 * it must not follow redirects.
 *
 * @param timeout the longest that one attempt may take, until the last byte of its response.
 * @param maxResponseBytes the longest response that is taken; a longer one is an error.
 * @throws IllegalArgumentException if the client follows redirects, or a limit is not positive.
 */
public class JavaHttpTransport @JvmOverloads constructor(
    private val client: HttpClient = usual,
    private val timeout: Duration = Duration.ofSeconds(30),
    private val maxResponseBytes: Int = ResponseCollector.DEFAULT_LIMIT,
) : Transport {
    init {
        require(client.followRedirects() == HttpClient.Redirect.NEVER) {
            "The client follows redirects, and the keys would travel with them: build it with Redirect.NEVER."
        }
        require(!timeout.isNegative && !timeout.isZero) { "timeout: expected a duration > 0" }
        require(maxResponseBytes > 0) { "maxResponseBytes: expected a number of bytes > 0" }
    }

    override suspend fun send(request: Request): Response {
        val body = OnceBody(request.body ?: ByteArray(0))
        try {
            // The client's own limit ends with the headers.
            val response = withTimeoutOrNull(timeout.toMillis()) { exchange(build(request, body)) }
                ?: throw TimeoutException("no whole response within ${timeout.toMillis()} ms")
            val status = response.statusCode()
            // The client hands on what a proxy answers that refuses a tunnel.
            if (status == PROXY_AUTHENTICATION && !body.hasBegun) throw IOException("the proxy asks for authentication")
            val headers = response.headers().map().flatMap { (name, values) -> values.map { Header(name, it) } }
            return response.body().response(status, headers)
        } catch (error: IOException) {
            throw TransportException(faultOf(error, body), error)
        } catch (error: TimeoutException) {
            throw TransportException(if (body.giveUp()) TransportFault.CONNECT else TransportFault.TIMEOUT, error)
        } catch (error: IllegalArgumentException) {
            // The client reads addresses more strictly than others do, and keeps some headers for itself.
            throw TransportException(faultOf(error, body), error)
        } catch (error: SecurityException) {
            throw TransportException(faultOf(error, body), error)
        }
    }

    private fun build(request: Request, body: OnceBody): HttpRequest {
        val builder = HttpRequest.newBuilder(URI.create(request.url)).timeout(timeout).method(request.method, body)
        request.headers.forEach { builder.header(it.name, it.value) }
        return builder.build()
    }

    private suspend fun exchange(request: HttpRequest): HttpResponse<ResponseCollector> =
        suspendCancellableCoroutine { continuation ->
            val future = client.sendAsync(request) { BodyReader(ResponseCollector(maxResponseBytes)) }
            // Only with an interruption does the client let go of the connection.
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
            // A connection is made before the client asks for the length of the body.
            body.giveUp() -> TransportFault.CONNECT
            // Over HTTP/1.1 it is asked before the handshake is over.
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
        val usual: HttpClient by lazy {
            HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(Duration.ofSeconds(10))
                .build()
        }
    }
}

/**
 * A body that is sent once. The client repeats some requests without being asked: a GET when a kept connection turns out to be
 * closed, any request when the server says of an HTTP/2 stream that it was not processed. It asks for the length of the
 * body once in each attempt, after it has a connection and before it writes the first byte: the second time it is refused.
 */
private class OnceBody(bytes: ByteArray) : HttpRequest.BodyPublisher {
    private val publisher = HttpRequest.BodyPublishers.ofByteArray(bytes)
    private val asked = AtomicInteger()

    /** The number of attempts that were begun or refused. */
    val attempts: Int get() = asked.get()

    /** True once the client had a connection and began to write. */
    val hasBegun: Boolean get() = attempts > 0

    /** Gives the request up if the client did not begin to write. It never will then. */
    fun giveUp(): Boolean = asked.compareAndSet(0, GIVEN_UP) || asked.get() < 0

    override fun contentLength(): Long {
        if (asked.getAndUpdate { if (it < 0) it else it + 1 } != 0) {
            throw CompletionException(IOException("the HTTP client would send the request a second time, or too late"))
        }
        return publisher.contentLength()
    }

    override fun subscribe(subscriber: Flow.Subscriber<in ByteBuffer>) = publisher.subscribe(subscriber)

    private companion object {
        const val GIVEN_UP = -1
    }
}

/** Reads a body into a collector, and gives up when there is too much of it. */
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
