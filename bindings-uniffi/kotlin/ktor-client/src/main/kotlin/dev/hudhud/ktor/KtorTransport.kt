// A transport over Ktor's HTTP client.
package dev.hudhud.ktor

import dev.hudhud.Header
import dev.hudhud.Request
import dev.hudhud.Response
import dev.hudhud.ResponseCollector
import dev.hudhud.Transport
import dev.hudhud.TransportException
import dev.hudhud.TransportFault
import dev.hudhud.withinRealTime
import io.ktor.client.HttpClient
import io.ktor.client.network.sockets.ConnectTimeoutException
import io.ktor.client.network.sockets.SocketTimeoutException
import io.ktor.client.plugins.HttpRequestTimeoutException
import io.ktor.client.plugins.retry
import io.ktor.client.request.HttpRequestBuilder
import io.ktor.client.request.prepareRequest
import io.ktor.client.request.setBody
import io.ktor.client.request.url
import io.ktor.client.statement.HttpResponse
import io.ktor.client.statement.bodyAsChannel
import io.ktor.http.ContentType
import io.ktor.http.HttpMethod
import io.ktor.util.flattenEntries
import io.ktor.utils.io.readAvailable
import java.io.IOException
import java.net.ConnectException
import java.net.NoRouteToHostException
import java.net.URISyntaxException
import java.net.UnknownHostException
import java.nio.channels.UnresolvedAddressException
import java.time.Duration
import java.util.concurrent.TimeoutException
import javax.net.ssl.SSLHandshakeException
import javax.net.ssl.SSLPeerUnverifiedException
import kotlin.coroutines.cancellation.CancellationException
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.isActive
import kotlinx.coroutines.withContext

/**
 * A transport over Ktor's HTTP client: `KtorTransport(HttpClient(CIO))`. Ktor's redirects, retries and exceptions for statuses
 * are switched off, because this library decides about retries and failures. A plugin that sends a request a second time gets an
 * exception.
 *
 * The engines CIO and Apache5 need no setup. OkHttp needs `HttpClient(OkHttp) { engine { sendOnce() } }`. Engines are refused
 * if they repeat requests and this cannot be prevented.
 *
 * @param timeout the longest time of one attempt, until the last byte of its response.
 * @param maxResponseBytes the largest response body in bytes. A larger one is an error.
 * @throws IllegalArgumentException if the engine or its configuration is refused, or a limit is not positive.
 */
