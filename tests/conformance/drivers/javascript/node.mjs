// The host `node`: loads the package as Node does, in this process. `node node.mjs PACKAGE`.

import process from "node:process";
import { createInterface } from "node:readline";

import { answer } from "./outcome.mjs";

const load = (name) => import(`file://${process.argv[2]}/dist/${name}.js`);
const modules = { index: await load("index"), webhook: await load("webhook") };
/** Returns the CPU time of this thread, or of all threads if this version of Node cannot separate them. */
const nanos = () => {
  const { user, system } = (process.threadCpuUsage ?? process.cpuUsage)();
  return (user + system) * 1000;
};
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${await answer(modules, line, nanos)}\n`);
}
