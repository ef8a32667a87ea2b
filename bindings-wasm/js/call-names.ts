// Finds calls by their names, in the spelling of JavaScript or in that of the catalog.

import { camelName } from "./api-response.js";
import { CALLS } from "./generated/calls.js";
import { suggestion } from "./near.js";

/** Returns the catalog's name of a call, such as `contact_groups.list`, or what is wrong with the name. */
export function findCall(vendor: string, name: string): { readonly found?: string; readonly fault: string } {
  const names = Object.entries(CALLS[vendor] ?? {}).flatMap(([group, calls]) => Object.keys(calls).map((verb) => `${group}.${verb}`));
  const given = camelName(name);
  const found = names.find((one) => camelName(one) === given);
  // The name may be anything, such as a key in the wrong place.
  const shown = /^[a-z._]{1,40}$/i.test(name) ? ` ${name}` : " of this name";
  return { ...(found && { found }), fault: `there is no call${shown}${suggestion(given, names.map(camelName))}` };
}
