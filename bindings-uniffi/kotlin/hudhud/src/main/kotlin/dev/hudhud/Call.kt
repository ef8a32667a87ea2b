// A call with its types, and what comes of it: what UniFFI, without generic types, cannot say.
package dev.hudhud

import java.time.Duration

/**
 * One call of the vendor [V] that answers [A]: `ListContacts().call`.
 */
public class Call<in V, out A> internal constructor(
    /** The name, such as `contacts.list`. */
    public val name: String,
    internal val inner: kotlin.Any,
    internal val read: (Answer) -> A,
) {
    override fun toString(): String = "Call($name)"
}

/** A success: the decoded answer, what was said beside it, and the response it came in. */
public data class Reply<out A>(
    /** The answer. */
    public val answer: A,
    /** Status, limits and replay mark. */
    public val meta: Meta,
    /** The response as it came: what the answer's type does not know is in its body. */
    public val response: Response,
)

/** What to do next with a call in flight. */
public sealed interface Step<out A> {
    /** Send this, then tell of the response or the fault. */
    public data class Send(public val request: Request) : Step<Nothing>

    /** Let this much time pass, then ask again. */
    public data class Wait(public val duration: Duration) : Step<Nothing>

    /** It is over. */
    public data class Done<out A>(public val reply: Reply<A>) : Step<A>

    /** It is over, and so is the list: the page was seen before. */
    public data object End : Step<Nothing>
}

/**
 * One call in flight, with its retries, as a state machine: it is told the time and what happened, and says what to do
 * next. Nothing is ever sent twice by accident. For programs that do their own I/O; everybody else calls the client.
 *
 * Times are in milliseconds since 1970. Close it when it is over.
 */
public class Exchange<out A> internal constructor(
    private val flying: Flying,
    private val vendor: String,
    private val call: Call<*, A>,
) : AutoCloseable {
    private var response: Response? = null

    /** The name of the call. */
    internal val name: String get() = call.name

    /**
     * What to do next.
     *
     * @throws HudhudException if the call failed.
     */
    public fun step(now: Long): Step<A> = when (val step = flying.step(now.toULong())) {
        is NextStep.Send -> Step.Send(step.request)
        is NextStep.Wait -> Step.Wait(Duration.ofMillis(step.millis.toLong()))
        is NextStep.Done -> {
            val response = checkNotNull(response)
            val (answer, meta) = Tape.of(step.tape, response.body).decoded(vendor, call.name)
            Step.Done(Reply(call.read(answer), meta, response))
        }
        is NextStep.End -> Step.End
    }

    /**
     * The answer to the request that was sent.
     *
     * @throws HudhudException.InvalidRequest if none is awaited; nothing changes then.
     */
    public fun receive(response: Response, now: Long) {
        flying.receive(response, now.toULong())
        // Only one that was awaited: what is read later is read beside it.
        this.response = response
    }

    /**
     * No answer came.
     *
     * @throws HudhudException.InvalidRequest if none is awaited; nothing changes then.
     */
    public fun fail(fault: TransportFault, now: Long): Unit = flying.fail(fault, now.toULong())

    /** The idempotency key that is sent, also before the first step: with it the call can be repeated later. */
    public val idempotencyKey: String? get() = flying.idempotencyKey()

    override fun close(): Unit = flying.close()
}
