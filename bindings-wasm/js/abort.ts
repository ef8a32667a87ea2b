// Functions that run when a caller's signal aborts. A signal has one listener of this package, for any number of calls: Node
// warns of a leak if a signal has more than ten.

/** A hidden option of a call: a signal that ends the call while it waits, but no attempt. The outbox stops with it. */
export const ENDS_WAITS = Symbol.for("hudhud.endsWaits");

/** The functions of each signal. */
const functions = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls a function when the signal aborts. Returns a function that ends this. */
export function onAbort(signal: AbortSignal | undefined, abort: () => void): () => void {
  if (!signal) return () => {};
  let all = functions.get(signal);
  if (!all) {
    all = new Set();
    functions.set(signal, all);
    signal.addEventListener("abort", run);
  }
  all.add(abort);
  return () => {
    // Another function of this signal may have ended it, and begun a new set.
    const left = functions.get(signal);
    if (!left?.delete(abort) || left.size > 0) return;
    functions.delete(signal);
    signal.removeEventListener("abort", run);
  };
}

/** Calls the functions of a signal. One that is added meanwhile is called too. */
function run(this: AbortSignal): void {
  functions.get(this)?.forEach((abort) => abort());
}
