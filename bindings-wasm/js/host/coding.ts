// Replaces the global TextDecoder and TextEncoder by those of the runtime's file.

export { TextDecoder, TextEncoder } from "#globals";
