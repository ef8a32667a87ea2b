// The host `node`: the package as Node loads it, in this process. `node node.mjs PACKAGE`.

import { createInterface } from "node:readline";

import { answer } from "./outcome.mjs";

const load = (name) => import(`file://${process.argv[2]}/dist/node/${name}.js`);
const modules = { index: await load("index"), webhook: await load("webhook") };
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${await answer(modules, line)}\n`);
}
