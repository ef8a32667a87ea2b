// Runs the cases of one environment in a runtime with a command line: `… child.mjs FILE TOOLS`, with the file of the
// package to import. Node, Deno and Bun run it. The environment (a certificate authority, a proxy) comes from the variables of
// this process.

import { createRequire } from "node:module";
import process from "node:process";
import { createInterface } from "node:readline";
import { inspect } from "node:util";

import { run } from "./case.mjs";

const [file, tools] = process.argv.slice(2);
const index = await import(`file://${file}`);
const shows = globalThis.Deno?.inspect ?? globalThis.Bun?.inspect ?? inspect;
const show = (error) => [shows(error, { depth: 20 }), inspect(error, { depth: 20, showHidden: true })].join("\n");

// Node's fetch reads no variable for a proxy. Its documentation recommends undici's dispatcher.
if (process.env.FETCH_PROXY) {
  const { ProxyAgent, setGlobalDispatcher } = createRequire(`${tools}/package.json`)("undici");
  setGlobalDispatcher(new ProxyAgent(process.env.FETCH_PROXY));
}

for await (const line of createInterface({ input: process.stdin })) {
  run(index, JSON.parse(line), show).then((outcome) => process.stdout.write(`${JSON.stringify(outcome)}\n`));
}
