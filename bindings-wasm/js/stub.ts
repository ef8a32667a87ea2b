// Clients for tests whose calls are functions of the test. Names and inputs are checked as by a real client.

import { type ApiResponse, camelName } from "./api-response.js";
import type { Call, List } from "./call.js";
import { findCall } from "./call-names.js";
import { Wazaj, Zagely } from "./client.js";
import { CALLS, type WazajCalls, type ZagelyCalls } from "./generated/calls.js";
import type { HttpResponse } from "./http.js";
import { json } from "./json.js";
import { FetchedList, RunningCall } from "./promises.js";

/** A function that stands for a call. It returns the output, or some of its members, or throws. */
export type Implementation<C> = C extends (...given: infer Given) => List<infer Item>
  ? (...given: Given) => readonly Partial<Item>[] | Promise<readonly Partial<Item>[]>
  : C extends (...given: infer Given) => Call<infer Output>
    ? (...given: Given) => Partial<Output> | Promise<Partial<Output>>
    : never;

/** Functions that stand for some of the calls of a client. */
export type Implementations<Calls> = {
  readonly [Group in keyof Calls]?: { readonly [Verb in keyof Calls[Group]]?: Implementation<Calls[Group][Verb]> };
};

type Member = ((...given: unknown[]) => unknown) & { prepare(...given: unknown[]): unknown; decode(response: HttpResponse): ApiResponse<never> };

/**
 * Makes a client whose calls are your functions. The input of each call is checked first. A call without a function fails.
 *
 * ```ts
 * const zagely = stub("zagely", { messages: { send: () => ({ message_id: "m-1" }) } });
 * await zagely.messages.send({ to: "+15551234567", message: "hi" });
 * ```
 */
export function stub(vendor: "zagely", calls: Implementations<ZagelyCalls>): Zagely;
export function stub(vendor: "wazaj", calls: Implementations<WazajCalls>): Wazaj;
export function stub(vendor: "zagely" | "wazaj", calls: object): Zagely | Wazaj {
  if (!Object.hasOwn(CALLS, vendor)) throw new TypeError(`vendor: expected ${Object.keys(CALLS).join(" or ")}`);
  const given = new Map<string, (...given: unknown[]) => unknown>();
  for (const [group, verbs] of Object.entries(calls) as [string, Record<string, (...given: unknown[]) => unknown>][]) {
    for (const [verb, run] of Object.entries(verbs)) {
      const { found, fault } = findCall(vendor, `${group}.${verb}`);
      if (found === undefined) throw new TypeError(`stub: ${fault}`);
      given.set(found, run);
    }
  }
  const real =
    vendor === "wazaj"
      ? new Wazaj({ apiKey: "wzj_test", baseUrl: "https://wazaj.example" })
      : new Zagely({ publicKey: "pk_test", secretKey: "sk_test" });
  const made = Object.create(real) as Zagely | Wazaj;
  for (const [group, verbs] of Object.entries(CALLS[vendor] ?? {})) {
    const members: Record<string, unknown> = {};
    const ofGroup = (real as unknown as Record<string, Record<string, Member>>)[camelName(group)] ?? {};
    for (const [verb, row] of Object.entries(verbs)) {
      const [name, member] = [`${group}.${verb}`, ofGroup[camelName(verb)] as Member];
      const isList = !row.startsWith(":");
      const answered = async (...input: unknown[]): Promise<ApiResponse<never>> => {
        member.prepare(...input);
        const run = given.get(name);
        if (!run) throw new TypeError(`stub: ${camelName(name)} has no function; pass one to stub()`);
        const output = await run(...input);
        const body = isList ? { data: output, current_page: 1, last_page: 1 } : output;
        if (output === undefined && !isList) throw new TypeError(`stub: the function of ${camelName(name)} returned nothing; return its output`);
        // Decoding fills in the fields that the function leaves out, as for a response of the vendor.
        return member.decode({ status: 200, headers: {}, body: json(body) });
      };
      const call = isList
        ? (...input: unknown[]) =>
            new FetchedList(
              async () => ({ response: await answered(...input), page: 1 }),
              () => ({ next: () => 0, free: () => {} }),
            )
        : (...input: unknown[]) => new RunningCall(answered(...input));
      members[camelName(verb)] = Object.assign(call, { ...member });
    }
    Object.defineProperty(made, camelName(group), { value: Object.freeze(members) });
  }
  return made;
}
