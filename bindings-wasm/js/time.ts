// Validates times for core.

/** Returns the time if it is a finite number. Throws otherwise. */
export function checkTime(now: number): number {
  if (Number.isFinite(now)) return now;
  throw new TypeError("time: expected a finite number of milliseconds, like Date.now()");
}
