// An example with the package installed, bundled by wrangler as a deployment would upload it.

import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";

import { folder } from "./about.mjs";

// wrangler's command rejects some versions of Node in which wrangler runs. Starting its script directly works.
const wrangler = createRequire(import.meta.url).resolve("wrangler");
const { unstable_getMiniflareWorkerOptions: configured } = createRequire(import.meta.url)("wrangler");

/** A copy of an example. */
export class Example {
  /** The folder of the copy. */
  home = mkdtempSync(join(tmpdir(), "hudhud-example-"));

  constructor(name) {
    cpSync(join(import.meta.dirname, "../../examples", name), this.home, { recursive: true });
    mkdirSync(join(this.home, "node_modules"));
    symlinkSync(folder, join(this.home, "node_modules/hudhud"));
  }

  /** The options of wrangler.jsonc for Miniflare. */
  get options() {
    return configured(join(this.home, "wrangler.jsonc")).workerOptions;
  }

  /** Returns the modules that `wrangler deploy` would upload, and its output. */
  async deployed(...given) {
    const out = mkdtempSync(join(this.home, "out-"));
    const quiet = { CI: "true", NO_COLOR: "1", WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true", WRANGLER_LOG_PATH: join(this.home, "logs") };
    const words = ["--no-warnings", wrangler, "deploy", ...given, "--dry-run", "--outdir", out];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, words, { cwd: this.home, env: { ...process.env, ...quiet } });
    // The script first: Cloudflare's runtime starts with it.
    const names = [".js", ".wasm"].flatMap((end) => readdirSync(out).filter((name) => name.endsWith(end)));
    const modules = names.map((name) => ({
      type: name.endsWith(".js") ? "ESModule" : "CompiledWasm",
      path: `/${name}`,
      contents: readFileSync(join(out, name)),
    }));
    return { modules, output: `${stdout}${stderr.replace(/^.*Wrangler requires at least Node.*$/m, "")}` };
  }

  remove() {
    rmSync(this.home, { recursive: true, force: true });
  }
}
