// A call that was given up, and the key by which it can be made again.
package dev.hudhud

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.TimeoutCancellationException

/**
 * The coroutine of a call was cancelled, or its thread was interrupted, after the request may have gone out. It is a
 * [CancellationException] like any other: a coroutine that lets it pass is cancelled.
 *
 * A caller further out may see another exception of the same cancellation, such as the one of `withTimeout`. This one is
 * then among its suppressed exceptions, where [idempotencyKeys] finds it.
 */
public class CallCancelledException internal constructor(
    /** The call, such as `messages.send`. */
    public val call: String,
    /** The idempotency key that was sent. A repetition with this key has no second effect. */
    public val idempotencyKey: String?,
    cause: Throwable? = null,
) : CancellationException("$call was cancelled") {
    init {
        initCause(cause)
    }
}

/** The idempotency keys of the calls that a cancellation ended: of this exception, its causes and their suppressed ones. */
public val CancellationException.idempotencyKeys: List<String>
    get() {
        val seen = LinkedHashSet<Throwable>()
        fun visit(error: Throwable) {
            if (!seen.add(error)) return
            error.suppressed.forEach(::visit)
            error.cause?.let(::visit)
        }
        visit(this)
        return seen.filterIsInstance<CallCancelledException>().mapNotNull { it.idempotencyKey }.distinct()
    }

/** The request of a call that went out last, for what is said of the call if it is cancelled. */
internal class LastSent(private val call: String) {
    @Volatile private var request: Request? = null

    fun sending(request: Request) {
        this.request = request
    }

    /** The exception to throw instead of a cancellation; the cancellation itself if nothing was sent. */
    fun cancelled(cancellation: CancellationException): CancellationException {
        if (request == null || cancellation is CallCancelledException) return cancellation
        // Debuggers and assertions make copies of exceptions, with the original as the cause.
        generateSequence<Throwable>(cancellation) { it.cause }.take(3).filterIsInstance<CancellationException>()
            .forEach { it.addSuppressed(CallCancelledException(call, idempotencyKey)) }
        // withTimeoutOrNull knows its own exception by identity.
        return if (cancellation is TimeoutCancellationException) cancellation
        else CallCancelledException(call, idempotencyKey, cancellation)
    }

    /** The exception for a caller that blocks and was interrupted. */
    fun interrupted(interruption: InterruptedException): CallCancelledException =
        CallCancelledException(call, idempotencyKey, interruption)

    private val idempotencyKey: String?
        get() = request?.headers?.firstOrNull { it.name.equals("Idempotency-Key", ignoreCase = true) }?.value
}
