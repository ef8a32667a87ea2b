// Whole applications of Next and SvelteKit, built by the framework's bundler and started by its server.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import process from "node:process";
import { after, test } from "node:test";
import { promisify } from "node:util";

import { bin, folder, node24 } from "./about.mjs";
import { receives, REMOTE, SECRET } from "./receivers/cases.mjs";
import { IMPORTS, USES } from "./consumers/whole.mjs";

const run = promisify(execFile);
const tools = join(bin, "..");

/** Writes an application into a folder below which the frameworks are found. The package is a copy, as in an installation. */
function application(name, files) {
  const home = mkdtempSync(join(tools, `../.made-${name}-`));
  after(() => rmSync(home, { recursive: true, force: true }));
  cpSync(folder, join(home, "node_modules/hudhud"), { recursive: true });
  for (const [path, text] of Object.entries({ "package.json": `{ "type": "module", "private": true }`, ...files })) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  }
  return home;
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const QUIET = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", CI: "true", NO_COLOR: "1" };

/** Builds an application. Shows what the tool prints if it fails. */
const build = (home, command) => run(command[0], command.slice(1), { cwd: home, env: QUIET }).catch(({ stdout, stderr }) => assert.fail(`${stdout}${stderr}`));

/** Starts a server, and waits until it answers. Returns its address and the function that ends it. */
async function served(home, port, command, env) {
  const server = spawn(command[0], command.slice(1), { cwd: home, env: { ...QUIET, ...env, PORT: `${port}`, HOST: "127.0.0.1" } });
  let output = "";
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (data) => (output += data));
  const url = `http://127.0.0.1:${port}`;
  const ended = new Promise((resolve) => server.once("exit", resolve));
  while (!(await fetch(url).catch(() => undefined))) {
    if (server.exitCode !== null) assert.fail(output);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url,
    close() {
      // A server that waits for its connections to end would hold up the tests.
      server.kill("SIGKILL");
      return ended;
    },
  };
}

const environment = (recorder) => ({ RECORDER: recorder, ZAGELY_WEBHOOK_SECRET: SECRET });
const receive = (entry, name) => `
  import { webhookHandler } from "hudhud/${entry}";
  ${REMOTE("process.env.RECORDER")}
  export const ${name} = webhookHandler({ onEvent, onError });`;
const whole = `${IMPORTS}\nexport async function GET() {${USES}\nreturn new Response("whole"); }`;

const next = application("next", {
  // The folder with the lockfile, above the application.
  "next.config.mjs": `export default { turbopack: { root: ${JSON.stringify(join(tools, ".."))} }, outputFileTracingRoot: ${JSON.stringify(join(tools, ".."))} };`,
  "receive.js": receive("next", "receive"),
  "whole.js": whole,
  ...Object.fromEntries(
    ["nodejs", "edge"].flatMap((runtime) => {
      const head = `export const runtime = "${runtime}";\nexport const dynamic = "force-dynamic";\n`;
      return [
        [`app/${runtime}/webhook/route.js`, `${head}export { receive as POST } from "../../../receive.js";`],
        [`app/${runtime}/whole/route.js`, `${head}export { GET } from "../../../whole.js";`],
      ];
    }),
  ),
});
const kit = application("sveltekit", {
  "vite.config.js": `
    import adapter from "@sveltejs/adapter-node";
    import { sveltekit } from "@sveltejs/kit/vite";
    export default { plugins: [sveltekit({ adapter: adapter() })], logLevel: "warn" };`,
  "src/app.html": "<!doctype html><html><head>%sveltekit.head%</head><body>%sveltekit.body%</body></html>",
  "src/routes/webhook/+server.js": receive("sveltekit", "POST"),
  "src/routes/whole/+server.js": whole,
});

const nextCommand = (...words) => [process.execPath, join(tools, "next/dist/bin/next"), ...words];
const node = node24.path ?? process.execPath;
await Promise.all([build(next, nextCommand("build")), node24.skip || build(kit, [node, join(tools, "vite/bin/vite.js"), "build"])]);

/** Starts Next's server. */
const startNext = async (recorder) => {
  const port = await freePort();
  return served(next, port, nextCommand("start", "-H", "127.0.0.1", "-p", `${port}`), environment(recorder));
};
// The limit of SvelteKit's server is lower than the handler's.
const startKit = async (recorder) => served(kit, await freePort(), [node, "build/index.js"], { ...environment(recorder), BODY_SIZE_LIMIT: "2M" });

for (const runtime of ["nodejs", "edge"]) {
  receives(`Next, ${runtime}`, async (_, recorder) => {
    const server = await startNext(recorder);
    return { ...server, url: `${server.url}/${runtime}/webhook` };
  }, { buffers: runtime === "edge" });
}

if (!node24.skip) {
  receives("SvelteKit", async (_, recorder) => {
    const server = await startKit(recorder);
    return { ...server, url: `${server.url}/webhook` };
  }, { resets: true });
}

test("the package works in Next's bundle, in both runtimes, and in SvelteKit's", { skip: node24.skip }, async () => {
  const servers = await Promise.all([startNext("http://127.0.0.1:9/"), startKit("http://127.0.0.1:9/")]);
  try {
    for (const url of [`${servers[0].url}/nodejs/whole`, `${servers[0].url}/edge/whole`, `${servers[1].url}/whole`]) {
      assert.equal(await (await fetch(url)).text(), "whole", url);
    }
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
});
