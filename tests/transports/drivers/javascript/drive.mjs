// Passes the runner's lines on to environments that run the cases. Each environment is opened for its first case.

import { spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";

/** Returns one reason for several behaviours, in the runner's format for limits. */
export const limit = (reason, ...behaviours) => Object.fromEntries(behaviours.map((name) => [name, reason]));

/** Runs the runner's cases. `open` creates an environment, whose `run` makes the call of a case and whose `close` ends it. */
export async function drive(transport, open) {
  const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
  say({ ready: true, transports: [transport] });
  const environments = new Map();
  const running = new Set();
  for await (const line of createInterface({ input: process.stdin })) {
    const given = JSON.parse(line);
    const key = JSON.stringify([given.ca_file, given.proxy]);
    if (!environments.has(key)) environments.set(key, open({ ca: given.ca_file, proxy: given.proxy }));
    const outcome = environments
      .get(key)
      .then((environment) => (environment ? environment.run(given) : { id: given.id, outcome: "unsupported" }))
      .catch((error) => ({ id: given.id, outcome: "foreign", shown: error.stack }))
      .then(say);
    running.add(outcome);
  }
  await Promise.all(running);
  for (const environment of environments.values()) await (await environment.catch(() => undefined))?.close();
}

/** Starts an environment as a separate process. It reads cases line by line and writes their outcomes in any order. */
export async function inProcess(command, env) {
  const [name, ...words] = command;
  const child = spawn(name, words, { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "inherit"] });
  const waiting = new Map();
  createInterface({ input: child.stdout }).on("line", (line) => {
    const outcome = JSON.parse(line);
    waiting.get(outcome.id)?.(outcome);
    waiting.delete(outcome.id);
  });
  child.on("exit", (code) => {
    for (const [id, end] of waiting) end({ id, outcome: "foreign", shown: `the process exited with code ${code}` });
  });
  return {
    run: (given) =>
      new Promise((resolve) => {
        waiting.set(given.id, resolve);
        child.stdin.write(`${JSON.stringify(given)}\n`);
      }),
    close: async () => child.stdin.end(),
  };
}
