// Keeping Ktor's engine OkHttp from sending a request a second time.
package dev.hudhud.ktor

import io.ktor.client.engine.okhttp.OkHttpConfig
import java.io.IOException
import java.net.ProtocolException
import okhttp3.Interceptor
import okhttp3.Response

/**
 * Keeps this engine from sending a request of [KtorTransport] twice, as OkHttp does after a lost connection and after a 408
 * or 503. [KtorTransport] takes no engine of OkHttp without it.
 *
 * ```kotlin
 * KtorTransport(HttpClient(OkHttp) { engine { sendOnce() } })
 * ```
 */
public fun OkHttpConfig.sendOnce() {
    config { networkInterceptors().add(0, OkHttpSendOnce) }
    Engine.guard(this)
}

/** A network interceptor runs when OkHttp has a connection, and once more for each repetition. */
internal object OkHttpSendOnce : Interceptor {
    /** The header that says which request this is. It never leaves the program. */
    const val HEADER = "X-Hudhud-Send-Once"
    private const val RETRY_AFTER = "Retry-After"

    override fun intercept(chain: Interceptor.Chain): Response {
        val id = chain.request().header(HEADER) ?: return chain.proceed(chain.request())
        val request = chain.request().newBuilder().removeHeader(HEADER).build()
        val response = try {
            val once = SendOnce.of(id) ?: throw IOException("the request was given up")
            if (once.hasStarted.getAndSet(true)) once.refuse("OkHttp or an interceptor")
            once.advance(Progress.BEGUN)
            chain.proceed(request)
        } catch (error: IOException) {
            throw FailedAfterSending(error)
        }
        if (response.code != 408 && response.code != 503) return response
        // OkHttp repeats only a response that asks for it at once.
        SendOnce.of(id)?.retryAfter = response.headers(RETRY_AFTER)
        return response.newBuilder().header(RETRY_AFTER, "1").build()
    }
}

/** A failure after the request may have been sent. OkHttp recovers from no exception of this kind. */
private class FailedAfterSending(cause: IOException) : ProtocolException(cause.message) {
    init {
        initCause(cause)
    }
}
