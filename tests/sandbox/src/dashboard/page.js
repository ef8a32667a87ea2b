// The page's script. It polls the admin endpoints every 700 ms and shows what changed. It inserts all external data
// as text, never as HTML.
"use strict";

const byId = (id) => document.getElementById(id);
const STATUS = { queued: "🕓 queued", sent: "✓ sent", delivered: "✓✓ delivered", read: "✓✓ read", failed: "⚠ failed" };
const CALLS_SHOWN = 200;

let token = document.querySelector('meta[name="admin-token"]').content || sessionStorage.getItem("token") || "";
let lastCall = 0;
let chosenNumber = null;
let shown = { messages: "", deliveries: "", sessions: "" };

/** Creates an element with classes, text and children. */
function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

async function adminRequest(path, body) {
  const headers = { authorization: `Bearer ${token}`, accept: "application/json" };
  const response = await fetch(`/_sandbox${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await response.json();
  if (response.status === 401) {
    token = "";
    sessionStorage.removeItem("token");
  }
  if (!response.ok) throw new Error(answer.message);
  return answer;
}

const time = (stamp) => stamp.slice(11, 19);

function tone(status) {
  if (status === null || status >= 500) return "bad";
  return status >= 400 ? "warn" : "good";
}

function showCalls(calls) {
  const rows = byId("calls-rows");
  for (const call of calls) {
    lastCall = Math.max(lastCall, call.number);
    const what = make("td", "", make("span", "", `${call.method} ${call.call ?? ""}`));
    if (call.replayed) what.append(make("span", "tag", "replayed"));
    if (call.fault) what.append(make("span", "tag", `fault: ${call.fault}`));
    what.append(make("span", "path", call.path));
    const status = make("td", tone(call.status), call.status === null ? "dropped" : String(call.status));
    const row = make("tr", "call", make("td", "", time(call.at)), status, what, make("td", "", call.ms.toFixed(1)));
    row.tabIndex = 0;
    const toggle = () => toggleDetail(row, call);
    row.addEventListener("click", toggle);
    row.addEventListener("keydown", (event) => event.key === "Enter" && toggle());
    rows.prepend(row);
  }
  while (rows.childElementCount > CALLS_SHOWN) rows.lastElementChild.remove();
  byId("calls-empty").hidden = rows.childElementCount > 0;
  if (lastCall) byId("calls-count").textContent = `${lastCall} so far`;
}

function toggleDetail(row, call) {
  if (row.nextElementSibling?.classList.contains("details")) {
    row.nextElementSibling.remove();
    return;
  }
  const cell = make("td", "detail");
  cell.colSpan = 4;
  if (call.who) cell.append(make("div", "", `by ${call.who}`));
  cell.append("Request", make("pre", "", call.request || "(no body)"));
  cell.append("Response", make("pre", "", call.response || "(no body)"));
  row.after(make("tr", "details", cell));
}

function showDeliveries(deliveries) {
  const key = JSON.stringify(deliveries.map((one) => [one.id, one.status, one.attempts, one.next_attempt_at]));
  if (key === shown.deliveries) return;
  shown.deliveries = key;
  const rows = deliveries.map((one) => {
    const state = { delivered: "good", failed: "bad", pending: "warn" }[one.status];
    const head = make("header", "", make("strong", "", one.event), make("span", state, one.status));
    if (one.status !== "pending") {
      const replay = make("button", "", "Replay");
      replay.addEventListener("click", () => withError(adminRequest(`/deliveries/${one.id}/replay`, {})));
      head.append(replay);
    }
    const attempts = make("ol", "");
    for (const attempt of one.history) {
      const outcome = attempt.response_status ?? attempt.error;
      attempts.append(make("li", "", `${time(attempt.attempted_at)} → ${outcome}, ${attempt.duration_ms} ms`));
    }
    if (one.next_attempt_at) attempts.append(make("li", "", `next at ${time(one.next_attempt_at)}`));
    const body = make("details", "", make("summary", "", "body"), make("pre", "", one.body));
    return make("div", "delivery", head, make("span", "path", one.url ?? ""), attempts, body);
  });
  byId("deliveries-count").textContent = deliveries.length ? `the newest ${deliveries.length}` : "";
  byId("deliveries-rows").replaceChildren(...(rows.length ? rows : [make("p", "empty", "No deliveries yet.")]));
}

function showPhones(messages) {
  const key = JSON.stringify([chosenNumber, messages.map((one) => [one.id, one.status, one.contact?.name])]);
  if (key === shown.messages) return;
  shown.messages = key;
  // The messages are newest first, so the first number is the one with the latest message.
  const names = new Map();
  for (const one of messages) {
    if (!names.has(one.phone_number)) names.set(one.phone_number, one.contact?.name ?? one.phone_number);
  }
  const number = names.has(chosenNumber) ? chosenNumber : names.keys().next().value;
  byId("numbers").replaceChildren(
    ...[...names].map(([phone, name]) => {
      const button = make("button", "", name);
      button.type = "button";
      button.title = phone;
      button.setAttribute("role", "tab");
      button.setAttribute("aria-selected", String(phone === number));
      button.addEventListener("click", () => {
        chosenNumber = phone;
        byId("from").value = phone;
        byId("name").value = "";
        showPhones(messages);
      });
      return button;
    }),
  );
  // The messages are newest first, with dates in whole seconds. Reversing them before the stable sort keeps the order
  // of those with the same second.
  const bubbles = messages
    .filter((one) => one.phone_number === number)
    .reverse()
    .sort((a, b) => (a.created_at < b.created_at ? -1 : a.created_at > b.created_at ? 1 : 0))
    .map(bubble);
  const screen = byId("screen");
  screen.replaceChildren(...(bubbles.length ? bubbles : [make("p", "empty", "No messages yet.")]));
  screen.scrollTop = screen.scrollHeight;
}

function bubble(message) {
  const bubble = make("div", `bubble ${message.direction}`);
  bubble.dir = "auto";
  if (message.media_url) bubble.append(make("span", "media", `${message.type}: ${message.media_url}`));
  if (message.template) bubble.append(make("span", "media", `template ${message.template}`));
  if (message.content) bubble.append(message.content);
  for (const button of message.buttons ?? []) {
    const label = button?.text ?? button?.title ?? button?.label ?? JSON.stringify(button);
    bubble.append(make("span", "button", String(label)));
  }
  const state = make("span", `status-${message.status}`, STATUS[message.status] ?? "");
  const by = message.campaign_id ? " · campaign" : message.automation_id ? " · automation" : "";
  const where = message.vendor === "wazaj" ? "Wazaj" : message.channel;
  bubble.append(make("footer", "", `${time(message.created_at)} · ${where}${by} `, state));
  return bubble;
}

function showSessions(sessions) {
  const key = JSON.stringify(sessions.map((one) => [one.id, one.name, one.status]));
  if (key === shown.sessions) return;
  shown.sessions = key;
  const chosen = byId("session").value;
  byId("session").replaceChildren(
    ...sessions.map((one) => {
      const option = make("option", "", `${one.name} (${one.channel}, ${one.status})`);
      option.value = one.id;
      option.disabled = one.status !== "connected";
      return option;
    }),
  );
  if (chosen) byId("session").value = chosen;
}

/** Shows the error of a failed request until a request succeeds. */
async function withError(promise) {
  try {
    const answer = await promise;
    byId("trouble").hidden = true;
    return answer;
  } catch (error) {
    byId("trouble").textContent = error.message;
    byId("trouble").hidden = false;
    return null;
  }
}

async function refresh() {
  const answers = await withError(
    Promise.all([adminRequest(""), adminRequest(`/log?after=${lastCall}`), adminRequest("/messages"), adminRequest("/deliveries"), adminRequest("/sessions")]),
  );
  byId("ask").hidden = token !== "";
  byId("main").hidden = token === "";
  if (!answers) return;
  const [about, calls, messages, deliveries, sessions] = answers.map((answer) => answer.data ?? answer);
  const scale = about.time_scale === 1 ? "" : `, running ${about.time_scale} times as fast as real time`;
  byId("clock").textContent = `Sandbox time ${about.now}${scale}. Seed ${about.seed}.`;
  showCalls(calls);
  showPhones(messages);
  showDeliveries(deliveries);
  showSessions(sessions);
}

byId("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  token = byId("token").value;
  sessionStorage.setItem("token", token);
});

byId("inbound").addEventListener("submit", async (event) => {
  event.preventDefault();
  const sent = await withError(
    adminRequest("/inbound", {
      from: byId("from").value,
      name: byId("name").value || null,
      session_id: byId("session").value || null,
      content: byId("content").value,
    }),
  );
  if (!sent) return;
  const digits = byId("from").value.replace(/[^0-9]/g, "");
  chosenNumber = `+${digits}`;
  byId("content").value = "";
});

(async () => {
  for (;;) {
    if (token) {
      await refresh();
    } else {
      byId("ask").hidden = false;
      byId("main").hidden = true;
    }
    await new Promise((done) => setTimeout(done, 700));
  }
})();
