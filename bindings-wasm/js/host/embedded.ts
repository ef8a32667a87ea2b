// Reads a wasm module that is embedded as text: compressed, in Base64, set as a global by a separate script. ESM and
// CommonJS share this script, and the module that is compiled from it.

import { unpack } from "#unpack";

/** Returns the module under a name. Only the first call compiles it. */
export function embedded(name: string): WebAssembly.Module {
  const key = Symbol.for(name);
  const held = globalThis as unknown as Record<symbol, string | WebAssembly.Module>;
  const found = held[key] as string | WebAssembly.Module;
  if (typeof found !== "string") return found;
  return (held[key] = new WebAssembly.Module(unpack(found)));
}
