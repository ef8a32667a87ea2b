// An interceptor that keeps OkHttp from sending a request a second time.
package dev.hudhud.okhttp

import java.io.IOException
import java.net.ProtocolException
import java.util.concurrent.atomic.AtomicReference
import okhttp3.Interceptor
import okhttp3.Response

/**
 * Lets one request pass once, and records its progress. A network interceptor runs when OkHttp has a connection, and again
 * for each repetition. OkHttp repeats requests after a 408, a 503 or a lost connection, and interceptors may repeat them too.
 */
internal class SendOnce : Interceptor {
    private enum class Progress { NOTHING, BEGUN, GIVEN_UP }

    private val progress = AtomicReference(Progress.NOTHING)
    @Volatile private var retryAfter: List<String>? = null

    /** Gives up the request if OkHttp has had no connection. Returns true if it was given up: it is never sent then. */
    fun giveUp(): Boolean = progress.updateAndGet { if (it == Progress.NOTHING) Progress.GIVEN_UP else it } == Progress.GIVEN_UP

    override fun intercept(chain: Interceptor.Chain): Response {
        if (!progress.compareAndSet(Progress.NOTHING, Progress.BEGUN)) {
            throw FailedAfterSending(IOException("OkHttp or an interceptor would send the request a second time, or after the attempt has ended"))
        }
        val response = try {
            chain.proceed(chain.request())
        } catch (error: IOException) {
            throw FailedAfterSending(error)
        }
        if (response.code !in REPEATED) return response
        // OkHttp does not repeat a request if the response has a positive Retry-After.
        retryAfter = response.headers(RETRY_AFTER)
        return response.newBuilder().header(RETRY_AFTER, "1").build()
    }

    /** Returns the response with its original `Retry-After`. */
    fun restored(response: Response): Response {
        val values = retryAfter ?: return response
        val builder = response.newBuilder().removeHeader(RETRY_AFTER)
        values.forEach { builder.addHeader(RETRY_AFTER, it) }
        return builder.build()
    }

    private companion object {
        const val RETRY_AFTER = "Retry-After"
        val REPEATED = setOf(408, 503)
    }
}

/** A failure after the request may have been sent. OkHttp does not retry after a [ProtocolException]. */
internal class FailedAfterSending(cause: IOException) : ProtocolException(cause.message) {
    init {
        initCause(cause)
    }
}