public class KtorTransport @JvmOverloads constructor(
    client: HttpClient,
    private val timeout: Duration = Duration.ofSeconds(30),
    private val maxResponseBytes: Int = ResponseCollector.DEFAULT_LIMIT,
) : Transport {
    private val engine = Engine.of(client)
    private val client = client.config {
        followRedirects = false
        expectSuccess = false
    }.also { SendOnce.install(it, timeout.coerceAtMost(LONGEST).toMillis()) }

    init {
        require(!timeout.isNegative && !timeout.isZero) { "timeout: expected a duration > 0" }
        require(maxResponseBytes > 0) { "maxResponseBytes: expected a number of bytes > 0" }
    }

    override suspend fun send(request: Request): Response = SendOnce().use { once ->
        val limit = minOf(timeout, request.timeout ?: timeout)
        try {
            withinRealTime(limit) { withContext(once) { exchange(request, once) } }
        } catch (error: CancellationException) {
            // A closed engine cancels its requests. Rethrow only if this coroutine was cancelled.
            if (!currentCoroutineContext().isActive) throw error
            throw failure(error, once)
        } catch (error: Exception) {
            // Engines throw exceptions of many classes, not only IOException.
            throw failure(error, once)
        }
    }

    private fun failure(error: Exception, once: SendOnce): TransportException {
        val causes = generateSequence<Throwable>(error) { it.cause }.take(8).toList()
        val fault = when {
            isUnsent(causes, once) -> TransportFault.CONNECT
            causes.any(::isTimeout) -> TransportFault.TIMEOUT
            else -> TransportFault.CLOSED
        }
        return TransportException(fault, error)
    }

    private suspend fun exchange(request: Request, once: SendOnce): Response =
        client.prepareRequest { fill(request, once) }.execute { response ->
            val collector = ResponseCollector(maxResponseBytes)
            val channel = response.bodyAsChannel()
            val buffer = ByteArray(8192)
            while (true) {
                val count = channel.readAvailable(buffer, 0, buffer.size)
                if (count < 0) break
                collector.add(buffer, 0, count)
            }
            // A channel ends in the same way for a complete body and for a body that was cut off.
            channel.closedCause?.let { throw IOException("the response was cut off", it) }
            requireWhole(response, collector.size)
            var headers = response.headers.flattenEntries().map { (name, value) -> Header(name, value) }
            once.retryAfter?.let { values ->
                headers = headers.filterNot { it.name.equals("Retry-After", ignoreCase = true) } + values.map { Header("Retry-After", it) }
            }
            collector.response(response.status.value, headers)
        }

    /** Refuses an incomplete response that some engines report as a complete one. */
    private fun requireWhole(response: HttpResponse, size: Int) {
        val status = response.status.value
        // CIO stops at the first status, which may be informational.
        if (status < 200) throw IOException("the engine returned the informational status $status as the response")
        // If the connection ends within the headers, Apache's client returns these headers, without a length of the body.
        val isEndless = LENGTHS.all { response.headers[it] == null } && response.version.major < 2
        if (engine == Engine.APACHE5 && isEndless && size == 0 && status != 204 && status != 304) {
            throw IOException("the response was cut off in its headers")
        }
    }

    private fun HttpRequestBuilder.fill(request: Request, once: SendOnce) {
        url(request.url)
        method = HttpMethod(request.method)
        retry { noRetry() }
        val (type, others) = request.headers.partition { it.name.equals("Content-Type", ignoreCase = true) }
        others.forEach { headers.append(it.name, it.value) }
        if (engine == Engine.OKHTTP) headers.append(OkHttpSendOnce.HEADER, once.id)
        // Ktor ignores a Content-Type header. It uses the type of the body object.
        val contentType = type.firstOrNull()?.takeIf { request.body != null }?.let { ContentType.parse(it.value) }
        if (request.body != null || engine.takesBody(request.method)) {
            once.body = OnceBody(request.body ?: ByteArray(0), contentType, once, engine.readsLengthLate)
        } else if (engine == Engine.CIO) {
            once.body = NoBody(once)
        }
        once.body?.let { setBody(it) }
    }

    /** Returns true if the engine has certainly not sent a complete request, and then keeps it from sending one later. */
    private fun isUnsent(causes: List<Throwable>, once: SendOnce): Boolean {
        val waitsForBody = once.isOwn && engine.readsLengthLate && (once.body as? OnceBody)?.isEmpty == false
        return once.giveUp(
            when {
                once.wasRepeated -> Progress.OUTSIDE
                // An interceptor records when OkHttp starts to send.
                engine == Engine.OKHTTP -> Progress.LENGTH_READ
                // The request has a body that the engine has not read: no complete request was sent.
                waitsForBody -> Progress.LENGTH_READ
                // CIO reads the length of the body before it writes: nothing was written if it has not.
                once.isOwn && engine == Engine.CIO -> Progress.PASSED
                causes.any(::isConnecting) -> if (once.isOwn && engine.readsLengthLate) Progress.LENGTH_READ else Progress.BEGUN
                engine != Engine.CIO && causes.any { it is SSLHandshakeException || it is SSLPeerUnverifiedException } -> Progress.LENGTH_READ
                once.isOwn -> Progress.PASSED
                else -> Progress.OUTSIDE
            },
        )
    }

    private fun isConnecting(error: Throwable): Boolean = error is ConnectException || error is ConnectTimeoutException ||
        error is UnknownHostException || error is UnresolvedAddressException || error is NoRouteToHostException ||
        error is URISyntaxException ||
        error.javaClass.name in CONNECTING || CONNECTING_MESSAGES.any { error.message.orEmpty().startsWith(it) }

    private fun isTimeout(error: Throwable): Boolean = error is TimeoutException || error is HttpRequestTimeoutException ||
        error is SocketTimeoutException || error is java.net.SocketTimeoutException

    private companion object {
        /** A longer limit has no effect. Clocks cannot measure some longer ones. */
        val LONGEST: Duration = Duration.ofDays(36_500)

        /** The headers that delimit a body. */
        val LENGTHS = listOf("Content-Length", "Transfer-Encoding")

        /** Names of exceptions of the engines, because the engines are not dependencies. */
        val CONNECTING = setOf(
            "io.ktor.client.engine.cio.FailToConnectException",
            "org.apache.hc.core5.http2.impl.nio.ProtocolNegotiationException",
        )

        /** The beginnings of messages of exceptions that have no class: a proxy that refuses, a server without TLS. */
        val CONNECTING_MESSAGES = listOf(
            "Can not establish tunnel connection", "Failed to parse CONNECT response",
            "Unsupported or unrecognized SSL message", "Unrecognized SSL message",
        )
    }
}
