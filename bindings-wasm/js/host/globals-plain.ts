// TextDecoder and TextEncoder of Workers and edge functions.

export const { TextDecoder, TextEncoder } = globalThis;
