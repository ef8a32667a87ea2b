// The exceptions of cancelled and interrupted calls, with the idempotency key for a repetition.
@file:JvmName("Cancellations")

package dev.hudhud

import java.time.Duration
import java.util.concurrent.CompletableFuture

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.launch

/**
 * The coroutine of a call was cancelled. Like any other [CancellationException], it ends the coroutine unless it is caught.
 *
 * An outer function may throw another exception instead, as `withTimeout` does. This exception is then one of its suppressed
 * exceptions, and [idempotencyKeys] finds it there.
 */
public class CallCancelledException internal constructor(
    /** The call, such as `messages.send`. */
    public val call: String,
    /** The idempotency key that was sent, or null if none was sent. A repetition with this key has no second effect. */
    public val idempotencyKey: String?,
    /**
     * False if the call certainly had no effect: no request was sent, the vendor refused it, no connection was made, or the call
     * only reads.
     */
    public val mayHaveHappened: Boolean,
    cause: Throwable? = null,
) : CancellationException("$call was cancelled") {
    init {
        initCause(cause)
    }
}

/**
 * The idempotency keys of the calls that a cancellation or a time limit ended. They come from this exception, its causes and
 * suppressed exceptions. A [CallCancelledException] has only the key of its own call.
 */
public val Throwable.idempotencyKeys: List<String>
    get() {
        val seen = LinkedHashSet<Throwable>()
        fun visit(error: Throwable) {
            // The cause of such an exception may belong to other calls too.
            if (!seen.add(error) || error is CallCancelledException) return
            error.suppressed.forEach(::visit)
            error.cause?.let(::visit)
        }
        visit(this)
        return seen.filterIsInstance<CallCancelledException>().mapNotNull { it.idempotencyKey }.distinct()
    }

/** The future of a call. Cancelling it ends the call, and `join` and `get` then throw an exception with the idempotency key. */
internal class CallFuture<T>(private val last: LastSent?) : CompletableFuture<T>() {
    /** The coroutine of the call. */
    lateinit var job: Job
        private set

    override fun cancel(mayInterruptIfRunning: Boolean): Boolean {
        val cancellation = CancellationException("the future was cancelled")
        last?.cancelled(cancellation)
        completeExceptionally(cancellation)
        return isCancelled
    }

    override fun completeExceptionally(error: Throwable): Boolean {
        // The `TimeoutException` of `orTimeout` comes from outside of the call, too.
        if (error !is HudhudException && error !is CancellationException && !isDone) last?.addKeyTo(error)
        return super.completeExceptionally(error)
    }

    companion object {
        /** Starts a call in a scope. `last` has its idempotency key. */
        fun <T> start(scope: CoroutineScope, last: LastSent?, run: suspend () -> T): CallFuture<T> {
            val future = CallFuture<T>(last)
            future.job = scope.launch(start = CoroutineStart.LAZY) {
                try {
                    future.complete(run())
                } catch (error: Throwable) {
                    future.completeExceptionally(error)
                }
            }
            future.whenComplete { _, _ -> future.job.cancel() }
            future.job.start()
            return future
        }
    }
}

/** The last request of a call that was sent. It provides the idempotency key for the exception of a cancelled call. */
internal class LastSent(private val call: String) {
    @Volatile private var request: Request? = null
    @Volatile private var begun: Long? = null
    @Volatile private var attempts = 0

    /** False if the call certainly had no effect until now. */
    @Volatile var mayHaveHappened: Boolean = false
        private set

    fun sending(request: Request) {
        this.request = request
        mayHaveHappened = mayHaveHappened || request.method != "GET"
        begun = begun ?: System.nanoTime()
        attempts++
    }

    /** Asks core if the attempts that have ended may have had the effect of the call. */
    fun waits(exchange: Exchange<*>) {
        if (request != null) mayHaveHappened = exchange.mayHaveHappened
    }

