// The messages of one client, in Node and in Workers: many at once, and an urgent one every few seconds.

const now = () => Date.now() / 1000;

/**
 * Sends the messages, and prints a line for each event. `client` makes the client from its `fetch`. `every` is the number of
 * seconds between two urgent messages. Without it, no urgent message is sent.
 */
export async function sendMany({ client, first, sends, every }, print) {
  const zagely = client(async (...request) => {
    const response = await fetch(...request);
    print(`attempt ${now()} ${response.status}`);
    return response;
  });
  let isOver = false;
  const urgent = async () => {
    while (every) {
      await new Promise((resolve) => setTimeout(resolve, every * 1000));
      if (isOver) return;
      const begun = now();
      await zagely.messages.send({ to: "+15559999999", message: "hi" }, { lane: "urgent" });
      print(`urgent ${now()} ${now() - begun}`);
    }
  };
  const others = urgent();
  const bulk = Array.from({ length: sends }, async (_, number) => {
    const { message_id } = await zagely.messages.send({ to: `+1555${String(first + number).padStart(7, "0")}`, message: "hi" });
    print(`arrived ${now()} ${message_id}`);
  });
  await Promise.all(bulk);
  isOver = true;
  await others;
}
