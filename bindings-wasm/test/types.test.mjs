// The types that an editor and a compiler show: mistakes that the compiler finds, with the oldest and the newest version of
// TypeScript, the length of its messages, and the documentation of a call.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";

import typescript from "typescript-5.9";

import { bin, folder, load } from "./about.mjs";

const run = promisify(execFile);
const home = mkdtempSync(join(tmpdir(), "hudhud-types-"));
mkdirSync(join(home, "node_modules"));
symlinkSync(folder, join(home, "node_modules/hudhud"));
symlinkSync(join(bin, "../@opentelemetry"), join(home, "node_modules/@opentelemetry"));
writeFileSync(join(home, "package.json"), `{ "type": "module" }`);
after(() => rmSync(home, { recursive: true, force: true }));

const options = {
  ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false, noEmit: true },
  ...{ target: "es2022", lib: ["es2022", "dom", "dom.iterable"], types: [], module: "nodenext", moduleResolution: "nodenext" },
};

/** Returns what a version of the compiler prints about a file. */
async function compile(version, name, text) {
  if (text !== undefined) writeFileSync(join(home, name), text);
  const config = join(home, `${name}.${version}.json`);
  writeFileSync(config, JSON.stringify({ compilerOptions: options, files: [name] }));
  const { stdout } = await run(process.execPath, [join(bin, "..", version, "bin/tsc"), "--project", config], { cwd: home }).catch((error) => error);
  return stdout;
}

for (const version of ["typescript-5.4", "typescript-5.9", "typescript"]) {
  test(`${version} finds each mistake, and accepts what is right`, async () => {
    copyFileSync(join(import.meta.dirname, "consumers/strict.ts"), join(home, "strict.ts"));
    assert.equal(await compile(version, "strict.ts"), "");
  });
}

test("observers of hudhud/opentelemetry take the types of @opentelemetry/api", async () => {
  const code = `
    import * as api from "@opentelemetry/api";
    import { type Observer, Wazaj, Zagely } from "hudhud";
    import { openTelemetry } from "hudhud/opentelemetry";
    const observer = openTelemetry(api.trace.getTracer("shop"), api);
    new Zagely({ publicKey: "pk", secretKey: "sk", observer });
    const counting: Observer<number> = { begin: () => 1, event: (begun) => void begun.toFixed(), end: (begun, { error }) => void [begun, error] };
    Wazaj.fromEnv(undefined, { observer: counting, logger: console });`;
  for (const version of ["typescript-5.4", "typescript"]) assert.equal(await compile(version, "observed.ts", code), "");
});

const HEAD = `import { Zagely } from "hudhud"; const zagely = new Zagely({ publicKey: "pk", secretKey: "sk" }); const to = "+15551234567";\n`;

