// Observers: objects of a program that follow the calls of a client, for metrics and traces.
package dev.hudhud

import java.time.Duration

/**
 * Follows the calls of a client. The facts contain no key, no phone number and no text.
 *
 * ```kotlin
 * val slow = Observer { call ->
 *     object : CallObserver {
 *         override fun event(event: CallEvent) {}
 *         override fun end(end: CallEnd) {
 *             if (end.elapsed > Duration.ofSeconds(5)) println("${call.call}: $end")
 *         }
 *     }
 * }
 * val zagely = Zagely(publicKey, secretKey, observer = slow)
 * ```
 *
 * One observer follows all calls of a client, which may run at the same time. Each page of a list is a separate call. A call
 * that is refused before it is sent is not observed.
 *
 * The methods run on the thread of the call, so they should return soon. An exception of an observer does not affect
 * the call. The first one is logged.
 */
public fun interface Observer {
    /** Begins a call. Returns the object that receives its events, or `null` to ignore this call. */
    public fun begin(call: CallDescription): CallObserver?
}

/** Follows one call. */
public interface CallObserver {
    /** Receives an event. */
    public fun event(event: CallEvent)

    /** Receives the end of the call. It is called once, after all events. */
    public fun end(end: CallEnd)
}

/** An event of a call. */
public sealed interface CallEvent {
    /** A request is about to be sent. */
    public data class AttemptBegan(
        /** The number of the attempt, from 1. */
        public val number: Int,
        /**
         * The HTTP method. If the vendor refuses the method of an update, the request is repeated with the other one (PUT or
         * PATCH).
         */
        public val method: String,
    ) : CallEvent

    /** An attempt has ended. If [Attempt.wait] is not null, a wait of this length and another attempt follow. */
    public data class AttemptEnded(
        /** The facts. */
        public val attempt: Attempt,
        /** The HTTP method. */
        public val method: String,
        /** The time from the request to the end of the response. */
        public val elapsed: Duration,
    ) : CallEvent
}

/** The end of a call. */
public data class CallEnd(
    /** The number of attempts. */
    public val attempts: Int,
    /** The time from the beginning, waits included. */
    public val elapsed: Duration,
    /** The last HTTP status, if a response arrived. */
    public val status: Int?,
    /**
     * The kind of the error, such as `rate_limited`, or the class of an exception that ended the call, such as
     * `CallCancelledException`. `null` after a success.
     */
    public val error: String?,
    /** The fault of the transport, if it failed. */
    public val fault: TransportFault?,
    /** True if this is the stored response to an earlier request with the same idempotency key. */
    public val idempotentReplay: Boolean,
)
