// Measures the start-up time that importing the package, or making a client, adds to a Worker.
//
// Clocks inside an isolate do not advance while it starts, so whole processes are timed: from their start until each of
// their isolates has responded to its first request. Three kinds of isolates take turns: without the package, with its
// wasm module only (unused), and with the package. The second compiles the module, which Cloudflare does at deployment. The
// difference between the third and the second, divided by the number of isolates, is the start-up time.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { performance } from "node:perf_hooks";

import { build } from "esbuild";

import { folder as made } from "../test/about.mjs";
import { CONDITIONS } from "../test/built.mjs";

const ISOLATES = 16;
const ROUNDS = 15;

const workerd = createRequire(createRequire(import.meta.url).resolve("miniflare"))("workerd").default;
const IMPORTS = {
  "hudhud/webhook": ["webhook", `import { Webhook } from "${made}/dist/webhook.js"; if (!Webhook) throw 0;`],
  hudhud: ["client", `import { Zagely } from "${made}/dist/index.js"; if (!Zagely) throw 0;`],
  "hudhud, a client made": ["client", `import { Zagely } from "${made}/dist/index.js"; new Zagely({ publicKey: "pk_bench", secretKey: "sk_bench" });`],
};
const ANSWER = `\nexport default { fetch: () => new Response("ready") };`;

/** Bundles a Worker's code like wrangler. */
async function bundled(script) {
  const wasm = { name: "wasm", setup: (at) => at.onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path: `./${basename(path)}`, external: true })) };
  const { outputFiles } = await build({
    stdin: { contents: script + ANSWER, resolveDir: import.meta.dirname },
    ...{ bundle: true, minify: true, format: "esm", conditions: CONDITIONS.workerd, plugins: [wasm], write: false },
  });
  return outputFiles[0].text;
}

/** Writes the configuration of a process with `ISOLATES` isolates of this code into a folder. Returns its path. */
function configuration(folder, name, code, module) {
  const modules = [{ path: "worker.mjs", type: "esModule", contents: code }];
  if (module) modules.push({ path: `${module}.wasm`, type: "wasm", contents: readFileSync(join(made, `dist/${module}.wasm`)) });
  const embedded = modules.map(({ path, type, contents }) => {
    const file = `${name}-${path}`;
    writeFileSync(join(folder, file), contents);
    return `(name = "${path}", ${type} = embed "${file}")`;
  });
  const all = Array.from({ length: ISOLATES }, (_, at) => at);
  const config = join(folder, `${name}.capnp`);
  writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
     const config :Workerd.Config = (
       services = [${all.map((at) => `(name = "worker${at}", worker = .worker)`).join(", ")}],
       sockets = [${all.map((at) => `(name = "socket${at}", address = "127.0.0.1:0", http = (), service = "worker${at}")`).join(", ")}]
     );
     const worker :Workerd.Worker = (compatibilityDate = "2026-07-01", modules = [${embedded.join(", ")}]);`,
  );
  return config;
}

/** Returns the time until every isolate of a process has responded, in milliseconds. */
async function started(config) {
  const begun = performance.now();
  const child = spawn(workerd, ["serve", config, "--control-fd=3"], { stdio: ["ignore", "ignore", "inherit", "pipe"] });
  try {
    const ports = [];
    let text = "";
    for await (const chunk of child.stdio[3]) {
      text += chunk;
      const lines = text.split("\n");
      text = lines.pop();
      ports.push(...lines.map((line) => JSON.parse(line)).filter(({ event }) => event === "listen").map(({ port }) => port));
      if (ports.length === ISOLATES) break;
    }
    if (ports.length < ISOLATES) throw new Error("workerd did not start");
    for (const port of ports) {
      const response = await fetch(`http://127.0.0.1:${port}/`);
      if ((await response.text()) !== "ready") throw new Error("a Worker is not ready");
    }
    // The CPU time of its thread. If the system does not report it, the elapsed time, which includes other programs.
    const path = `/proc/${child.pid}/schedstat`;
    return existsSync(path) ? Number(readFileSync(path, "utf8").split(" ")[0]) / 1e6 : performance.now() - begun;
  } finally {
    child.kill("SIGKILL");
  }
}

/** Returns the start-up and compile time that each import adds to a Worker, in milliseconds. */
export async function startup() {
  const folder = mkdtempSync(join(tmpdir(), "hudhud-startup-"));
  const median = (numbers) => numbers.sort((one, other) => one - other)[numbers.length >> 1];
  try {
    const rows = [];
    for (const [name, [module, script]] of Object.entries(IMPORTS)) {
      const configs = {
        nothing: configuration(folder, `${module}-nothing`, ANSWER),
        compiled: configuration(folder, `${module}-compiled`, `import module from "./${module}.wasm"; if (!module) throw 0;${ANSWER}`, module),
        whole: configuration(folder, `${module}-whole`, await bundled(script), module),
      };
      const times = { nothing: [], compiled: [], whole: [] };
      for (let round = 0; round < ROUNDS; round++) for (const kind in configs) times[kind].push(await started(configs[kind]));
      const more = (kind, than) => median(times[kind].map((took, at) => (took - times[than][at]) / ISOLATES));
      rows.push({ name, compiling: more("compiled", "nothing"), starting: more("whole", "compiled") });
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
