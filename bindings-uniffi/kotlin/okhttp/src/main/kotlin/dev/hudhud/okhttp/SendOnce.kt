// Keeping OkHttp from sending a request a second time.
package dev.hudhud.okhttp

import java.io.IOException
import java.net.ProtocolException
import java.util.concurrent.atomic.AtomicReference
import okhttp3.Interceptor
import okhttp3.Response

/**
 * Lets one request pass, once, and knows whether it did. A network interceptor runs when OkHttp has a connection, and
 * once more for each repetition: by OkHttp itself, which repeats after a 408 or 503 and after a lost connection, or by an
 * interceptor.
 */
internal class SendOnce : Interceptor {
    private enum class Progress { NOTHING, BEGUN, GIVEN_UP }

    private val progress = AtomicReference(Progress.NOTHING)
    @Volatile private var retryAfter: List<String>? = null

    /** Gives the request up if there was no connection to send it on. Nothing of it is sent then, not even later. */
    fun giveUp(): Boolean = progress.updateAndGet { if (it == Progress.NOTHING) Progress.GIVEN_UP else it } == Progress.GIVEN_UP

    override fun intercept(chain: Interceptor.Chain): Response {
        if (!progress.compareAndSet(Progress.NOTHING, Progress.BEGUN)) {
            throw FailedAfterSending(IOException("OkHttp or an interceptor would send the request a second time, or too late"))
        }
        val response = try {
            chain.proceed(chain.request())
        } catch (error: IOException) {
            throw FailedAfterSending(error)
        }
        if (response.code !in REPEATED) return response
        // OkHttp repeats only a response that asks for it at once.
        retryAfter = response.headers(RETRY_AFTER)
        return response.newBuilder().header(RETRY_AFTER, "1").build()
    }

    /** The response with the header that it came with. */
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

/** A failure after the request may have been sent. OkHttp recovers from no exception of this kind. */
internal class FailedAfterSending(cause: IOException) : ProtocolException(cause.message) {
    init {
        initCause(cause)
    }
}
