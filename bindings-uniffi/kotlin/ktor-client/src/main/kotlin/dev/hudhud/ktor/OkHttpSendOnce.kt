// An interceptor that keeps Ktor's engine OkHttp from sending a request a second time.
package dev.hudhud.ktor

import io.ktor.client.engine.okhttp.OkHttpConfig
import java.io.IOException
import java.net.ProtocolException
import okhttp3.Interceptor
import okhttp3.Response

/**
 * Keeps this engine from sending a request of [KtorTransport] twice. OkHttp repeats requests after a lost connection and
 * after a status 408 or 503. [KtorTransport] refuses the engine OkHttp without this call.
 *
 * ```kotlin
 * KtorTransport(HttpClient(OkHttp) { engine { sendOnce() } })
 * ```
 */
public fun OkHttpConfig.sendOnce() {
    config { networkInterceptors().add(0, OkHttpSendOnce) }
    Engine.guard(this)
}

/** The interceptor. A network interceptor runs when OkHttp has a connection, and again for each repetition. */
internal object OkHttpSendOnce : Interceptor {
    /** The header with the id of the request. The interceptor removes it before the request is sent. */
    const val HEADER = "X-Hudhud-Send-Once"
    private const val RETRY_AFTER = "Retry-After"

    override fun intercept(chain: Interceptor.Chain): Response {
        val id = chain.request().header(HEADER) ?: return chain.proceed(chain.request())
        val request = chain.request().newBuilder().removeHeader(HEADER).build()
        val response = try {
            val once = SendOnce.of(id) ?: throw IOException("the attempt has ended, so the request is not sent")
            if (once.hasStarted.getAndSet(true)) once.refuse("OkHttp or an interceptor")
            once.advance(Progress.BEGUN)
            chain.proceed(request)
        } catch (error: IOException) {
            throw FailedAfterSending(error)
        }
        if (response.code != 408 && response.code != 503) return response
        // OkHttp does not repeat a request if the response has a positive Retry-After.
        SendOnce.of(id)?.retryAfter = response.headers(RETRY_AFTER)
        return response.newBuilder().header(RETRY_AFTER, "1").build()
    }
}

/** A failure after the request may have been sent. OkHttp does not retry after a [ProtocolException]. */
private class FailedAfterSending(cause: IOException) : ProtocolException(cause.message) {
    init {
        initCause(cause)
    }
}
