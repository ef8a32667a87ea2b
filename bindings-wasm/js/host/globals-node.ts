// Node's own TextDecoder and TextEncoder: Jest's jsdom hides the global ones, but can load the build for Node.

export { TextDecoder, TextEncoder } from "node:util";
