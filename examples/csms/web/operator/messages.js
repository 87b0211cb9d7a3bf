/* messages.js: the frames of a station, both ways, with what the judge of the program found wrong with them. */
import { path } from "/shared/api.js";
import { el, replace, word } from "/shared/dom.js";
import { bytes, time } from "/shared/format.js";
import { button, field, pill, select, table } from "/shared/ui.js";

const LOOK_MS = 1500;
const ROWS_MAX = 250; /* that are shown at once */
const KEPT_MAX = 5000;
const CALLS_MAX = 500;
const TYPES = { 2: "call", 3: "result", 4: "error", 5: "result error", 6: "send" };

/* What a frame is: { type, id, action, text }. */
export function parts(message) {
  const { frame } = message;
  const text = typeof frame === "string" ? frame : JSON.stringify(frame);
  if (!Array.isArray(frame)) return { type: "unreadable", id: "", action: "", text };
  const type = TYPES[frame[0]] || "unreadable";
  const named = frame[0] === 2 || frame[0] === 6;
  return { type, id: String(frame[1] ?? ""), action: named ? String(frame[2] ?? "") : "", text };
}

/* Results get the name of the call they answer, and how long it took. Of the calls that nobody answered yet, the newest are kept. */
export function join(message, calls) {
  const key = (direction) => `${direction} ${message.id}`;
  if (message.type === "call") {
    calls.set(key(message.direction), { action: message.action, time: message.time });
    if (calls.size > CALLS_MAX) calls.delete(calls.keys().next().value);
  }
  const answered = key(message.direction === "in" ? "out" : "in");
  const call = message.type === "result" || message.type === "error" ? calls.get(answered) : null;
  if (!call) return;
  calls.delete(answered);
  message.action = call.action;
  message.took = new Date(message.time) - new Date(call.time);
}

function matches(message, filter) {
  return (!filter.direction || message.direction === filter.direction)
    && (!filter.action || message.action === filter.action)
    && (!filter.valid || String(message.valid) === filter.valid)
    && (!filter.text || message.text.toLowerCase().includes(filter.text.toLowerCase()));
}

function verdict(message) {
  if (message.valid) return pill("valid", "good");
  const { code, path: where, reason } = message.issue || {};
  return el("span", {}, pill(code || "invalid", "bad"), " ", where && el("code", {}, word(where)), el("span", { class: "soft" }, ` ${reason || ""}`));
}

const PREVIEW = 160;

/* The beginning of a frame, or what is around the text that is looked for. */
function previewOf({ text, at }) {
  const from = at > PREVIEW / 2 ? at - 40 : 0;
  return `${from > 0 ? "…" : ""}${text.slice(from, from + PREVIEW)}`;
}

function frameView(message) {
  const raw = el("pre", { tabindex: "0", "aria-label": `Frame ${message.n}` });
  const whole = el("details", {}, el("summary", {}, el("span", { class: "preview mono" }, word(previewOf(message)))), raw);
  whole.addEventListener("toggle", () => {
    if (whole.open) replace(raw, typeof message.frame === "string" ? message.frame : JSON.stringify(message.frame, null, 2));
  });
  return whole;
}

const columns = [
  { label: "No.", numeric: true, cell: (one) => String(one.n) },
  { label: "Time", cell: (one) => time(one.time) },
  { label: "Direction", cell: (one) => (one.direction === "in" ? "from the station" : "to the station") },
  { label: "Kind", cell: (one) => one.type },
  { label: "Action", cell: (one) => one.action || "–" },
  { label: "Took", numeric: true, cell: (one) => (one.took === undefined ? "" : `${one.took} ms`) },
  { label: "Size", numeric: true, cell: (one) => bytes(one.size) },
  { label: "Verdict", cell: verdict },
  { label: "Frame", wide: true, cell: frameView },
];

export async function messagesPage(context, station) {
  const { api, live, signal } = context;
  const filter = { text: "", action: "", direction: "", valid: "" };
  const calls = new Map();
  let all = [];
  let next = 0;
  let run = 0; /* of the server: another one numbers its frames anew */
  let looking = false;
  let paused = false;
  const list = table({ caption: "Newest first", columns, rows: [], none: "No frame is kept that is like that.", className: "messages", print: (one) => `${one.n} ${one.time} ${one.at}` });
  const count = el("p", { class: "soft", role: "status" });
  const set = (name) => (event) => { filter[name] = event.target.value; draw(); };
  const actions = select({ "": "any" }, "", { onchange: set("action") });

  function draw() {
    const found = all.filter((one) => matches(one, filter)).reverse();
    for (const one of found) one.at = filter.text ? one.text.toLowerCase().indexOf(filter.text.toLowerCase()) : 0;
    const cut = found.length > ROWS_MAX ? `, the newest ${ROWS_MAX} of them are shown` : "";
    replace(count, `${found.length} of ${all.length} frames${cut}. The server keeps the last ones of each station.`);
    list.update(found.slice(0, ROWS_MAX));
  }

  function offerActions() {
    const names = [...new Set(all.map((one) => one.action).filter(Boolean))].sort();
    if (names.length === actions.options.length - 1) return;
    replace(actions, el("option", { value: "" }, "any"), names.map((name) => el("option", { value: name }, name)));
    actions.value = filter.action;
  }

  async function look() {
    const own = run;
    const page = await api.get(path`/api/stations/${station.id}/messages` + `?after=${next}&limit=1000`, { signal });
    if (own !== run) return;
    const fresh = page.messages.map((message) => ({ ...message, ...parts(message) }));
    for (const message of fresh) join(message, calls);
    all = [...all, ...fresh].slice(-KEPT_MAX);
    next = page.next;
    if (fresh.length === 0) return;
    offerActions();
    if (!paused) draw();
  }

  const pause = button("Pause", () => {
    paused = !paused;
    replace(pause, paused ? "Go on" : "Pause");
    if (!paused) draw();
  });
  /* One after the other, else slow answers would be shown twice. */
  const again = () => {
    if (looking || document.hidden || paused) return;
    looking = true;
    look().catch(() => {}).finally(() => { looking = false; });
  };
  live.on("gap", () => {
    run += 1;
    [all, next] = [[], 0];
    calls.clear();
    again();
  }, signal);
  const timer = setInterval(again, LOOK_MS);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  looking = true;
  await look().finally(() => { looking = false; });
  draw();
  return el("div", { class: "card" },
    el("div", { class: "filters" },
      field("Text", el("input", { type: "search", spellcheck: "false", oninput: set("text") })),
      field("Action", actions),
      field("Direction", select({ "": "both", in: "from the station", out: "to the station" }, "", { onchange: set("direction") })),
      field("Verdict", select({ "": "any", true: "valid", false: "not valid" }, "", { onchange: set("valid") })),
      el("div", { class: "field bottom" }, pause)),
    count, list);
}
