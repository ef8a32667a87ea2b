// The Worker of the tests: one receiver for each inbox, whose effects can be counted. The path is the name of the inbox.
//
// Time passes faster for the inboxes, so that leases and waits end soon. `POST /clock` adds milliseconds to it.

import { DurableObject, env as bindings } from "cloudflare:workers";

import * as hudhud from "hudhud/cloudflare";
import { webhookHandler } from "hudhud/workers";

const { SPEED = 1, BEGIN = 0, LEASE = 30, ATTEMPTS = 5, RECOGNIZES = true, AFTER = 0 } = bindings.SETTINGS ?? {};
let ahead = 0;
const now = () => BEGIN + (Date.now() - BEGIN) * SPEED + ahead;
const statements = { count: 0 };
const log = [];

/** Counts the statements of an object from now on. */
function count(object, ctx) {
  const { storage } = ctx;
  const sql = {
    exec(query, ...values) {
      statements.count++;
      return storage.sql.exec(query, ...values);
    },
  };
  const counted = {
    sql,
    transactionSync: (run) => storage.transactionSync(run),
    getAlarm: () => storage.getAlarm(),
    setAlarm: (time) => storage.setAlarm(time),
  };
  Object.defineProperty(object, "ctx", { value: { storage: counted } });
}

/** Does what the data of an event says. */
async function act({ data }, attempt) {
  if (data?.waits) await new Promise((resolve) => setTimeout(resolve, data.waits));
  decide(data, attempt);
}

function decide(data, attempt) {
  if (data?.rejects) throw new hudhud.RejectedEventError("the event is of no use");
  if (attempt <= (data?.fails ?? 0)) throw new Error("the handler fails");
}

/** Another system. It recognizes keys. */
export class Effects extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS effects (inbox TEXT, key TEXT)");
    if (RECOGNIZES) ctx.storage.sql.exec("CREATE UNIQUE INDEX IF NOT EXISTS once ON effects (inbox, key)");
  }

  occur(inbox, key) {
    this.ctx.storage.sql.exec("INSERT OR IGNORE INTO effects VALUES (?, ?)", inbox, key);
  }

  effects(inbox) {
    return this.ctx.storage.sql.exec("SELECT key FROM effects WHERE inbox = ?", inbox).toArray().map(({ key }) => key);
  }
}

export class Inbox extends hudhud.InboxObject {
  #real;

  constructor(ctx, env) {
    super(ctx, env);
    this.#real = ctx;
    count(this, ctx);
  }

  now() {
    return now();
  }

  async cleaned() {
    await this.alarm();
    return { left: this.#real.storage.sql.exec("SELECT count(*) AS count FROM hudhud_inbox").one().count, alarm: await this.#real.storage.getAlarm() };
  }

  size() {
    return this.#real.storage.sql.databaseSize;
  }

  async later() {
    this.#real.storage.sql.exec("INSERT INTO hudhud_inbox_version VALUES (99, 0)");
    await this.#real.storage.sync();
    this.#real.abort("the version is later");
  }
}

export class Orders extends hudhud.TransactionalInboxObject {
  maxAttempts = ATTEMPTS;

  constructor(ctx, env) {
    super(ctx, env);
    count(this, ctx);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS effects (key TEXT)");
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS attempts (key TEXT PRIMARY KEY, count INTEGER)");
    this.real = ctx;
  }

  now() {
    return now();
  }

  onError(error) {
    log.push(`${error}`);
  }

  handle({ replayKey, data }, sql) {
    sql.exec("INSERT INTO effects VALUES (?)", replayKey);
    statements.count--; // This one is the program's.
    const attempt = (failures.get(replayKey) ?? 0) + 1;
    failures.set(replayKey, attempt);
    if (data?.isAsync) return Promise.resolve();
    decide(data, attempt);
  }

