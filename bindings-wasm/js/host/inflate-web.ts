// Unpacks an embedded module in browsers, which have no synchronous function for it.

export { inflateSync as inflate } from "fflate";
