// Spans of calls and their attempts, for OpenTelemetry.
package dev.hudhud.opentelemetry

import dev.hudhud.CallDescription
import dev.hudhud.CallEnd
import dev.hudhud.CallEvent
import dev.hudhud.CallObserver
import dev.hudhud.Observer
import io.opentelemetry.api.GlobalOpenTelemetry
import io.opentelemetry.api.OpenTelemetry
import io.opentelemetry.api.common.AttributeKey
import io.opentelemetry.api.common.Attributes
import io.opentelemetry.api.trace.Span
import io.opentelemetry.api.trace.SpanKind
import io.opentelemetry.api.trace.StatusCode
import io.opentelemetry.api.trace.Tracer
import io.opentelemetry.context.Context

/**
 * Makes spans of the calls of a client.
 *
 * ```kotlin
 * val zagely = Zagely(publicKey, secretKey, observer = OpenTelemetryObserver())
 * ```
 *
 * A call is a span with the name of the call. Each attempt is a child span, named and described by the conventions of HTTP
 * clients: `http.request.method`, `url.template`, `server.address`, `server.port`, `http.response.status_code`,
 * `http.request.resend_count`, `error.type`. Each wait is an event `wait` of the call's span. The whole URL is not an
 * attribute, because its query can hold names and phone numbers.
 *
 * The span that is current when a call begins is the parent of the call's span. The span of an attempt is not made
 * current, because a coroutine can change its thread while the attempt runs.
 *
 * @param openTelemetry provides the tracer `hudhud`. Default: the global one.
 */
public class OpenTelemetryObserver @JvmOverloads constructor(
    openTelemetry: OpenTelemetry = GlobalOpenTelemetry.get(),
) : Observer {
    private val tracer = openTelemetry.getTracer("hudhud")

    override fun begin(call: CallDescription): CallObserver =
        Spans(tracer, call, tracer.spanBuilder(call.call).setAttribute("hudhud.vendor", call.vendor).startSpan())
}

/** The spans of one call: its own, and that of the running attempt. */
private class Spans(private val tracer: Tracer, private val call: CallDescription, private val span: Span) : CallObserver {
    private var attempt: Span? = null

    override fun event(event: CallEvent) {
        when (event) {
            is CallEvent.AttemptBegan -> attempt = begun(event)
            is CallEvent.AttemptEnded -> ended(event)
        }
    }

    /** Ends the span of the call. A cancellation ends the span of its attempt too. */
    override fun end(end: CallEnd) = listOfNotNull(attempt, span).forEach { finish(it, end.error) }

    private fun begun(event: CallEvent.AttemptBegan): Span {
        val builder = tracer.spanBuilder("${event.method} ${call.urlTemplate}")
            .setParent(Context.current().with(span))
            .setSpanKind(SpanKind.CLIENT)
            .setAttribute("http.request.method", event.method)
            .setAttribute("url.template", call.urlTemplate)
            .setAttribute("server.address", call.serverAddress)
            .setAttribute("server.port", call.serverPort.toLong())
        // The first attempt is no repetition, and has no count by the conventions.
        if (event.number > 1) builder.setAttribute("http.request.resend_count", event.number - 1L)
        return builder.startSpan()
    }

    private fun ended(event: CallEvent.AttemptEnded) {
        val facts = event.attempt
        attempt?.run {
            facts.status?.let { setAttribute("http.response.status_code", it.toLong()) }
            facts.requestId?.let { setAttribute("hudhud.request_id", it) }
            facts.rateLimit.remaining?.let { setAttribute("hudhud.rate_limit.remaining", it) }
            finish(this, facts.error)
        }
        attempt = null
        val wait = facts.wait ?: return
        span.addEvent("wait", Attributes.of(WAIT, wait.toMillis() / 1000.0, ERROR, facts.error.orEmpty()))
    }

    private fun finish(span: Span, error: String?) {
        if (error != null) span.setAttribute(ERROR, error).setStatus(StatusCode.ERROR)
        span.end()
    }

    private companion object {
        val ERROR: AttributeKey<String> = AttributeKey.stringKey("error.type")
        val WAIT: AttributeKey<Double> = AttributeKey.doubleKey("hudhud.wait.seconds")
    }
}
