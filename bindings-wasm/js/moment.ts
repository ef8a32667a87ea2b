// Times, as core is told them.

/** A time that is one. */
export function moment(now: number): number {
  if (Number.isFinite(now)) return now;
  throw new TypeError("A time is a number of milliseconds, as Date.now() has it.");
}
