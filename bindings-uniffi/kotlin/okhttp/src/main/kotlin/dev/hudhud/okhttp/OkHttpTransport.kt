// A transport over OkHttp.
package dev.hudhud.okhttp

import dev.hudhud.Header
import dev.hudhud.Request
import dev.hudhud.Response
import dev.hudhud.ResponseCollector
import dev.hudhud.Transport
import dev.hudhud.TransportException
import dev.hudhud.TransportFault
import dev.hudhud.withinRealTime
import java.io.IOException
import java.io.InterruptedIOException
import java.time.Duration
import java.util.concurrent.Executors
import java.util.concurrent.TimeoutException
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException
import kotlinx.coroutines.suspendCancellableCoroutine
import okhttp3.Authenticator
import okhttp3.Call
import okhttp3.Callback
import okhttp3.Dispatcher
import okhttp3.MediaType
import okhttp3.OkHttpClient
import okhttp3.RequestBody
import okio.BufferedSink

/** Returns a client whose threads do not keep a program alive. */
private fun usualClient(): OkHttpClient {
    val threads = Executors.newCachedThreadPool { task -> Thread(task, "OkHttp Dispatcher").apply { isDaemon = true } }
    return OkHttpClient.Builder().dispatcher(Dispatcher(threads)).build()
}

/**
 * A transport over OkHttp. The proxy, interceptors and timeouts of [client] are used. Redirects, repetitions, authenticators
 * of servers and the cache are switched off, because they would send a request twice or keep its response. An interceptor
 * that calls `proceed` again after the request was sent gets an exception.
 *
 * @param client the client. Default: a new one whose threads do not keep a program alive. The threads of `OkHttpClient()` keep it
 *   alive for a minute after the last request.
 * @param timeout the longest time of one attempt, until the last byte of its response. Default: the client's call timeout, or
 *   30 seconds if it has none.
 * @param maxResponseBytes the largest response body in bytes. A larger one is an error.
 * @throws IllegalArgumentException if a limit is not positive.
 */
public class OkHttpTransport @JvmOverloads constructor(
    client: OkHttpClient = usualClient(),
    timeout: Duration? = null,
    private val maxResponseBytes: Int = ResponseCollector.DEFAULT_LIMIT,
) : Transport {
    private val limit = timeout?.coerceAtMost(LONGEST)?.toMillis() ?: client.callTimeoutMillis.toLong().takeIf { it > 0 } ?: 30_000
    private val client = client.newBuilder()
        .followRedirects(false)
        // OkHttp may try another address of the same host. SendOnce prevents that a sent request is repeated.
        .retryOnConnectionFailure(true)
        .authenticator(Authenticator.NONE)
        .cache(null)
        .build()

    init {
        require(limit > 0) { "timeout: expected a duration > 0" }
        require(maxResponseBytes > 0) { "maxResponseBytes: expected a number of bytes > 0" }
    }

    override suspend fun send(request: Request): Response {
        val once = SendOnce()
        val limit = minOf(limit, request.timeout?.coerceAtMost(LONGEST)?.toMillis() ?: limit)
        try {
            return withinRealTime(Duration.ofMillis(limit)) { exchange(request, once) }
        } catch (error: TimeoutException) {
            throw TransportException(if (once.giveUp()) TransportFault.CONNECT else TransportFault.TIMEOUT, error)
        } catch (error: IOException) {
            throw failure(error, once)
        } catch (error: IllegalArgumentException) {
            // OkHttp refuses some URLs and headers.
            throw failure(error, once)
        }
    }

    private fun failure(error: Exception, once: SendOnce): TransportException {
        val cause = if (error is FailedAfterSending) error.cause ?: error else error
        return when {
            once.giveUp() -> TransportException(TransportFault.CONNECT, cause)
            cause is InterruptedIOException -> TransportException(TransportFault.TIMEOUT, cause)
            else -> TransportException(TransportFault.CLOSED, cause)
        }
    }

    private suspend fun exchange(request: Request, once: SendOnce): Response {
        // OkHttp does not repeat a one-shot body. A request without a body gets an empty one if its method allows a body.
        val body = if (request.method in WITHOUT_BODY) null else OneShotBody(request.body ?: ByteArray(0))
        val builder = okhttp3.Request.Builder().url(request.url).method(request.method, body)
        request.headers.forEach { builder.addHeader(it.name, it.value) }
        val client = client.newBuilder().apply { networkInterceptors().add(0, once) }.build()
        return suspendCancellableCoroutine { continuation ->
            val call = client.newCall(builder.build())
            continuation.invokeOnCancellation { call.cancel() }
            call.enqueue(object : Callback {
                override fun onFailure(call: Call, e: IOException) = continuation.resumeWithException(e)

                override fun onResponse(call: Call, response: okhttp3.Response) =
                    runCatching { response.use { read(once.restored(it)) } }
                        .fold(continuation::resume, continuation::resumeWithException)
            })
        }
    }

    private fun read(response: okhttp3.Response): Response {
        val collector = ResponseCollector(maxResponseBytes)
        val buffer = ByteArray(8192)
        val source = checkNotNull(response.body) { "OkHttp returned a response without a body" }.source()
        while (true) {
            val count = source.read(buffer)
            if (count < 0) break
            collector.add(buffer, 0, count)
        }
        return collector.response(response.code, response.headers.map { (name, value) -> Header(name, value) })
    }

    private class OneShotBody(private val bytes: ByteArray) : RequestBody() {
        override fun contentType(): MediaType? = null

        override fun contentLength(): Long = bytes.size.toLong()

        override fun isOneShot(): Boolean = true

        override fun writeTo(sink: BufferedSink) {
            sink.write(bytes)
        }
    }

    private companion object {
        /** A longer limit has no effect. Clocks cannot measure some longer ones. */
        val LONGEST: Duration = Duration.ofDays(36_500)

        val WITHOUT_BODY = setOf("GET", "HEAD")
    }
}
