// Fails to compile if `option-names.ts` lacks an option of the clients, or names one that they do not have. No file imports
// this one: a list that imported the clients would be part of a circle.

import type { CallOptions } from "./call-options.js";
import type { WazajOptions, ZagelyOptions } from "./client.js";
import type { Declared, OfClient } from "./option-names.js";

/** The options that only clients have and that core does not declare. */
type Expected = Exclude<keyof (ZagelyOptions & WazajOptions), keyof CallOptions | Declared>;

/** Accepts only the name of such an option. */
type OnlyExpected<Name extends Expected> = Name;
/** Accepts only a name of the list. */
type OnlyNamed<Name extends OfClient> = Name;

/** The names of the list and the expected ones. Each union must be part of the other. */
export type Compared = [OnlyExpected<OfClient>, OnlyNamed<Expected>];
