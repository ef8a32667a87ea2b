// A store of the limiter in the Durable Object of another process, over the HTTP interface of worker.js.

/** Returns the store behind a port of loopback. */
export function objectStore(port) {
  const url = `http://127.0.0.1:${port}/state`;
  return {
    async load() {
      const response = await fetch(url);
      const bytes = new Uint8Array(await response.arrayBuffer());
      return response.status === 204 ? undefined : bytes;
    },
    async swap(old, next) {
      const condition = old ? { "If-Match": `"${Buffer.from(old).toString("hex")}"` } : { "If-None-Match": "*" };
      const { status } = await fetch(url, { method: "PUT", headers: condition, body: next });
      if (status !== 204 && status !== 412) throw new Error(`the object's Worker answered ${status}`);
      return status === 204;
    },
  };
}
