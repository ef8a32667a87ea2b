// The decisions of core about a delivery. Core returns the bytes of a step, which `src/inbox.rs` of the native library describes.
package dev.hudhud

import java.nio.ByteBuffer
import java.time.Instant

/** A decision about a delivery. Times are in milliseconds. */
internal class InboxDecision(private val step: ByteArray, private val maxAttempts: Long) {
    private val numbers = ByteBuffer.wrap(step)

    /** The outcome of a delivery that is not handled, or null if the event must be handled. */
    val refusal: InboxOutcome? = REFUSALS[step[0].toInt()]

    /** The change to store before the event is handled or the response is sent, if there is one. */
    val change: InboxChange? = if (step.size == WITHOUT_ENTRY) null else {
        val forgetAt = numbers.getLong(32)
        InboxChange(
            if (step.size == WITH_ENTRY) null else step.copyOfRange(WITH_ENTRY, step.size),
            step.copyOfRange(WITHOUT_ENTRY, WITH_ENTRY),
            STATES[step[1].toInt()],
            if (forgetAt < 0) null else Instant.ofEpochMilli(forgetAt),
        )
    }

    /** The number of the attempt, from 1. */
    val attempt: Int get() = numbers.getInt(4)

    /** The time after which another delivery can succeed, if it is known. */
    val wait: Long? get() = numbers.getLong(8).takeIf { it >= 0 }

    /** The fencing token. */
    val token: Long get() = numbers.getLong(16)

    /** The end of the lease. */
    val leaseEnd: Long get() = numbers.getLong(24)

    /** Returns the change after a success in leased mode. */
    fun done(now: Long): InboxChange = end(0, now)

    /** Returns the change after a failure. */
    fun failed(now: Long): InboxChange = end(1, now)

    /** Returns the change after the handler rejected the event for good. */
    fun poisoned(now: Long): InboxChange = end(2, now)

    private fun end(how: Int, now: Long): InboxChange {
        val claimed = checkNotNull(change)
        val step = NativeBridge.default.inboxEnd(how, claimed.entry, claimed.expected, maxAttempts, now)
        return checkNotNull(InboxDecision(step, maxAttempts).change)
    }

    private companion object {
        /** The number of bytes of a step without a change, and of one whose change expects no entry. */
        const val WITHOUT_ENTRY = 40
        const val WITH_ENTRY = 94

        val REFUSALS = arrayOf(null, InboxOutcome.DUPLICATE, InboxOutcome.BUSY, InboxOutcome.TOO_EARLY, InboxOutcome.POISONED)
        val STATES = arrayOf("leased", "failed", "done", "poisoned")
    }
}
