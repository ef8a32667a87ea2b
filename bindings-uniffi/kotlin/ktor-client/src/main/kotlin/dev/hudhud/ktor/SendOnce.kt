// Keeping Ktor from sending a request a second time.
package dev.hudhud.ktor

import io.ktor.client.HttpClient
import io.ktor.client.plugins.HttpTimeoutCapability
import io.ktor.client.plugins.HttpTimeoutConfig
import io.ktor.client.request.HttpRequestBuilder
import io.ktor.client.request.HttpSendPipeline
import io.ktor.http.ContentType
import io.ktor.http.content.OutgoingContent
import io.ktor.util.pipeline.PipelinePhase
import io.ktor.utils.io.ByteWriteChannel
import io.ktor.utils.io.writeFully
import java.io.IOException
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicLong
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext

/**
 * Lets one request pass, once, and knows how far it got. Plugins that repeat a request (retries, authentication,
 * interceptors of `HttpSend`) send it through Ktor's pipeline each time.
 */
internal class SendOnce : AbstractCoroutineContextElement(SendOnce), AutoCloseable {
    /** By which an interceptor of an engine finds this, in a header that it takes away. */
    val id: String = numbers.incrementAndGet().toString().also { open[it] = this }

    /** True once the request reached the engine. */
    @Volatile
    var hasPassed = false
        private set

    /** True once the engine is known to have had a connection: the request may have been sent. */
    @Volatile
    var hasBegun = false

    /** True if the engine asks for a body that is not empty, and only when it has a connection. */
    @Volatile
    var needsBody = false

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

    private fun pass(request: HttpRequestBuilder) {
        val what = request.method.value + " " + request.url.buildString()
        if (!hasPassed) {
            hasPassed = true
            passed = what
        } else if (passed == what) {
            // Others are a plugin's own, such as for a token.
            refuse("a plugin of the HttpClient")
        }
    }

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
                kotlin.coroutines.coroutineContext[Key]?.pass(context)
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

    override val contentLength: Long get() = bytes.size.toLong()

    override suspend fun writeTo(channel: ByteWriteChannel) {
        if (isWritten.getAndSet(true)) once.refuse("the engine")
        if (isAskedLate) once.hasBegun = true
        channel.writeFully(bytes)
    }
}
