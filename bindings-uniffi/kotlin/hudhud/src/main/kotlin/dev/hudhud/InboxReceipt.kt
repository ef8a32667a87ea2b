// The outcome of a delivery at an inbox.
package dev.hudhud

import java.time.Duration
import java.time.Instant

/** The outcomes of a delivery at an inbox. */
public enum class InboxOutcome {
    /** The handler has run. */
    HANDLED,

    /** The handler had run before. */
    DUPLICATE,

    /** Another process handles the event. */
    BUSY,

    /** The last attempt failed a moment ago. */
    TOO_EARLY,

    /** The handler threw an exception. The event is handled again at its next delivery. */
    FAILED,

    /** The handler rejected the event, or all attempts failed. The event is not handled again. */
    POISONED,

    /** The handler took longer than its lease, and another process has the event. */
    LEASE_LOST,
}

/** The result of a delivery at an inbox. Respond to the vendor with [httpStatus] and, if there is one, [retryAfter]. */
public class InboxReceipt internal constructor(
    /** The outcome. */
    public val outcome: InboxOutcome,
    /** The time after which another delivery can succeed, in whole seconds, if it is known. */
    public val retryAfter: Duration? = null,
    /** The exception of the handler, if the outcome is `FAILED` or `POISONED`. */
    public val error: Exception? = null,
) {
    /** The status of the response: 200, 500 for a poisoned event, otherwise 503. The vendor delivers again unless it is 200. */
    public val httpStatus: Int
        get() = when (outcome) {
            InboxOutcome.HANDLED, InboxOutcome.DUPLICATE -> 200
            InboxOutcome.POISONED -> 500
            else -> 503
        }

    /** The headers of the response: `Retry-After`, or none. */
    public val headers: Map<String, String>
        get() = retryAfter?.let { mapOf("Retry-After" to "${it.seconds}") } ?: emptyMap()

    /** Returns the outcome and the time. */
    override fun toString(): String = "InboxReceipt($outcome${retryAfter?.let { ", retryAfter=$it" } ?: ""})"
}

/** The right to handle an event for some time. A handler receives it. */
public class InboxLease internal constructor(
    /**
     * The key of the event, which is the same for each attempt. Pass it to other services as an idempotency key, or as a part of
     * one.
     */
    public val idempotencyKey: String,
    /** The fencing token: each holder of the event has a greater one. A service that compares them can refuse a late holder. */
    public val token: Long,
    /** The number of the attempt, from 1. */
    public val attempt: Int,
    /** The time at which the lease ends. Another process may handle the event then. */
    public val endsAt: Instant,
)

/** An exception with which a handler rejects an event for good: the event is poisoned at once. */
public class RejectedEventException @JvmOverloads constructor(message: String? = null, cause: Throwable? = null) : RuntimeException(message, cause)
