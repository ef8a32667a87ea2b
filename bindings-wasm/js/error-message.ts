// Errors with another message.

/** @internal Gives an error a longer message, also in its stack, and returns it. */
export function withMessage<T extends Error>(error: T, message: string): T {
  const { message: old, stack } = error;
  error.message = message;
  // V8 has written the message into the stack already.
  if (stack?.includes(old)) error.stack = stack.replace(old, () => message);
  return error;
}

/** @internal Puts the name of a call before the message of an error about one of its arguments. */
export function withCallName<T>(call: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof TypeError && !error.message.startsWith(call) ? withMessage(error, `${call}: ${error.message}`) : error;
  }
}
