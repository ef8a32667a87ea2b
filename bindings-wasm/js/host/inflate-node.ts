// Unpacks an embedded module with the runtime's zlib.

export { inflateRawSync as inflate } from "node:zlib";