/** A wrong statement, and what the compiler says about it. */
const MISTAKES = [
  [`zagely.messages.send({ to, type: "image" });`, /Property 'media_url' is missing/],
  [`zagely.messages.send({ to, type: "imgae", message: "hi" });`, /Type '"imgae"' is not assignable to type/],
  [`zagely.messages.send({ to, message: "hi", sessionId: "s" });`, /'sessionId' does not exist in type 'SendMessage'. Did you mean to write 'session_id'|'sessionId' does not exist|but 'sessionId'/],
  [`zagely.messages.send({ to });`, /Property 'message' is missing in type '{ to: string; }' but required in type/],
  [`zagely.messages.send({ to: 15551234567, message: "hi" });`, /Type 'number' is not assignable to type 'string'/],
  [`zagely.contacts.list({ sort_by: "nmae" });`, /Type '"nmae"' is not assignable to type 'ContactSort \| undefined'/],
  [`zagely.contacts.update("c-1", { nmae: "x" });`, /'nmae' does not exist in type 'UpdateContact'/],
  [`zagely.contacts.get({});`, /Argument of type '{}' is not assignable to parameter of type 'string'/],
  [`zagely.account.me(5);`, /Type '5' has no properties in common with type 'KeylessCallOptions'/],
  [`zagely.contactGroups.addContacts("g", {});`, /AddGroupContacts/],
  [`zagely.contacts.remove("c-1");`, /Property 'remove' does not exist on type 'ZagelyContacts'/],
  [`zagely.contacts.get("c-1", { timeout: 5 });`, /'timeout' does not exist in type 'KeylessCallOptions'/],
  [`zagely.contacts.list({}, { idempotencyKey: "k" });`, /'idempotencyKey' does not exist in type 'KeylessCallOptions'/],
  [`new Zagely({ publicKey: "pk" });`, /Property 'secretKey' is missing in type '{ publicKey: string; }' but required in type 'ZagelyOptions'/],
  [`zagely.contacts.get("c-1").then((contact) => contact.nmae);`, /Property 'nmae' does not exist on type 'Contact'/],
  [`webhookHandler({ secret: 5, onEvent() {} });`, /Type 'number' is not assignable to type/],
  [`webhookHandler({ secret: "s" });`, /Property 'onEvent' is missing in type '{ secret: string; }' but required in type 'HandlerOptions/],
  [`webhookHandler({ onEvent: (event) => event.type === "message.received" && event.data.text });`, /Property 'text' does not exist on type 'ReceivedMessage'/],
];

test("the compiler's message for a mistake is short, and names the field", async () => {
  const head = `import { webhookHandler } from "hudhud/next"; ${HEAD}`;
  const names = MISTAKES.map(([code], at) => {
    writeFileSync(join(home, `wrong-${at}.ts`), head + code);
    return `wrong-${at}.ts`;
  });
  // One run of the compiler for all of them.
  const config = join(home, "wrong.json");
  writeFileSync(config, JSON.stringify({ compilerOptions: options, files: names }));
  const { stdout } = await run(process.execPath, [join(bin, "../typescript/bin/tsc"), "--project", config], { cwd: home }).catch((error) => error);
  for (const [at, [code, expected]] of MISTAKES.entries()) {
    const printed = stdout.match(new RegExp(`^wrong-${at}\\.ts.*\n(?: .*\n)*`, "m"))?.[0] ?? "";
    assert.match(printed, expected, code);
    assert.ok(printed.length <= 650, `${printed.length} characters: ${printed}`);
    assert.doesNotMatch(printed, /SansIo|Inferred<|Omit<|infer |Readonly<|Partial</);
  }
});

/** Returns a language service with one file, whose text has a mark. */
function service(text) {
  const path = join(home, "hover.ts");
  const at = text.indexOf("¦");
  const source = text.replace("¦", "");
  const host = {
    getScriptFileNames: () => [path],
    getScriptVersion: () => "1",
    getScriptSnapshot: (name) => {
      const found = name === path ? source : typescript.sys.readFile(name);
      return found === undefined ? undefined : typescript.ScriptSnapshot.fromString(found);
    },
    getCurrentDirectory: () => home,
    getCompilationSettings: () => ({ strict: true, target: 9, module: 199, moduleResolution: 99, types: [] }),
    getDefaultLibFileName: typescript.getDefaultLibFilePath,
    fileExists: (name) => name === path || typescript.sys.fileExists(name),
    readFile: typescript.sys.readFile,
    readDirectory: typescript.sys.readDirectory,
    directoryExists: typescript.sys.directoryExists,
    realpath: typescript.sys.realpath,
  };
  const made = typescript.createLanguageService(host);
  const words = (parts = []) => parts.map(({ text }) => text).join("");
  const tags = (list = []) => Object.fromEntries(list.map(({ name, text }) => [name, words(text)]));
  return {
    /** Returns what hover shows at the mark, or at the last word of a name in the text. */
    hover(name) {
      const where = name ? source.lastIndexOf(`\n${name}();`) + name.length : at;
      const { displayParts, documentation, tags: found } = made.getQuickInfoAtPosition(path, where);
      return { shown: words(displayParts), doc: words(documentation), tags: tags(found) };
    },
    signature() {
      const [item] = made.getSignatureHelpItems(path, at, {}).items;
      const parameters = item.parameters.map((one) => [one.name, words(one.displayParts), words(one.documentation)]);
      return { doc: words(item.documentation), parameters, tags: tags(item.tags) };
    },
  };
}

test("hover and signature help show the sentence, the parameters and an example, and no generics", () => {
  const { shown, doc, tags } = service(`${HEAD}zagely.contacts.upd¦ate("c-1", { name: "Ann" });`).hover();
  assert.equal(shown, "(property) ZagelyContacts.update: ZagelyContactsUpdate\n(contact_id: string, input: UpdateContact, options?: CallOptions) => Call<Contact>");
  assert.match(doc, /^Changes a contact\. Only the fields that are sent change\./);
  assert.equal(tags.example, `await zagely.contacts.update("c-1", { phone_number: "+15551234567" });`);
  const help = service(`${HEAD}zagely.messages.send(¦`).signature();
  assert.match(help.doc, /^Sends a message through a channel/);
  assert.deepEqual(help.parameters.map(([name, , text]) => [name, text !== ""]), [["input", true], ["options", true]]);
  assert.deepEqual(help.parameters.map(([, shown]) => shown), ["input: SendMessage", "options?: CallOptions"]);
  assert.match(help.tags.example, /^await zagely\.messages\.send\(/);
  assert.match(help.parameters[0][2], /^Fields: `to`, `message`\. Optional or required under a condition: `channel`, `type`, `session_id`, /);
  const me = service(`${HEAD}zagely.account.me(¦`).signature();
  assert.deepEqual(me.parameters.map(([name]) => name), ["options"]);
});

test("hover shows each call in two lines: its name, and a signature of declared names", () => {
  const names = [...readFileSync(join(folder, "types/generated/calls.d.cts"), "utf8").matchAll(/^\s+\* @example\n\s+\* .*?\b((?:zagely|wazaj)\.\w+\.\w+)\(/gm)].map(([, name]) => name);
  assert.equal(names.length, 57);
  const head = `import { Wazaj } from "hudhud"; ${HEAD}const wazaj = new Wazaj({ apiKey: "wzj_a", baseUrl: "https://example.com" });\n`;
  const language = service(`${head}${names.join("();\n")}();¦`);
  for (const name of names) {
    const { shown, doc } = language.hover(name);
    const lines = shown.split("\n");
    assert.equal(lines.length, 2, shown);
    assert.match(lines[1], /^\((\w+: string, )?(input\??: \w+, )?options\?: (Keyless)?CallOptions\) => (Call|List)<\w+(<\w+>)?>$/, name);
    assert.ok(shown.length <= 260, `${shown.length} characters: ${shown}`);
    assert.match(doc, /^[A-Z].*\.$/ms, name);
  }
});

const calls = readFileSync(join(folder, "types/generated/calls.d.cts"), "utf8");
const examples = [...calls.matchAll(/\* @example\n\s+\* (.*)/g)].map(([, code]) => code);

test("the example of each call compiles, and its input is valid", async () => {
  assert.equal(examples.length, 57);
  const head = `import { Wazaj, Zagely } from "hudhud";\nconst zagely = new Zagely({ publicKey: "pk", secretKey: "sk" });\nconst wazaj = new Wazaj({ apiKey: "wzj_a", baseUrl: "https://example.com" });\n`;
  assert.equal(await compile("typescript", "examples.ts", `${head}${examples.join("\n")}`.replaceAll("const item", "const item")), "");
  const { Zagely, Wazaj } = await load("index");
  const { fakeFetch } = await load("testing");
  const fetch = fakeFetch(() => ({ json: { id: "x-1", data: [], current_page: 1, last_page: 1 } }));
  const zagely = new Zagely({ publicKey: "pk_test", secretKey: "sk_test", fetch });
  const wazaj = new Wazaj({ apiKey: "wzj_test", baseUrl: "https://example.com/api", fetch });
  const AsyncFunction = (async () => {}).constructor;
  for (const code of examples) {
    await new AsyncFunction("zagely", "wazaj", code)(zagely, wazaj).catch((error) => {
      // An answer of the fake that the call cannot read is no fault of the example.
      assert.equal(error.kind, "unexpected_response", `${code}: ${error}`);
    });
  }
  assert.ok(fetch.requests.length >= 57);
});

test("the documentation of calls and fields states no source and no inference", () => {
  const models = readFileSync(join(folder, "types/generated/models.d.cts"), "utf8");
  for (const text of [calls, models]) {
    const found = text.split("\n").filter((line) => /Source:|\*\*Route|Inferred|\(inferred/.test(line));
    assert.deepEqual(found, []);
  }
});
