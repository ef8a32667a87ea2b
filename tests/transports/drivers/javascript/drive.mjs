// Between the runner's lines and the environments in which cases run: each is opened when the first case asks for it.

import { spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";

/** One reason for several behaviours, as the runner takes limits. */
export const limit = (reason, ...behaviours) => Object.fromEntries(behaviours.map((name) => [name, reason]));

/** Answers the runner's cases. `open` makes an environment: `run` makes a case's call there, `close` ends it. */
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

/** An environment that is a process of its own: lines go in, and their outcomes come out in any order. */
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
    for (const [id, end] of waiting) end({ id, outcome: "foreign", shown: `the process ended with ${code}` });
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