    /** Returns the exception to throw for a cancellation. All coroutines of a job may share the same cancellation. */
    fun cancelled(cancellation: CancellationException): CancellationException {
        // With debugging or assertions enabled, coroutines copy exceptions and set the original as the cause.
        generateSequence<Throwable>(cancellation) { it.cause }.take(3).filterIsInstance<CancellationException>()
            .filter { it !is CallCancelledException }.forEach(::addKeyTo)
        // withTimeoutOrNull compares its own exception by identity.
        return if (cancellation is TimeoutCancellationException) cancellation
        else CallCancelledException(call, idempotencyKey, mayHaveHappened, cancellation)
    }

    /** Adds the idempotency key to an exception that ends the call, if a request was sent. */
    fun addKeyTo(error: Throwable) {
        if (request != null) error.addSuppressed(CallCancelledException(call, idempotencyKey, mayHaveHappened))
    }

    /**
     * Returns the exception for a blocking caller whose thread was interrupted, and sets the thread's flag again. Java code
     * cannot catch an `InterruptedException`, because no method declares it.
     */
    fun interrupted(interruption: InterruptedException): HudhudException {
        Thread.currentThread().interrupt()
        val hint = when {
            !mayHaveHappened -> "The call had no effect."
            idempotencyKey == null -> CHECK_FIRST
            else -> "The call may have had its effect: repeat it with its idempotency key."
        }
        val safeToRetry = !mayHaveHappened || idempotencyKey != null
        return ended("The thread was interrupted.", "the thread was interrupted", hint, safeToRetry).apply { initCause(interruption) }
    }

    /** Returns the exception for a response that arrived and cannot be used. The same call would fail again. */
    fun unusable(reason: String): HudhudException.Transport {
        return ended("The response cannot be used: $reason.", reason, correct(), safeToRetry = false)
    }

    private fun correct(): String = when {
        !mayHaveHappened -> "Correct this before you call again."
        idempotencyKey == null -> CHECK_FIRST
        else -> "The call may have had its effect: correct this, then repeat it with its idempotency key."
    }

    /** Returns the exception for a transport that threw an exception that is no failure of a connection. */
    fun mistaken(reason: String): HudhudException.Transport =
        ended("${reason.replaceFirstChar(Char::uppercase)}, which is the cause of this exception.", reason, correct(), safeToRetry = false)

    /** Returns the exception of a call that ends between two steps. */
    private fun ended(sentence: String, transportReason: String, hint: String, safeToRetry: Boolean): HudhudException.Transport {
        val details = ErrorDetails(
            summary = "$call: transport: $sentence $hint", kind = "transport", call = call, code = null, reason = sentence,
            fieldErrors = emptyList(), requiredAbility = null, safeToRetry = safeToRetry,
            mayHaveHappened = mayHaveHappened, keyForgotten = false, attempts = attempts,
            elapsed = begun?.let { Duration.ofNanos(System.nanoTime() - it) } ?: Duration.ZERO, details = emptyMap(),
            allowedMethods = emptyList(), hint = hint, origin = ErrorOrigin.NETWORK, retryAfter = null,
            transportFault = if (request == null) TransportFault.CONNECT else TransportFault.CLOSED,
            transportReason = transportReason, idempotencyKey = idempotencyKey, meta = null, response = null,
        )
        return HudhudException.Transport(details)
    }

    private val idempotencyKey: String?
        get() = request?.headers?.firstOrNull { it.name.equals("Idempotency-Key", ignoreCase = true) }?.value

    companion object {
        /** The beginning of the reason of an exception that is no failure of a connection. */
        const val MISTAKE = "the transport threw"

        /** Returns true if a call failed because its transport threw such an exception. */
        fun isMistake(error: HudhudException): Boolean = error.failure.transportReason?.startsWith(MISTAKE) == true

        private const val CHECK_FIRST = "The call may have had its effect: check before calling again."
    }
}
