// Bun's types: its `fetch` has an additional member.
import { Zagely } from "hudhud";
import { Webhook } from "hudhud/webhook";

const webhook = new Webhook("secret");
export const zagely = new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch: async (input, init) => fetch(input, init) });
export const server = Bun.serve({ fetch: async (request) => new Response((await webhook.verify(request)).name) });
