// Runs the suite in a runtime with a command line: `… main.mjs RUNTIME`. $PACKAGE is the package's folder.

import process from "node:process";

import { suite } from "./suite.mjs";

const load = (name) => import(`file://${process.env.PACKAGE}/dist/${name}.js`);
const [index, webhook, testing] = await Promise.all(["index", "webhook", "testing"].map(load));

// These runtimes prove that nothing was sent. Two of them block some ports themselves.
for (const baseUrl of ["http://127.0.0.1:1", "https://127.0.0.1:1", "http://127.0.0.1:6000"]) {
  const client = new index.Zagely({ publicKey: "pk_test", secretKey: "sk_test", baseUrl, maxAttempts: 1 });
  const error = await client.messages.send({ to: "+15551234567", message: "x" }).catch((error) => error);
  if (error.fault !== "connect") throw error;
}
console.log(await suite({ index, webhook, testing }, JSON.parse(process.env.SANDBOX)));
