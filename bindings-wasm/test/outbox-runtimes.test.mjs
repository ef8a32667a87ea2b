// `hudhud/outbox` in Bun, in Deno and as CommonJS.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";

import { bin, deno, folder, load } from "./about.mjs";

const { readReport } = await load("outbox");

const home = mkdtempSync(join(tmpdir(), "hudhud-outbox-"));
after(() => rmSync(home, { recursive: true, force: true }));

const PROGRAM = `
import { Zagely } from "hudhud";
import { fakeFetch } from "hudhud/testing";
import { Outbox } from "hudhud/outbox";
const fetch = fakeFetch(() => ({ json: { message_id: "m-1" } }));
const zagely = () => new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch });
const outbox = await Outbox.open("FILE", zagely());
let refusal;
await Outbox.open("FILE", zagely()).catch((error) => (refusal = error.message));
await outbox.addAll([{ to: "+15551230000", message: "Hi" }]);
console.log(String(await outbox.send()), "|", refusal);
await outbox.close();
`;
for (const [name, command, skip] of [["Bun", [join(bin, "bun")]], ["Deno", [deno.path, "run", "--quiet", "--no-lock", "--allow-all"], deno.skip]]) {
  test(`${name} keeps a journal in a file and locks it`, { skip }, async () => {
    const place = join(home, name);
    const path = join(place, "test.outbox");
    mkdirSync(join(place, "node_modules"), { recursive: true });
    symlinkSync(folder, join(place, "node_modules/hudhud"));
    writeFileSync(join(place, "package.json"), `{ "type": "module" }`);
    writeFileSync(join(place, "program.mjs"), PROGRAM.replaceAll("FILE", path));
    const { stdout } = await promisify(execFile)(command[0], [...command.slice(1), join(place, "program.mjs")], { cwd: place });
    assert.match(stdout, /^1 sent, 0 refused, 0 unknown, 0 left of 1 \| another program uses the journal/);
    assert.equal((await readReport(path)).sent, 1);
  });
}

test("CommonJS loads the module", () => {
  assert.equal(typeof createRequire(import.meta.url)(join(folder, "dist/outbox.cjs")).Outbox.open, "function");
});
