// The base class of Durable Objects. Cloudflare accepts calls only for classes that extend it.

// @ts-ignore The module exists in Cloudflare's runtime only.
export { DurableObject } from "cloudflare:workers";