  effects() {
    return this.real.storage.sql.exec("SELECT key FROM effects").toArray().map(({ key }) => key);
  }
}
/** The attempts of transactional handlers. A transaction that is rolled back cannot count them. */
const failures = new Map();

/** A D1 database whose statements are counted. */
function countingD1(database) {
  return {
    prepare: (query) => database.prepare(query),
    batch(prepared) {
      statements.count += prepared.length;
      return database.batch(prepared);
    },
  };
}
const d1 = countingD1(bindings.DB);

/** The names of the objects that handle events. */
const ORDERS = ["even", "odd"];
const effects = () => bindings.EFFECTS.get(bindings.EFFECTS.idFromName("all"));
const options = { leaseSeconds: LEASE, maxAttempts: ATTEMPTS, now };
const leased = {
  "durable-object": hudhud.durableObjectInbox(bindings.INBOX, { ...options, shards: 16 }),
  d1: hudhud.d1Inbox(d1, options),
  forgetful: hudhud.forgetfulInbox(options),
};
const transactional = {
  "transactional-durable-object": () => hudhud.transactionalObjectInbox(bindings.ORDERS, { objectOf: ({ replayKey }) => ORDERS[replayKey.length % ORDERS.length] }),
  "transactional-shards": () => hudhud.transactionalObjectInbox(bindings.ORDERS),
  "transactional-d1": () =>
    hudhud.transactionalD1Inbox(
      d1,
      async (event) => {
        const attempt = (failures.get(event.replayKey) ?? 0) + 1;
        failures.set(event.replayKey, attempt);
        await act(event, attempt);
        statements.count--; // The statement of the program.
        if (event.data?.returnsNothing) return undefined;
        if (event.data?.breaks) return [bindings.DB.prepare("INSERT INTO nothing VALUES (1)")];
        return [bindings.DB.prepare("INSERT INTO effects VALUES (?)").bind(event.replayKey)];
      },
      { maxAttempts: ATTEMPTS, now },
    ),
};
const onError = (error) => log.push(`${error}`);
const receivers = Object.fromEntries([
  ...Object.entries(leased).map(([name, inbox]) => {
    const onEvent = async (event, { lease, replayKey }) => {
      log.push({ replayKey, key: lease.idempotencyKey, attempt: lease.attempt, token: lease.token, seconds: Math.round((lease.endsAt - now()) / 1000) });
      await act(event, lease.attempt);
      await effects().occur(name, lease.idempotencyKey);
      if (AFTER) await new Promise((resolve) => setTimeout(resolve, AFTER));
    };
    return [name, webhookHandler({ secret: "whsec_test", inbox: () => inbox, onEvent, onError })];
  }),
  ...Object.entries(transactional).map(([name, inbox]) => [name, webhookHandler({ secret: "whsec_test", inbox, onError })]),
]);

async function effectsOf(name) {
  if (name === "transactional-d1") return (await bindings.DB.prepare("SELECT key FROM effects").all()).results.map(({ key }) => key);
  if (name !== "transactional-durable-object") return effects().effects(name);
  const objects = ORDERS.map((name) => bindings.ORDERS.get(bindings.ORDERS.idFromName(name)));
  return (await Promise.all(objects.map((object) => object.effects()))).flat();
}

export default {
  async fetch(request, env, context) {
    const { pathname, searchParams } = new URL(request.url);
    const [, name, what] = pathname.split("/");
    if (receivers[name] && !what) return receivers[name](request, env, context);
    if (name === "made") {
      await env.DB.exec("CREATE TABLE IF NOT EXISTS effects (key TEXT)");
      return new Response();
    }
    if (name === "clock") return Response.json((ahead += Number(searchParams.get("add"))));
    if (name === "log") return Response.json(log.splice(0));
    if (name === "statements") return Response.json([statements.count, (statements.count = 0)][0]);
    if (name === "object") {
      const stub = env.INBOX.get(env.INBOX.idFromName(searchParams.get("name")));
      return Response.json((await stub[what]().catch((error) => error.message)) ?? null);
    }
    if (what === "effects") return Response.json(await effectsOf(name));
    const inbox = leased[name] ?? transactional[name]?.();
    // The object of an event, if the program chooses it.
    const objects = name === "transactional-durable-object" ? ORDERS : [undefined];
    if (what === "poisoned") return Response.json((await Promise.all(objects.map((object) => inbox.poisoned(object)))).flat());
    if (what === "forget") return Response.json((await Promise.all(objects.map((object) => inbox.forget(searchParams.get("key"), object)))).includes(true));
    if (what === "clean") return Response.json((await leased[name].cleanUp()) ?? null);
    if (name === "rows") return Response.json((await env.DB.prepare("SELECT count(*) AS count FROM hudhud_inbox").first()).count);
    return new Response(null, { status: 404 });
  },
};
