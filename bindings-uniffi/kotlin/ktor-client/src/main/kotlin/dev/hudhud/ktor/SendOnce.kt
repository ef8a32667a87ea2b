// Keeping Ktor from sending a request a second time.
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

/** How far a request got, as far as is known. */
internal enum class Progress {
    /** It has not reached the engine. */
    OUTSIDE,

    /** The engine has it. */
    PASSED,

    /** The engine asked how long its body is, without which it can write nothing that is whole. */
    ASKED,

    /** The engine has a connection: the request may have been sent. */
    BEGUN,

    /** It is not sent any more. */
    GIVEN_UP,
}

/**
 * Lets one request pass, once, and knows how far it got. Plugins that repeat a request (retries, authentication,
 * interceptors of `HttpSend`) send it through Ktor's pipeline each time.
 */
internal class SendOnce : AbstractCoroutineContextElement(SendOnce), AutoCloseable {
    /** By which an interceptor of an engine finds this, in a header that it takes away. */
    val id: String = numbers.incrementAndGet().toString().also { open[it] = this }

    private val progress = AtomicReference(Progress.OUTSIDE)

    /** What the engine is meant to be given. */
    @Volatile
    var body: OutgoingContent? = null

    /** True if the engine was given that, and nothing else says how long it is. */
    @Volatile
    var isOwn = false
        private set

    /** Set by an interceptor of the engine when it lets the request go. */
    val hasStarted: AtomicBoolean = AtomicBoolean()

    /** True once a second try was refused. */
    @Volatile
    var wasRepeated = false
        private set

    /** The response's own values of `Retry-After`, if an interceptor hid them. */
    @Volatile
    var retryAfter: List<String>? = null
    @Volatile private var passed: String? = null

    private fun pass(request: HttpRequestBuilder, content: Any) {
        val what = request.method.value + " " + request.url.buildString()
        if (passed == null) {
            passed = what
            isOwn = content === body && HttpHeaders.ContentLength !in request.headers
            // Whatever asked for the length until now, it was no engine.
            if (!progress.compareAndSet(Progress.ASKED, Progress.PASSED)) advance(Progress.PASSED)
        } else if (passed == what) {
            // Others are a plugin's own, such as for a token.
            refuse("a plugin of the HttpClient")
        }
    }

    /** Remembers how far it got, unless it was given up. */
    fun advance(to: Progress) {
        val before = progress.getAndUpdate { if (it < to) to else it }
        if (before == Progress.GIVEN_UP) throw IOException("the request was given up")
    }

    /** Gives it up if it got no further than this. Nothing of it is sent then, not even later. */
    fun giveUp(furthest: Progress): Boolean =
        progress.updateAndGet { if (it <= furthest) Progress.GIVEN_UP else it } == Progress.GIVEN_UP

    /** Throws what is said of a second try. */
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

        /** The one of this id. */
        fun of(id: String): SendOnce? = open[id]

        /** Makes a client respect it, whatever its plugins do. */
        fun install(client: HttpClient, timeoutMillis: Long) {
            val canTime = HttpTimeoutCapability in client.engine.supportedCapabilities && timeoutMillis < LONGEST_CONNECT
            client.sendPipeline.insertPhaseBefore(HttpSendPipeline.Engine, phase)
            client.sendPipeline.intercept(phase) {
                kotlin.coroutines.coroutineContext[Key]?.pass(context, subject)
                if (canTime) limitConnecting(context, timeoutMillis)
            }
        }

        /** Lets the engine say that it could not connect before the attempt is over: nothing was sent then. */
        private fun limitConnecting(request: HttpRequestBuilder, timeoutMillis: Long) {
            val given = request.getCapabilityOrNull(HttpTimeoutCapability)
            val limit = minOf(timeoutMillis - timeoutMillis / 8, given?.connectTimeoutMillis ?: timeoutMillis)
            val limits = HttpTimeoutConfig(given?.requestTimeoutMillis, limit, given?.socketTimeoutMillis)
            request.setCapability(HttpTimeoutCapability, limits)
        }

        /** The engines' own limit, or more. */
        private const val LONGEST_CONNECT = 10_000L
    }
}

/** A body that is written once. Engines do not repeat a request whose body they cannot have again. */
internal class OnceBody(
    private val bytes: ByteArray,
    override val contentType: ContentType?,
    private val once: SendOnce,
    /** True if the engine asks for the body only when it has a connection. */
    private val isAskedLate: Boolean,
) : OutgoingContent.WriteChannelContent() {
    private val isWritten = AtomicBoolean()
    val isEmpty: Boolean get() = bytes.isEmpty()

    override val contentLength: Long
        get() {
            once.advance(Progress.ASKED)
            return bytes.size.toLong()
        }

    override suspend fun writeTo(channel: ByteWriteChannel) {
        if (isWritten.getAndSet(true)) once.refuse("the engine")
        if (isAskedLate) once.advance(Progress.BEGUN)
        channel.writeFully(bytes)
    }
}

/** No body, which tells when an engine asks how long it is. */
internal class NoBody(private val once: SendOnce) : OutgoingContent.NoContent() {
    override val contentLength: Long
        get() {
            once.advance(Progress.ASKED)
            return 0
        }
}
