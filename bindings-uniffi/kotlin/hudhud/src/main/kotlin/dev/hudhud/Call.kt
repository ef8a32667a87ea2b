// The generic types around a call: calls, responses and exchanges. UniFFI has no generic types.
package dev.hudhud

import java.time.Duration

/** A call of the vendor [V] with an output of type [A]: every class of calls, such as [ListContacts], and its builder. */
public interface CallInput<in V, out A> {
    /** Returns the call with the type of its output. */
    public fun call(): Call<V, A>
}

/** A call of the vendor [V] with an output of type [A], without the class of its input. */
public class Call<in V, out A> internal constructor(
    /** The name, such as `contacts.list`. */
    public val name: String,
    internal val inner: kotlin.Any,
    @get:JvmSynthetic internal val read: (Output) -> A,
) : CallInput<V, A> {
    override fun call(): Call<V, A> = this

    override fun toString(): String = "Call($name)"
}

/** A call that was read from JSON, with options that contain its additional members. */
public data class CallByName<V>(
    /** The call. */
    public val call: Call<V, Output>,
    /** The options. */
    public val options: CallOptions,
)

/** A successful call: the decoded output, its metadata and the response. */
public data class ApiResponse<out A>(
    /** The output. */
    public val output: A,
    /** The status, the rate limits and the mark of an idempotent replay. */
    public val meta: Meta,
    /** The response as received. Its body also has the fields that the output's type does not have. */
    public val response: Response,
)

/** The next action of an [Exchange]. */
public sealed interface Step<out A> {
    /** Send this request, then call [Exchange.receive] with the response or [Exchange.fail] with the fault. */
    public data class Send(public val request: Request) : Step<Nothing>

    /** Wait for this duration, then call [Exchange.step] again. */
    public data class Wait(public val duration: Duration) : Step<Nothing>

    /** The call has succeeded. */
    public data class Done<out A>(public val response: ApiResponse<A>) : Step<A>
}

/**
 * The state machine of one call with its retries. It gets the time and the outcome of each request, and returns the next
 * action. It sends a request again only where that is safe.
 *
 * It is for programs that do their own I/O. Other programs use [Client].
 *
 * Times are in milliseconds since 1970. Close the exchange after the call.
 */
public class Exchange<out A> internal constructor(
    private val handle: ExchangeHandle,
    private val vendor: String,
    private val call: Call<*, A>,
) : AutoCloseable {
    private var response: Response? = null

    /** Lets each request wait for a permit of a rate limiter. */
    @JvmSynthetic
    internal fun waitFor(limiter: RateLimiter): Unit = limiter.hold(handle)

    /** Ends the call because the store of its rate limiter fails. Always throws. */
    internal fun loseStore(limiter: RateLimiterHandle, fault: StoreFault): Unit = try {
        limiter.end(handle, System.currentTimeMillis().toULong(), fault.failing?.toULong())
    } catch (error: HudhudException) {
        throw error.apply { if (fault.cause != null) initCause(fault.cause) }
    }

    /** The name of the call. */
    internal val name: String get() = call.name

    /** True if the call, which is not over, may have had its effect by now. */
    internal val mayHaveHappened: Boolean get() = handle.mayHaveHappened()

    /** Returns the minimum time of the wait for the rate limiter, if it should be logged now. */
    @JvmSynthetic
    internal fun longWait(): Duration? = handle.longWait()

    /**
     * Returns the next action.
     *
     * @throws HudhudException if the call failed.
     */
    public fun step(now: Long): Step<A> = read(handle.step(now.toULong()))

    /** Returns the next action, and passes the facts that precede it to [watch]. One call into the native library returns both. */
    @JvmSynthetic
    internal fun step(now: Long, watch: Watch?): Step<A> {
        if (watch == null || !watch.wantsFacts) return step(now)
        val (ended, description, step) = try {
            handle.observedStep(now.toULong())
        } catch (error: HudhudException) {
            handle.lastAttempt()?.let(watch::ended)
            throw error
        }
        ended?.let(watch::ended)
        description?.let(watch::begins)
        return read(step)
    }

    private fun read(step: NextStep): Step<A> = when (step) {
        is NextStep.Send -> Step.Send(step.request)
        is NextStep.Wait -> Step.Wait(Duration.ofMillis(step.millis.toLong()))
        is NextStep.Done -> {
            val response = checkNotNull(response)
            val (output, meta) = Tape.of(step.tape, response.body).decoded(vendor, call.name)
            Step.Done(ApiResponse(call.read(output), meta, response))
        }
    }

    /**
     * Passes the response to the request that was sent.
     *
     * @throws HudhudException.InvalidRequest if no response is expected. The exchange is unchanged then.
     * @throws IllegalArgumentException if the status is not from 100 to 599. The exchange is unchanged then.
     */
    public fun receive(response: Response, now: Long) {
        requireStatus(response)
        handle.receive(response, now.toULong())
        // Stored only after core accepted it: the tape refers to positions in its body.
        this.response = response
    }

    /**
     * Reports that no response came. The reason is for logs. It may contain the host, and nothing else of the request.
     *
     * @throws HudhudException.InvalidRequest if no response is expected. The exchange is unchanged then.
     */
    @JvmOverloads
    public fun fail(fault: TransportFault, now: Long, reason: String? = null): Unit =
        handle.fail(fault, now.toULong(), reason)

    /**
     * The idempotency key of the request. It is available before the first step. With this key the call can be repeated
     * later without a second effect.
     */
    public val idempotencyKey: String? get() = handle.idempotencyKey()

    /**
     * Returns the facts about the call that do not change between its attempts.
     *
     * @throws HudhudException.InvalidRequest if the exchange belongs to a page of a list, and the next page was already
     * begun.
     */
    public fun description(): CallDescription = handle.description()

    /**
     * Returns the facts about the attempt that has ended: after [receive] or [fail], until the end of the wait that
     * follows. Otherwise it returns `null`.
     */
    public fun lastAttempt(): Attempt? = handle.lastAttempt()

    override fun close(): Unit = handle.close()
}
