/**
 * An observer that records spans with OpenTelemetry: one for each call, with a child for each attempt and an event for
 * each wait. The attributes follow the conventions for HTTP clients.
 *
 * @module
 */

import type { EndFacts, Observer, SpanFacts } from "./observer.js";

type Attributes = Record<string, string | number>;

/** The status of a span. */
export interface OtelStatus {
  /** 2 is an error. */
  code: 2;
}

/** The functions of a span that are used. */
export interface OtelSpan {
  /** Sets attributes. */
  setAttributes(attributes: Attributes): unknown;
  /** Adds an event. */
  addEvent(name: string, attributes: Attributes): unknown;
  /** Sets the status. */
  setStatus(status: OtelStatus): unknown;
  /** Ends the span. */
  end(): void;
}

/** The options of a new span. */
export interface OtelSpanOptions {
  /** 0 is the kind of an internal span, 2 that of a client. */
  kind: 0 | 2;
  /** The first attributes. */
  attributes: Attributes;
}

/** The function of a tracer that is used. */
export interface OtelTracer<Span extends OtelSpan, Context> {
  /** Starts a span. */
  startSpan(name: string, options: OtelSpanOptions, context: Context): Span;
}

/** The part of `@opentelemetry/api`'s `context` that is used. */
export interface OtelContext<Context> {
  /** Returns the active context. */
  active(): Context;
}

/** The part of `@opentelemetry/api`'s `trace` that is used. */
export interface OtelTrace<Span, Context> {
  /** Returns a context with this span. */
  setSpan(context: Context, span: Span): Context;
}

/** The parts of `@opentelemetry/api` that are used. */
export interface OtelApi<Span, Context> {
  /** Its `context`. */
  readonly context: OtelContext<Context>;
  /** Its `trace`. */
  readonly trace: OtelTrace<Span, Context>;
}

/**
 * Makes an observer from your tracer and your `@opentelemetry/api`.
 *
 * ```ts
 * import * as api from "@opentelemetry/api";
 * const observer = openTelemetry(api.trace.getTracer("my-service"), api);
 * const zagely = new Zagely({ publicKey, secretKey, observer });
 * ```
 */
export function openTelemetry<Span extends OtelSpan, Context>(tracer: OtelTracer<Span, Context>, api: OtelApi<Span, Context>): Observer<Span> {
  if (typeof tracer?.startSpan !== "function") throw new TypeError("tracer: expected a tracer, such as api.trace.getTracer(\"my-service\")");
  if (!api?.context || !api.trace) throw new TypeError("api: expected the module @opentelemetry/api");
  const { context, trace } = api;
  return {
    begin({ kind, vendor, call, method, urlTemplate, serverAddress, serverPort, attempt = 1 }: SpanFacts, parent: Span | undefined): Span {
      const active = context.active();
      if (kind === "call") return tracer.startSpan(call, { kind: 0, attributes: { "hudhud.vendor": vendor } }, active);
      const attributes: Attributes = {
        "http.request.method": method,
        "url.template": urlTemplate,
        "server.address": serverAddress,
        "server.port": serverPort,
        // The first attempt is no repetition.
        ...(attempt > 1 && { "http.request.resend_count": attempt - 1 }),
      };
      return tracer.startSpan(`${method} ${urlTemplate}`, { kind: 2, attributes }, parent ? trace.setSpan(active, parent) : active);
    },
    event: (span, { waitMs, reason }) => void span.addEvent("wait", { "hudhud.wait.seconds": waitMs / 1000, "error.type": reason }),
    end(span: Span, { kind, status, error, requestId, rateLimit }: EndFacts): void {
      const attributes: Attributes = {};
      const add = (name: string, value: string | number | null | undefined) => {
        if (value !== undefined && value !== null) attributes[name] = value;
      };
      add("error.type", error);
      if (kind === "attempt") {
        add("http.response.status_code", status);
        add("hudhud.request_id", requestId);
        add("hudhud.rate_limit.remaining", rateLimit?.remaining);
      }
      span.setAttributes(attributes);
      if (error !== undefined) span.setStatus({ code: 2 });
      span.end();
    },
  };
}
