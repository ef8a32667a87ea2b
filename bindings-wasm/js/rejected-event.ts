// The error with which a handler rejects an event.

import { named } from "./error-names.js";

/** Throw this in a handler to reject an event for good. It is not attempted again. */
export class RejectedEventError extends Error {}

named({ RejectedEventError });
