// TextDecoder and TextEncoder, also for tests that simulate a page: jsdom has none, so Node's are used.

interface Coding {
  readonly TextDecoder: typeof globalThis.TextDecoder;
  readonly TextEncoder: typeof globalThis.TextEncoder;
}
const { process } = globalThis as { process?: { getBuiltinModule?(name: string): Coding | undefined } };
const here = globalThis as Partial<Coding>;
const coding = (here.TextDecoder ? here : process?.getBuiltinModule?.("node:util")) as Coding;
const { TextDecoder: Decoder, TextEncoder: Encoder } = coding ?? {};

export { Decoder as TextDecoder, Encoder as TextEncoder };
