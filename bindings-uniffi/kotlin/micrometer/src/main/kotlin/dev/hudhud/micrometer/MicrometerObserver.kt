// Timers of calls, attempts and waits, for Micrometer.
package dev.hudhud.micrometer

import dev.hudhud.CallDescription
import dev.hudhud.CallEnd
import dev.hudhud.CallEvent
import dev.hudhud.CallObserver
import dev.hudhud.Observer
import io.micrometer.core.instrument.MeterRegistry
import java.time.Duration

/**
 * Records the calls of a client in three timers.
 *
 * ```kotlin
 * val zagely = Zagely(publicKey, secretKey, observer = MicrometerObserver(registry))
 * ```
 *
 * | timer | one record | tags |
 * |---|---|---|
 * | `hudhud.call` | a call, waits included | `vendor`, `call`, `error` |
 * | `hudhud.attempt` | an attempt | `vendor`, `call`, `error`, `status` |
 * | `hudhud.wait` | a wait before an attempt | `vendor`, `call`, `error` |
 *
 * `call` is the name of the call, such as `messages.send`. `error` is the kind of the error, such as `rate_limited`.
 * Absent values are `none`.
 */
public class MicrometerObserver(private val registry: MeterRegistry) : Observer {
    override fun begin(call: CallDescription): CallObserver = object : CallObserver {
        override fun event(event: CallEvent) {
            if (event !is CallEvent.AttemptEnded) return
            val attempt = event.attempt
            record("hudhud.attempt", event.elapsed, attempt.error, "status", attempt.status?.toString() ?: NONE)
            attempt.wait?.let { record("hudhud.wait", it, attempt.error) }
        }

        override fun end(end: CallEnd) = record("hudhud.call", end.elapsed, end.error)

        private fun record(timer: String, time: Duration, error: String?, vararg more: String) =
            registry.timer(timer, "vendor", call.vendor, "call", call.call, "error", error ?: NONE, *more).record(time)
    }

    private companion object {
        const val NONE = "none"
    }
}
