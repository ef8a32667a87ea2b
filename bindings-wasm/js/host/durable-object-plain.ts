// Stands for Cloudflare's base class of Durable Objects in other runtimes, so that a program's tests can load its Worker.

/** Keeps the context and the bindings, as Cloudflare's class does. */
export class DurableObject {
  readonly ctx: unknown;
  readonly env: unknown;

  constructor(ctx: unknown, env: unknown) {
    this.ctx = ctx;
    this.env = env;
  }
}
