// Cloudflare's runtime with the Worker of the tests and its storage on disk. It can be killed and started again.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

import { build } from "esbuild";
import { Miniflare } from "miniflare";

import { folder } from "../about.mjs";
import { CONDITIONS } from "../built.mjs";

/** Returns the modules of a Worker that uses the package. */
export async function modulesOf(path) {
  const { outputFiles } = await build({
    entryPoints: [path],
    bundle: true,
    format: "esm",
    conditions: CONDITIONS.workerd,
    write: false,
    plugins: [
      {
        name: "hudhud",
        setup(at) {
          at.onResolve({ filter: /^hudhud\// }, ({ path }) => ({ path: join(folder, `dist/${path.slice(7)}.js`) }));
          at.onResolve({ filter: /^cloudflare:/ }, ({ path }) => ({ path, external: true }));
          at.onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path: `./${path.split("/").pop()}`, external: true }));
        },
      },
    ],
  });
  const [{ text }] = outputFiles;
  const wasm = [...new Set([...text.matchAll(/"\.\/(\w+\.wasm)"/g)].map((match) => match[1]))];
  return [
    { type: "ESModule", path: "/worker.js", contents: text },
    ...wasm.map((name) => ({ type: "CompiledWasm", path: `/${name}`, contents: readFileSync(join(folder, "dist", name)) })),
  ];
}

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Sends a request on its own connection. A killed runtime then leaves none behind. */
function ask(port, method, path, headers = {}, body = undefined) {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, method, path: `/${path}`, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part) => (text += part));
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, text }));
      response.on("error", reject).on("aborted", () => reject(new Error("the response ended early")));
    });
    sent.on("error", reject).end(body);
  });
}

/** Returns the processes of Cloudflare's runtime that this process started. */
function runtimes() {
  const found = [];
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1].split(" ");
      if (stat[1] === `${process.pid}` && stat[0] !== "Z" && /workerd/.test(readFileSync(`/proc/${pid}/cmdline`, "latin1"))) found.push(Number(pid));
    } catch {
      // The process has ended.
    }
  }
  return found;
}

/** Cloudflare's runtime, which can be killed with SIGKILL. */
export class KillableRuntime {
  #options;
  #pids;

  constructor(options) {
    this.#options = options;
  }

  /** Starts the runtime, also after `kill`. */
  async start() {
    const before = new Set(runtimes());
    this.miniflare = new Miniflare(this.#options);
    await this.miniflare.ready;
    this.#pids = runtimes().filter((pid) => !before.has(pid));
    if (this.#pids.length === 0) throw new Error("the process of the runtime was not found");
  }

  /** Kills the runtime. */
  async kill() {
    for (const pid of this.#pids) process.kill(pid, "SIGKILL");
    await this.miniflare.dispose().catch(() => {});
  }
}

/** The runtime with the Worker of the tests. */
export class Runtime {
  #runtime;
  #home = mkdtempSync(join(tmpdir(), "hudhud-inbox-"));

  /** Starts the Worker with these settings. */
  static async start(settings = {}) {
    const runtime = new Runtime();
    const objects = (className) => ({ className, useSQLite: true });
    runtime.port = await freePort();
    runtime.#runtime = new KillableRuntime({
      compatibilityDate: "2026-07-01",
      host: "127.0.0.1",
      port: runtime.port,
      modulesRoot: "/",
      modules: await modulesOf(join(import.meta.dirname, "worker.js")),
      bindings: { SETTINGS: settings },
      durableObjects: { INBOX: objects("Inbox"), ORDERS: objects("Orders"), EFFECTS: objects("Effects") },
      durableObjectsPersist: join(runtime.#home, "objects"),
      d1Databases: { DB: "db" },
      d1Persist: join(runtime.#home, "d1"),
      handleRuntimeStdio: (...streams) => streams.forEach((stream) => stream.on("data", (data) => process.env.HUDHUD_SHOW && process.stderr.write(data))),
    });
    await runtime.#runtime.start();
    await runtime.get("made");
    return runtime;
  }

  /** The folder with the files of the storage. */
  get home() {
    return this.#home;
  }

  /** Kills the runtime with SIGKILL, and starts it again with the same storage. */
  async kill() {
    await this.#runtime.kill();
    await this.#runtime.start();
  }

  /** Makes a delivery. Returns its status and its headers, or undefined if the runtime was killed. */
  async post(name, { headers, body }) {
    return ask(this.port, "POST", name, headers, body).catch(() => undefined);
  }

  /** Asks the Worker for its state. */
  async get(path) {
    const { status, text } = await ask(this.port, "GET", path);
    if (status !== 200) throw new Error(`${path}: ${status} ${text.slice(0, 300)}`);
    return text && JSON.parse(text);
  }

  async stop() {
    await this.#runtime.miniflare.dispose();
    rmSync(this.#home, { recursive: true, force: true });
  }
}
