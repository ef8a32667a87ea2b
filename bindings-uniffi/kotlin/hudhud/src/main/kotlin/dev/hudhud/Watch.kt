// Reports a call to the observer of its client and to the logger. Without both, there is no watch.
package dev.hudhud

import java.time.Duration
import java.util.Locale
import java.util.concurrent.CancellationException
import java.util.concurrent.atomic.AtomicBoolean

/** An observer whose exceptions do not leave its methods. The first one is logged. */
internal class GuardedObserver(private val observer: Observer) {
    private val hasFailed = AtomicBoolean()

    fun begin(call: CallDescription): CallObserver? = guarded("begin") { observer.begin(call) }

    fun event(observer: CallObserver?, event: CallEvent) {
        guarded("event") { observer?.event(event) }
    }

    fun end(observer: CallObserver?, end: CallEnd) {
        guarded("end") { observer?.end(end) }
    }

    private inline fun <T> guarded(method: String, run: () -> T): T? = try {
        run()
    } catch (error: Throwable) {
        if (error is VirtualMachineError) throw error
        if (error is InterruptedException) Thread.currentThread().interrupt()
        if (hasFailed.compareAndSet(false, true)) {
            Log.write(
                LogLevel.ERROR,
                "observer ${observer.javaClass.name}: $method() threw ${error.javaClass.name}; correct it. " +
                    "Its later exceptions are not logged.",
                error,
            )
        }
        null
    }
}

/** The watch of one call. It belongs to the coroutine of the call. */
internal class Watch private constructor(private val observer: GuardedObserver?, private val exchange: Exchange<*>) {
    private val begun = System.nanoTime()
    private var attemptBegun = begun
    private var attemptEnded = begun
    private var attempts = 0
    private var method = ""
    private var call: CallObserver? = null
    /** The facts of the attempt that ended last, if they were read. */
    private var ended: Attempt? = null
    private var described: CallDescription? = null
    /** The facts about the call. They are read if the logger was turned on after the first step. */
    private val description: CallDescription get() = described ?: exchange.description().also { described = it }

    /** True if an observer or the log takes the facts about each attempt. */
    val wantsFacts: Boolean get() = observer != null || Log.isOn(LogLevel.DEBUG)

    /** Accepts the facts about the call, which come with its first request. */
    fun begins(call: CallDescription) {
        described = call
    }

    /** Begins an attempt. */
    fun sends(request: Request) {
        method = request.method
        attempts++
        attemptBegun = System.nanoTime()
        ended = null
        if (observer == null) return
        if (attempts == 1) call = observer.begin(description)
        observer.event(call, CallEvent.AttemptBegan(attempts, method))
    }

    /** Notes the time of an attempt, after the exchange has accepted its response or its failure. */
    fun received() {
        attemptEnded = System.nanoTime()
    }

    /** Ends an attempt, with the facts that come with the step after it. */
    fun ended(facts: Attempt) {
        val attempt = numbered(facts)
        observer?.event(call, CallEvent.AttemptEnded(attempt, method, Duration.ofNanos(attemptEnded - attemptBegun)))
        if (!Log.isOn(LogLevel.DEBUG)) return
        val to = description.run { "$method $urlTemplate to $serverAddress:$serverPort" }
        Log.write(LogLevel.DEBUG, "${exchange.name}: attempt $attempts: $to: ${LogTexts.of(attempt)}")
    }

    /** Ends the last attempt of a call whose response cannot be used. No other one follows. */
    fun unusable() {
        if (wantsFacts) exchange.lastAttempt()?.let { ended(it.copy(wait = null)) }
    }

    /** States that the call waits before the next attempt, or for the rate limiter. */
    fun waits() {
        if (!Log.isOn(LogLevel.WARN)) return
        val attempt = attempt() ?: return reportLongWait()
        // A wait for the rate limiter that follows belongs to no attempt.
        ended = null
        val seconds = String.format(Locale.ROOT, "%.1f", (attempt.wait ?: Duration.ZERO).toMillis() / 1000.0)
        val reason = LogTexts.reason(attempt.error.orEmpty(), attempt.status, attempt.fault)
        Log.write(LogLevel.WARN, "${exchange.name}: attempt $attempts failed: $reason; waiting $seconds s")
    }

    /** States the wait for the rate limiter if core reports it. */
    private fun reportLongWait() {
        val total = exchange.longWait() ?: return
        val why = "the limit of the key is used up, or a response asked to wait"
        Log.write(LogLevel.WARN, "${exchange.name}: waiting ${total.toSeconds()} s or longer for the rate limiter: $why")
    }

    /** Ends the call with a response. */
    fun succeeded(meta: Meta): Unit =
        end(LogLevel.INFO, CallEnd(attempts, since(begun), meta.status, null, null, meta.idempotentReplay))

    /** Ends the call with an exception. A call that was not sent was not begun. */
    fun failed(error: Throwable) {
        if (attempts == 0) return
        val failure = (error as? HudhudException)?.failure
        val replay = failure?.meta?.idempotentReplay == true
        val kind = failure?.kind ?: error.javaClass.simpleName
        // The program itself cancels calls.
        val level = if (error is CancellationException) LogLevel.INFO else LogLevel.WARN
        end(level, CallEnd(attempts, since(begun), failure?.meta?.status, kind, failure?.transportFault, replay))
    }

    private fun end(level: LogLevel, end: CallEnd) {
        observer?.end(call, end)
        if (Log.isOn(level)) Log.write(level, "${exchange.name}: ${LogTexts.of(end)}")
    }

    /** Returns the facts of the attempt that ended last. */
    private fun attempt(): Attempt? = ended ?: exchange.lastAttempt()?.let(::numbered)

    /** Keeps the facts of an attempt. An exchange counts a request with a refused method and the next one as one attempt. */
    private fun numbered(facts: Attempt): Attempt = facts.copy(number = attempts).also { ended = it }

    private fun since(begun: Long): Duration = Duration.ofNanos(System.nanoTime() - begun)

    companion object {
        /** Returns the watch of a call, or null without an observer and without a logger that shows warnings. */
        fun of(observer: GuardedObserver?, exchange: Exchange<*>): Watch? =
            if (observer != null || Log.isOn(LogLevel.WARN)) Watch(observer, exchange) else null
    }
}

/** The texts of log lines. They are the same in Python. */
private object LogTexts {
    /** Returns a text such as `rate_limited (HTTP 429)`, or `transport (connect)`. */
    fun reason(kind: String, status: Int?, fault: TransportFault?): String {
        val shown = status?.let { "HTTP $it" } ?: fault?.name?.lowercase() ?: return kind
        return "$kind ($shown)"
    }

    fun of(attempt: Attempt): String = attempt.run {
        listOfNotNull(
            error?.let { reason(it, status, fault) } ?: "$status",
            rateLimit.remaining?.let { "$it of ${rateLimit.limit ?: "?"} left this minute" },
            rateLimit.dailyRemaining?.let { "$it of ${rateLimit.dailyLimit ?: "?"} left today" },
            requestId?.let { "request id $it" },
        ).joinToString(", ")
    }

    fun of(end: CallEnd): String = end.run {
        val outcome = error?.let { reason(it, status, fault) } ?: ("$status" + if (idempotentReplay) ", a stored response" else "")
        "$outcome after $attempts attempt${if (attempts == 1) "" else "s"}, ${elapsed.toMillis()} ms"
    }
}
