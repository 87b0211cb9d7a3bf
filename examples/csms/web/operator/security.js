/* security.js: the security events that stations told of, as they come. */
import { el, replace, word } from "/shared/dom.js";
import { NONE, time } from "/shared/format.js";
import { soon } from "/shared/live.js";
import { link } from "/shared/shell.js";
import { field, pill, select, table } from "/shared/ui.js";

const MOST = 2000; /* as many as the server keeps */
const ROWS_MAX = 300;

const columns = [
  { label: "Heard", cell: (one) => time(one.time) },
  { label: "Station", cell: (one) => el("a", { href: link("stations", one.station) }, word(one.station)) },
  { label: "Type", cell: (one) => one.type },
  { label: "Info", wide: true, cell: (one) => one.info || NONE },
  { label: "Happened", cell: (one) => time(one.timestamp) },
  { label: "Told by", cell: (one) => (one.noticedHere ? pill("this server", "warn") : "the station") },
];

function matches(one, filter) {
  return (!filter.type || one.type === filter.type)
    && one.station.toLowerCase().includes(filter.station)
    && `${one.type} ${one.info || ""}`.toLowerCase().includes(filter.text);
}

export async function security(context) {
  const { api, live, signal, title } = context;
  const filter = { station: "", type: "", text: "" };
  const rows = new Map(); /* by number: what is told twice is one */
  const list = table({ caption: "Newest first", columns, rows: [], none: "No security event is like that." });
  const count = el("p", { class: "soft", role: "status" });
  const set = (name) => (event) => { filter[name] = event.target.value.trim().toLowerCase(); draw(); };
  const types = select({ "": "any" }, "", { onchange: (event) => { filter.type = event.target.value; draw(); } });

  function offerTypes() {
    const names = [...new Set([...rows.values()].map((one) => one.type))].sort();
    if (names.length === types.options.length - 1) return;
    replace(types, el("option", { value: "" }, "any"), names.map((name) => el("option", { value: name }, name)));
    types.value = filter.type;
  }

  function draw() {
    const found = [...rows.values()].filter((one) => matches(one, filter)).sort((a, b) => b.n - a.n);
    offerTypes();
    const cut = found.length > ROWS_MAX ? `, the newest ${ROWS_MAX} of them are shown` : "";
    replace(count, `${found.length} of ${rows.size} events${cut}. The server keeps the last ones since it began, and of each station no more than a hundred.`);
    list.update(found.slice(0, ROWS_MAX));
  }

  let arrived = []; /* while the server was asked */

  async function look() {
    arrived = [];
    const found = await api.all("/api/security-events?limit=1000", "events", { most: MOST, signal });
    rows.clear();
    for (const one of [...found.rows, ...arrived]) rows.set(one.n, one);
    draw();
  }

  const redraw = soon(draw, 100, signal);
  live.on("security", (one) => {
    arrived.push(one);
    if (arrived.length > MOST) arrived.shift();
    rows.set(one.n, one);
    if (rows.size > MOST) rows.delete(Math.min(...rows.keys()));
    redraw();
  }, signal);
  const again = soon(look, 400, signal);
  live.on("gap", again, signal);
  await again.now();
  return [
    title("Security events"),
    el("div", { class: "card" },
      el("div", { class: "filters" },
        field("Station", el("input", { type: "search", spellcheck: "false", oninput: set("station") })),
        field("Type", types),
        field("Text", el("input", { type: "search", spellcheck: "false", oninput: set("text") }))),
      count, list),
  ];
}
