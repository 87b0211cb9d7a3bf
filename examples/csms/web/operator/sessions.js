/* sessions.js: what was charged: all sessions, and one with its curve. */
import { path, query } from "/shared/api.js";
import { lines, numbers } from "/shared/chart.js";
import { el, replace, word } from "/shared/dom.js";
import { duration, energy, NONE, power, time, timeText } from "/shared/format.js";
import { meanwhile, soon } from "/shared/live.js";
import { link } from "/shared/shell.js";
import { empty, facts, field, section, select, status, table } from "/shared/ui.js";
import { CHARGING_WORDS } from "/shared/words.js";
import { sessionOrders } from "./orders.js";
import { anomalies } from "/shared/anomalies.js";

const MOST = 2000;
const ROWS_MAX = 300;

/* |rows| with what an event tells of a session, in place of what was known of it. */
export function merge(rows, fresh) {
  const place = rows.findIndex((one) => one.station === fresh.station && one.id === fresh.id);
  if (place >= 0) rows[place] = fresh;
  else rows.unshift(fresh);
}

const newestFirst = (a, b) => (b.started || "").localeCompare(a.started || "");

const columns = [
  { label: "Session", cell: (one) => el("a", { href: link("sessions", one.station, one.id) }, word(one.id)) },
  { label: "Station", cell: (one) => el("a", { href: link("stations", one.station) }, word(one.station)) },
  { label: "EVSE", cell: (one) => String(one.evse) },
  { label: "State", cell: (one) => (one.open ? status(one.chargingState || "open", CHARGING_WORDS) : status("ended")) },
  { label: "Token", cell: (one) => one.token || NONE },
  { label: "Began", cell: (one) => time(one.started) },
  { label: "Took", numeric: true, cell: (one) => duration(one.started, one.stopped) },
  { label: "Energy", numeric: true, cell: (one) => energy(one.energyWh) },
  { label: "Odd", cell: (one) => anomalies(one.anomalies) },
];

async function list(context) {
  const { api, live, signal, title } = context;
  const filter = { station: "", open: "" };
  const place = table({ caption: "Newest first", columns, rows: [], none: "No session is like that." });
  const count = el("p", { class: "soft", role: "status" });

  let rows = [];
  let more = false;

  const since = meanwhile();

  async function look() {
    const { station, open } = filter;
    const [found, heard] = await since.read(() => api.all(`/api/transactions${query({ limit: 1000, station, open })}`, "transactions", { most: MOST, signal }));
    ({ rows, more } = found);
    for (const one of heard) merge(rows, one);
    draw();
  }

  function draw() {
    if (filter.open) rows = rows.filter((one) => one.open);
    rows.sort(newestFirst);
    replace(count, `${rows.length}${more ? " and more" : ""} sessions${rows.length > ROWS_MAX ? `, the newest ${ROWS_MAX} are shown` : ""}`);
    place.update(rows.slice(0, ROWS_MAX));
  }

  const again = soon(look, 400, signal);
  const redraw = soon(draw, 100, signal);
  live.on("transaction", ({ transaction }) => {
    if (filter.station && transaction.station !== filter.station) return;
    since.hear(transaction);
    merge(rows, transaction);
    redraw();
  }, signal);
  live.on("gap", again, signal);
  await again.now();
  return [
    title("Sessions"),
    el("div", { class: "card" },
      el("div", { class: "filters" },
        field("Station", el("input", { type: "search", spellcheck: "false", oninput: (event) => { filter.station = event.target.value.trim(); again(); } }), { hint: "its whole identity" }),
        field("Show", select({ "": "all", true: "running" }, "", { onchange: (event) => { filter.open = event.target.value; again(); } }))),
      count, place),
  ];
}

/* --- one ----------------------------------------------------------------------------------------------------------------------------- */

