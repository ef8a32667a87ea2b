// Finds calls by their names, in the spelling of JavaScript or in that of the catalog.

import { camelName } from "./api-response.js";
import { CALLS } from "./generated/calls.js";

/** Returns the catalog's name of a call, such as `contact_groups.list`, or what is wrong with the name. */
export function findCall(vendor: string, name: string): { readonly found?: string; readonly fault: string } {
  const names = Object.entries(CALLS[vendor] ?? {}).flatMap(([group, calls]) => Object.keys(calls).map((verb) => `${group}.${verb}`));
  const given = camelName(name);
  const found = names.find((one) => camelName(one) === given);
  const near = names.map(camelName).find((one) => isNear(one, given));
  // The name may be anything, such as a key in the wrong place.
  const shown = /^[a-z._]{1,40}$/i.test(name) ? ` ${name}` : " of this name";
  return { ...(found && { found }), fault: `there is no call${shown}${near ? `; did you mean ${near}?` : ""}` };
}

/** Returns true if two names differ in at most two letters in a row. */
function isNear(one: string, other: string): boolean {
  const most = Math.min(one.length, other.length);
  let [start, end] = [0, 0];
  while (start < most && one[start] === other[start]) start++;
  while (end < most - start && one.at(-1 - end) === other.at(-1 - end)) end++;
  return Math.max(one.length, other.length) - start - end <= 2;
}
