// Runs the suite in a runtime with a command line: `… main.mjs RUNTIME`. $PACKAGE is the package's folder.

import process from "node:process";

import { suite } from "./suite.mjs";

const load = (name) => import(`file://${process.env.PACKAGE}/dist/node/${name}.js`);
const [index, webhook, testing] = await Promise.all(["index", "webhook", "testing"].map(load));
console.log(await suite({ index, webhook, testing }, JSON.parse(process.env.SANDBOX)));
