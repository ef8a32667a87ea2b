"""An observer that makes OpenTelemetry spans: `pip install 'hudhud[opentelemetry]'`.

    from hudhud.opentelemetry import OpenTelemetryObserver

    zagely = Zagely.from_env(observer=OpenTelemetryObserver())

A call is a span with the name of the call. Each attempt is a child span, named and described by the conventions of HTTP
clients: `http.request.method`, `url.template`, `server.address`, `server.port`, `http.response.status_code`,
`http.request.resend_count`, `error.type`. Each wait is an event `wait` of the call's span. The verification of a delivery
is a span `webhook.verify`. The whole URL is not an attribute, because its query can hold names and phone numbers.

While an attempt runs, its span is the current one, so the spans of an instrumented HTTP library are its children.
"""

from __future__ import annotations

from typing import Any

from opentelemetry import context, trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer, TracerProvider

from ._hudhud import __version__
from .observer import Attempt, AttemptEnd, Call, Event, Outcome

__all__ = ["OpenTelemetryObserver"]


class _Spans:
    """The spans of one call: its own, and the one of the running attempt."""

    def __init__(self, call: Call, span: Span) -> None:
        self.call = call
        self.span = span
        self.attempt: Span | None = None
        self.current: Any = None

    def end_attempt(self) -> None:
        if self.attempt is not None:
            context.detach(self.current)
            self.attempt.end()
            self.attempt = None


class OpenTelemetryObserver:
    """Makes spans of calls and of verifications. Default: the tracer of the global provider."""

    def __init__(self, tracer_provider: TracerProvider | None = None) -> None:
        self._tracer: Tracer = trace.get_tracer("hudhud", __version__, tracer_provider)

    def begin(self, call: Call) -> _Spans:
        """Starts the span of a call."""
        return _Spans(call, self._tracer.start_span(call.name, attributes={"hudhud.vendor": call.vendor}))

    def event(self, spans: _Spans, event: Event) -> None:
        """Starts or ends the span of an attempt, or adds a wait."""
        if isinstance(event, Attempt):
            self._start(spans, event)
        elif isinstance(event, AttemptEnd):
            if spans.attempt is not None:
                _describe(spans.attempt, event.status, event.error_kind)
                if event.request_id is not None:
                    spans.attempt.set_attribute("hudhud.request_id", event.request_id)
                if event.rate_limit.remaining is not None:
                    spans.attempt.set_attribute("hudhud.rate_limit.remaining", event.rate_limit.remaining)
            spans.end_attempt()
        else:
            spans.span.add_event("wait", {"hudhud.wait.seconds": event.seconds, "error.type": event.error_kind})

    def _start(self, spans: _Spans, event: Attempt) -> None:
        call = spans.call
        attributes: dict[str, str | int] = {
            "http.request.method": event.method,
            "url.template": call.url_template or "",
            "server.address": call.server_address or "",
            "server.port": call.server_port or 0,
        }
        # The first attempt is no repetition, and has no count by the conventions.
        if event.resend_count:
            attributes["http.request.resend_count"] = event.resend_count
        name = f"{event.method} {call.url_template}"
        parent = trace.set_span_in_context(spans.span)
        spans.attempt = self._tracer.start_span(name, parent, SpanKind.CLIENT, attributes)
        spans.current = context.attach(trace.set_span_in_context(spans.attempt, parent))

    def end(self, spans: _Spans, outcome: Outcome) -> None:
        """Ends the span of the call. An interruption ends the span of its attempt too."""
        if spans.attempt is not None:
            _describe(spans.attempt, None, outcome.error_kind)
        spans.end_attempt()
        _describe(spans.span, None, outcome.error_kind)
        spans.span.end()


def _describe(span: Span, status: int | None, error_kind: str | None) -> None:
    if status is not None:
        span.set_attribute("http.response.status_code", status)
    if error_kind is not None:
        span.set_attribute("error.type", error_kind)
        span.set_status(Status(StatusCode.ERROR))
