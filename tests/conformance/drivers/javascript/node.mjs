// The host `node`: the package as Node loads it, in this process. `node node.mjs PACKAGE`.

import process from "node:process";
import { createInterface } from "node:readline";

import { answer } from "./outcome.mjs";

const load = (name) => import(`file://${process.argv[2]}/dist/node/${name}.js`);
const modules = { index: await load("index"), webhook: await load("webhook") };
/** The time for which the processor worked on this thread, or on all of them where Node cannot tell them apart. */
const nanos = () => {
  const { user, system } = (process.threadCpuUsage ?? process.cpuUsage)();
  return (user + system) * 1000;
};
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${await answer(modules, line, nanos)}\n`);
}
