// Text coding of Node's own: Jest's jsdom hides what is global, and asks for what is there for Node all the same.

export { TextDecoder, TextEncoder } from "node:util";
