// A program that uses the package's main entries, for the tests of bundlers and runtimes.

/** The statements of the program. They throw if the package gives a wrong result. */
export const USES = `
  const fetch = fakeFetch([{ status: 201, json: { message_id: "m-1" } }]);
  const zagely = new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch });
  const sent = await zagely.messages.send({ to: "+15551234567", message: "hi" });
  const event = await new Webhook("secret").verify(delivery("secret", "message.received"));
  const wrong = await new Webhook("other").verify(delivery("secret", "webhook.test")).catch((error) => error);
  const good = sent.message_id === "m-1" && event.data.channel === "whatsapp" && wrong instanceof WebhookError;
  if (!good) throw new Error("the package gives a wrong result");`;

/** The imports of the program. */
export const IMPORTS = `
  import { Zagely } from "hudhud";
  import { delivery, fakeFetch } from "hudhud/testing";
  import { Webhook, WebhookError } from "hudhud/webhook";`;
