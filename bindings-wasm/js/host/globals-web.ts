// Text coding for tests that imitate a page: jsdom has none, and Node, in which it runs, does.

interface Coding {
  readonly TextDecoder: typeof globalThis.TextDecoder;
  readonly TextEncoder: typeof globalThis.TextEncoder;
}
const { process } = globalThis as { process?: { getBuiltinModule?(name: string): Coding | undefined } };
const here = globalThis as Partial<Coding>;
const coding = (here.TextDecoder ? here : process?.getBuiltinModule?.("node:util")) as Coding;
const { TextDecoder: Decoder, TextEncoder: Encoder } = coding ?? {};

export { Decoder as TextDecoder, Encoder as TextEncoder };
