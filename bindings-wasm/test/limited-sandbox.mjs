// A sandbox for one test, with a limit per minute for its key. The other tests share one sandbox.

import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";

/**
 * Starts a sandbox with a limit per minute. Returns the facts that it prints, the options of a client of Zagely, and the function
 * that stops it.
 */
export async function limitedSandbox(perMinute) {
  const [program, ...words] = process.env.SANDBOX_COMMAND.split(" ");
  const limits = ["--per-minute", String(perMinute), "--daily", "0", "--monthly", "0"];
  const server = spawn(program, [...words, ...limits], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(server.stdout, "data");
  const facts = JSON.parse(line);
  const { public_key: publicKey, secret_key: secretKey, session_id: sessionId, zagely_base_url: baseUrl } = facts;
  return { facts, options: { publicKey, secretKey, sessionId, baseUrl }, stop: () => server.kill() };
}
