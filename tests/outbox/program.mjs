// A program that is killed: it adds all messages to an outbox and sends those that are left. It prints a line before it sends.
//
//     PACKAGE=FOLDER node program.mjs VENDOR JOURNAL COUNT

import process from "node:process";

const load = (name) => import(`file://${process.env.PACKAGE}/dist/${name}.js`);
const { Wazaj, Zagely } = await load("index");
const { Outbox } = await load("outbox");

const [vendor, journal, count] = process.argv.slice(2);
const text = vendor === "wazaj" ? "body" : "message";

function* messages() {
  for (let at = 0; at < Number(count); at++) yield { to: `+1555${String(at).padStart(7, "0")}`, [text]: `Hi ${at}` };
}

const outbox = await Outbox.open(journal, vendor === "wazaj" ? Wazaj.fromEnv() : Zagely.fromEnv());
if (!outbox.report().isClosed) await outbox.addAll(messages());
console.log("sending");
console.log(`${await outbox.send()}`);
await outbox.close();