/* Where the station told no power, what the register rose by between two readings says what it was on average. */
export function powerOf(points) {
  const told = points.filter((point) => point.powerW !== undefined);
  if (told.length > 0) return { measured: true, points: told.map((point) => ({ time: Date.parse(point.time), value: point.powerW / 1000 })) };
  const read = points.filter((point) => point.registerWh !== undefined);
  const found = [];
  for (let i = 1; i < read.length; i += 1) {
    const hours = (Date.parse(read[i].time) - Date.parse(read[i - 1].time)) / 3600000;
    if (hours <= 0) continue;
    const value = (read[i].registerWh - read[i - 1].registerWh) / 1000 / hours;
    found.push({ time: Date.parse(read[i - 1].time), value }, { time: Date.parse(read[i].time), value });
  }
  return { measured: false, points: found };
}

function energyOf(points) {
  const read = points.filter((point) => point.registerWh !== undefined);
  return read.map((point) => ({ time: Date.parse(point.time), value: (point.registerWh - read[0].registerWh) / 1000 }));
}

function drawCurve({ points, thinned }) {
  if (points.length < 2) {
    return empty("No curve: the station has told of fewer than two readings since this program began.");
  }
  const power_ = powerOf(points);
  const energies = energyOf(points);
  const most = Math.max(0, ...power_.points.map((point) => point.value));
  const series = [{ name: power_.measured ? "Power" : "Power, on average between readings", unit: "kW", points: power_.points },
    { name: "Energy", unit: "kWh", points: energies, digits: 2 }].filter((one) => one.points.length > 0);
  return [
    lines({ label: `Power and energy from ${timeText(points[0].time)} to ${timeText(points[points.length - 1].time)}, at most ${most.toFixed(1)} kW`, series }),
    numbers(thinned ? "The readings, some left out evenly" : "The readings", [
      { label: "Time", cell: (point) => time(point.time) },
      { label: "Register", numeric: true, cell: (point) => energy(point.registerWh) },
      { label: "Power", numeric: true, cell: (point) => power(point.powerW) },
      { label: "Battery", numeric: true, cell: (point) => (point.soc === undefined ? NONE : `${point.soc} %`) },
    ], points),
  ];
}

function about(one) {
  return facts([
    ["Station", el("a", { href: link("stations", one.station) }, word(one.station))], ["EVSE", `${one.evse}.${one.connector}`], ["Token", one.token && one.token + (one.tokenType ? ` (${one.tokenType})` : "")],
    ["Began", time(one.started)], ["Ended", one.stopped && time(one.stopped)], ["Took", duration(one.started, one.stopped)], ["Energy", energy(one.energyWh)],
    ["Register", one.meterStart !== undefined && `${energy(one.meterStart)} to ${energy(one.meterLast)}`], ["Why it ended", one.reason], ["OCPP", one.version],
    ["Recorded offline", one.offline && "some of it"], ["Missing events", one.missingEvents], ["Odd about it", one.anomalies?.length > 0 && el("span", {}, anomalies(one.anomalies))],
  ]);
}

async function session(context, station, id) {
  const { api, live, signal, title } = context;
  const [what, curve] = [el("div", {}), el("div", {})];
  const signs = el("span", { class: "pills" });

  async function look() {
    const [one, told] = await Promise.all([
      api.get(path`/api/transactions/${id}` + query({ station }), { signal }),
      api.get(path`/api/stations/${station}/curve` + query({ transaction: id }), { signal }).catch((error) => {
        if (error.status === 404) return { points: [] };
        throw error;
      })]);
    replace(signs, one.open ? status(one.chargingState || "open", CHARGING_WORDS) : status("ended"));
    replace(what, about(one));
    replace(curve, drawCurve(told));
  }

  const again = soon(look, 300, signal);
  live.on("transaction", (event) => { if (event.station === station) again(); }, signal);
  live.on("gap", again, signal);
  await again.now();
  const orders = await sessionOrders(context, station, id);
  return [
    el("nav", { class: "crumbs", "aria-label": "Where this is" }, el("a", { href: link("sessions") }, "Sessions"), " ›"),
    el("div", { class: "heading" }, replace(title(`Session ${id}`), "Session ", word(id)), signs),
    section("Power and energy", curve),
    section("About it", what),
    orders && section("Order", orders),
  ];
}

export async function sessions(context, [station, id]) {
  return id === undefined ? list(context) : session(context, station, id);
}
