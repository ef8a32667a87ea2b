// Prints the size of each part of the wasm modules, as tables: `node bench/bytes.mjs [FOLDER]`, after `cargo xtask package npm`.
// FOLDER has the modules as wasm-bindgen wrote them. The default is js/generated.
//
// The size of a part is the number of bytes that the code loses after gzip if the part is left out. A part is a module of core,
// or a crate. The names come from the name section, which the published modules do not have.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const here = join(import.meta.dirname, "..");
const generated = process.argv[2] ?? join(here, "js/generated");
const LEVELS = { client: ["--flatten", "--rereloop", "-Oz", "--converge"], webhook: ["-Os"] };
const FEATURES = ["simd", "bulk-memory", "nontrapping-float-to-int", "sign-ext", "mutable-globals", "reference-types", "multivalue"];
/** Parts below this many bytes are summed up. */
const SMALL = 200;

const zipped = (bytes) => gzipSync(bytes, { level: 9 }).length;

/** Optimises a module as build.mjs does, but keeps its names. */
function optimised(name) {
  const folder = mkdtempSync(join(tmpdir(), "hudhud-bytes-"));
  const to = join(folder, "named.wasm");
  const from = join(generated, `${name}/${name}_bg.wasm`);
  const features = [...FEATURES.map((feature) => `--enable-${feature}`), "--low-memory-unused"];
  execFileSync(join(here, "node_modules/.bin/wasm-opt"), [...LEVELS[name], ...features, "-g", from, "-o", to]);
  const bytes = readFileSync(to);
  rmSync(folder, { recursive: true });
  return bytes;
}

/** A position in the bytes of a module. */
class Reader {
  constructor(bytes, at = 0) {
    Object.assign(this, { bytes, at });
  }

  number() {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = this.bytes[this.at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
      shift += 7;
    }
  }

  take(length) {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  text() {
    return this.take(this.number()).toString();
  }
}

/** Returns the sections of a module: pairs of the id and the contents. */
function sections(bytes) {
  const reader = new Reader(bytes, 8);
  const found = [];
  while (reader.at < bytes.length) found.push([reader.take(1)[0], reader.take(reader.number())]);
  return found;
}

/** Returns the names of functions by their index. */
function names(all) {
  const section = all.map(([id, bytes]) => id === 0 && new Reader(bytes)).find((reader) => reader && reader.text() === "name");
  const found = new Map();
  while (section.at < section.bytes.length) {
    const [kind, part] = [section.take(1)[0], new Reader(section.take(section.number()))];
    if (kind !== 1) continue;
    for (let left = part.number(); left > 0; left--) found.set(part.number(), part.text());
  }
  return found;
}

/** Returns the part to which a function belongs: the first module of core in its name, or else the first crate. */
function part(name) {
  const words = name.replaceAll(/\[[0-9a-f]+\]/g, "");
  const [path] = /\bhudhud(::[a-z_0-9]+)+/.exec(words) ?? [];
  if (path) return path.split("::").slice(0, path.includes("::codec::") ? 3 : 2).join("::");
  const crates = ["hudhud_wasm", "serde_wasm_bindgen", "serde_json", "serde_core"];
  return crates.find((crate) => words.includes(`${crate}::`)) ?? /\b([a-z_0-9]+)::/.exec(words)?.[1] ?? "exports to JavaScript";
}

for (const module of ["client", "webhook"]) {
  const all = sections(optimised(module));
  const named = names(all);
  const content = (wanted) => all.find(([id]) => id === wanted)?.[1] ?? Buffer.alloc(0);
  const imports = new Reader(content(2));
  let index = 0;
  for (let left = imports.number(); left > 0; left--) {
    imports.text();
    imports.text();
    if (imports.take(1)[0] !== 0) throw new Error("an import that is no function");
    imports.number();
    index += 1;
  }
  const code = new Reader(content(10));
  const bodies = [];
  for (let left = code.number(); left > 0; left--) bodies.push([part(named.get(index++) ?? ""), code.take(code.number())]);
  const concatenated = (keep) => Buffer.concat(bodies.filter(([name]) => keep(name)).map(([, body]) => body));
  const whole = zipped(concatenated(() => true));
  const rows = [...new Set(bodies.map(([name]) => name))].map((name) => {
    const own = bodies.filter(([other]) => other === name);
    return [name, own.length, own.reduce((sum, [, body]) => sum + body.length, 0), whole - zipped(concatenated((other) => other !== name))];
  });
  rows.sort((one, other) => other[3] - one[3]);
  const small = rows.filter(([, , , bytes]) => bytes < SMALL);
  const sum = (column) => small.reduce((total, row) => total + row[column], 0);
  console.log(`\n| Part of ${module}.wasm | Functions | Bytes | After gzip |\n|---|--:|--:|--:|`);
  for (const row of [...rows.filter((row) => !small.includes(row)), ["parts below " + SMALL + " bytes", sum(1), sum(2), sum(3)]]) {
    console.log(`| ${row[0]} | ${row[1]} | ${row[2]} | ${row[3]} |`);
  }
  console.log(`| all code | ${bodies.length} | ${content(10).length} | ${whole} |\n| data: schema, texts, tables | | ${content(11).length} | ${zipped(content(11))} |`);
}
