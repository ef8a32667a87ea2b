// Deno's types.
import { Zagely } from "hudhud";
import { Webhook } from "hudhud/webhook";

const webhook = new Webhook("secret");
export const zagely = new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch: (input, init) => fetch(input, init) });
Deno.serve(async (request) => new Response((await webhook.verify(request)).name));
