// How long a Worker takes longer to start because it imports the package, and how long if it makes a client at once.
//
// Inside an isolate no time passes while it starts: workerd's clocks stand still. So whole processes are timed, from
// their start until each of a number of isolates has answered its first request: isolates with the package in turn with
// isolates that have nothing, and with isolates that have its wasm alone and do nothing with it. That one is compiled, which
// Cloudflare does when a Worker is deployed; the difference to it, shared among the isolates, is what starting takes.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { performance } from "node:perf_hooks";

import { build } from "esbuild";

import { folder as made } from "../test/about.mjs";

const ISOLATES = 16;
const TURNS = 15;

const workerd = createRequire(createRequire(import.meta.url).resolve("miniflare"))("workerd").default;
const IMPORTS = {
  "hudhud/webhook": ["webhook", `import { Webhook } from "${made}/dist/workerd/webhook.js"; if (!Webhook) throw 0;`],
  hudhud: ["client", `import { Zagely } from "${made}/dist/workerd/index.js"; if (!Zagely) throw 0;`],
  "hudhud, a client made": ["client", `import { Zagely } from "${made}/dist/workerd/index.js"; new Zagely({ publicKey: "pk_bench", secretKey: "sk_bench" });`],
};
const ANSWER = `\nexport default { fetch: () => new Response("ready") };`;

/** A Worker's code, as wrangler would make it. */
async function bundled(script) {
  const wasm = { name: "wasm", setup: (at) => at.onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path: `./${basename(path)}`, external: true })) };
  const { outputFiles } = await build({
    stdin: { contents: script + ANSWER, resolveDir: import.meta.dirname },
    ...{ bundle: true, minify: true, format: "esm", plugins: [wasm], write: false },
  });
  return outputFiles[0].text;
}

/** The configuration of a process with a number of isolates of this code, below a folder. */
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

/** What it takes a process until every isolate has answered, in milliseconds. */
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
    // What its thread computed; where the system does not tell, all that passed, other programs' time too.
    const told = `/proc/${child.pid}/schedstat`;
    return existsSync(told) ? Number(readFileSync(told, "utf8").split(" ")[0]) / 1e6 : performance.now() - begun;
  } finally {
    child.kill("SIGKILL");
  }
}

/** What each import adds to the start of a Worker, and what compiling does, in milliseconds. */
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
      for (let turn = 0; turn < TURNS; turn++) for (const kind in configs) times[kind].push(await started(configs[kind]));
      const more = (kind, than) => median(times[kind].map((took, at) => (took - times[than][at]) / ISOLATES));
      rows.push({ name, compiling: more("compiled", "nothing"), starting: more("whole", "compiled") });
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
