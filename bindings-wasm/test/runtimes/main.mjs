// The suite in a runtime that has a command line: `… main.mjs RUNTIME`, with the package in $PACKAGE.

import process from "node:process";

import { suite } from "./suite.mjs";

const load = (name) => import(`file://${process.env.PACKAGE}/dist/node/${name}.js`);
const [index, webhook, testing] = await Promise.all(["index", "webhook", "testing"].map(load));
console.log(await suite({ index, webhook, testing }, JSON.parse(process.env.SANDBOX)));
