// A guard that keeps Ktor from sending a request a second time.
package dev.hudhud.ktor

import io.ktor.client.HttpClient
import io.ktor.client.plugins.HttpTimeoutCapability
import io.ktor.client.plugins.HttpTimeoutConfig
import io.ktor.client.request.HttpRequestBuilder
import io.ktor.client.request.HttpSendPipeline
import io.ktor.http.ContentType
import io.ktor.http.HttpHeaders
import io.ktor.http.content.OutgoingContent
import io.ktor.util.pipeline.PipelinePhase
import io.ktor.utils.io.ByteWriteChannel
import io.ktor.utils.io.writeFully
import java.io.IOException
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicLong
import java.util.concurrent.atomic.AtomicReference
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext

/** The known progress of a request. */
internal enum class Progress {
    /** The request has not reached the engine. */
    OUTSIDE,

    /** The engine has the request. */
    PASSED,

    /** The engine has read the length of the body, which it needs for a complete request. */
    LENGTH_READ,

    /** The engine has a connection: the request may have been sent. */
    BEGUN,

    /** The request was given up. It must not be sent any more. */
    GIVEN_UP,
}

/**
 * Lets one request pass once, and records its progress. Plugins that repeat a request (retries, authentication,
 * interceptors of `HttpSend`) send it through Ktor's pipeline each time.
 */
internal class SendOnce : AbstractCoroutineContextElement(SendOnce), AutoCloseable {
    /** The id in the header by which an engine's interceptor finds this object. The interceptor removes the header. */
    val id: String = numbers.incrementAndGet().toString().also { open[it] = this }

    private val progress = AtomicReference(Progress.OUTSIDE)

    /** The body that this transport has set. */
    @Volatile
    var body: OutgoingContent? = null

    /** True if the engine got [body] unchanged, and no header gives its length. */
    @Volatile
    var isOwn = false
        private set

    /** True once an interceptor of the engine has passed the request on. */
    val hasStarted: AtomicBoolean = AtomicBoolean()

    /** True once a second attempt was refused. */
    @Volatile
    var wasRepeated = false
        private set

    /** The original values of `Retry-After` in the response, if an interceptor has replaced them. */
    @Volatile
    var retryAfter: List<String>? = null
    @Volatile private var passed: String? = null

    private fun pass(request: HttpRequestBuilder, content: Any) {
        val what = request.method.value + " " + request.url.buildString()
        if (passed == null) {
            passed = what
            isOwn = content === body && HttpHeaders.ContentLength !in request.headers
            // A plugin, not the engine, has read the length before this point.
            if (!progress.compareAndSet(Progress.LENGTH_READ, Progress.PASSED)) advance(Progress.PASSED)
        } else if (passed == what) {
            // Other requests are a plugin's own, such as a request for a token.
            refuse("a plugin of the HttpClient")
        }
    }

    /** Records the progress. Throws if the request was given up. */
    fun advance(to: Progress) {
        val before = progress.getAndUpdate { if (it < to) to else it }
        if (before == Progress.GIVEN_UP) throw IOException("the attempt has ended, so the request is not sent")
    }

    /** Gives up the request if its progress is at most [furthest]. Returns true if it was given up: it is never sent then. */
    fun giveUp(furthest: Progress): Boolean =
        progress.updateAndGet { if (it <= furthest) Progress.GIVEN_UP else it } == Progress.GIVEN_UP

    /** Throws the exception for a second attempt. */
    fun refuse(who: String): Nothing {
        wasRepeated = true
        throw IOException("$who would send the request a second time")
    }

    override fun close() {
        open.remove(id)
    }

    companion object Key : CoroutineContext.Key<SendOnce> {
        private val phase = PipelinePhase("HudhudSendOnce")
        private val numbers = AtomicLong()
        private val open = ConcurrentHashMap<String, SendOnce>()

        /** Returns the guard with this id, if its request has not ended. */
        fun of(id: String): SendOnce? = open[id]

        /** Adds the guard to a client, after all of its plugins. */
        fun install(client: HttpClient, timeoutMillis: Long) {
            val canTime = HttpTimeoutCapability in client.engine.supportedCapabilities && timeoutMillis < LONGEST_CONNECT
            client.sendPipeline.insertPhaseBefore(HttpSendPipeline.Engine, phase)
            client.sendPipeline.intercept(phase) {
                kotlin.coroutines.coroutineContext[Key]?.pass(context, subject)
                if (canTime) limitConnecting(context, timeoutMillis)
            }
        }

        /** Sets the connect timeout below the attempt's timeout, so that the engine reports a failed connection in time. */
        private fun limitConnecting(request: HttpRequestBuilder, timeoutMillis: Long) {
            val given = request.getCapabilityOrNull(HttpTimeoutCapability)
            val limit = minOf(timeoutMillis - timeoutMillis / 8, given?.connectTimeoutMillis ?: timeoutMillis)
            val limits = HttpTimeoutConfig(given?.requestTimeoutMillis, limit, given?.socketTimeoutMillis)
            request.setCapability(HttpTimeoutCapability, limits)
        }

        /**
         * A time that no engine's default connect timeout exceeds, in milliseconds. An attempt with a longer timeout needs no connect
         * timeout of its own.
         */
        private const val LONGEST_CONNECT = 10_000L
    }
}

/** A body that is written once. Engines do not repeat a request whose body cannot be written again. */
internal class OnceBody(
    private val bytes: ByteArray,
    override val contentType: ContentType?,
    private val once: SendOnce,
    /** True if the engine reads the body only once it has a connection. */
    private val isLengthReadLate: Boolean,
) : OutgoingContent.WriteChannelContent() {
    private val isWritten = AtomicBoolean()
    val isEmpty: Boolean get() = bytes.isEmpty()

    override val contentLength: Long
        get() {
            once.advance(Progress.LENGTH_READ)
            return bytes.size.toLong()
        }

    override suspend fun writeTo(channel: ByteWriteChannel) {
        if (isWritten.getAndSet(true)) once.refuse("the engine")
        if (isLengthReadLate) once.advance(Progress.BEGUN)
        channel.writeFully(bytes)
    }
}

/** The body of a request without a body. It records when the engine asks for its length. */
internal class NoBody(private val once: SendOnce) : OutgoingContent.NoContent() {
    override val contentLength: Long
        get() {
            once.advance(Progress.LENGTH_READ)
            return 0
        }
}
