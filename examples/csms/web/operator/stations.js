/* stations.js: all stations, what their connectors do, and who is there. */
import { path } from "/shared/api.js";
import { el, replace, word } from "/shared/dom.js";
import { time } from "/shared/format.js";
import { meanwhile, soon } from "/shared/live.js";
import { link } from "/shared/shell.js";
import { announce, button, dialog, field, pill, select, status, table } from "/shared/ui.js";
import { CHARGING_WORDS } from "/shared/words.js";
import { station } from "./station.js";

const MOST = 1000; /* rows that are shown; who has more stations filters */

export function connection(station) {
  return station.connected ? pill("connected", "good") : pill("offline", station.lastSeen ? "warn" : "");
}

/* OCPP 1.6 tells of the station itself as its connector 0. */
export const isWhole = (connector) => connector.connector === 0;

/* Changes |list| by what an event tells; false: ask the server for the whole. */
export function applyEvent(list, kind, event) {
  const known = list.find((one) => one.id === event.station);
  if (!known) return kind !== "connection" && kind !== "boot";
  if (kind === "status") {
    const place = known.connectors.find((one) => one.evse === event.evse && one.connector === event.connector);
    if (!place) return false;
    place.status = event.status;
    place.time = event.time;
    return true;
  }
  return false;
}

function matches(station, filter) {
  const text = filter.text.toLowerCase();
  const known = [station.id, station.boot?.vendor, station.boot?.model, station.boot?.serialNumber, station.version].filter(Boolean);
  if (text && !known.some((one) => one.toLowerCase().includes(text))) return false;
  if (filter.state === "connected") return station.connected;
  if (filter.state === "offline") return !station.connected;
  if (filter.state === "faulted") return station.connectors.some((one) => one.status === "Faulted");
  if (filter.state === "busy") return station.connectors.some((one) => !["Available", "Unavailable", "Faulted"].includes(one.status));
  return true;
}

function counts(list) {
  const connectors = list.flatMap((station) => (station.connected ? station.connectors.filter((one) => !isWhole(one)) : []));
  const of = (...names) => connectors.filter((one) => names.includes(one.status)).length;
  return [
    [list.length, list.length === 1 ? "station" : "stations"],
    [list.filter((station) => station.connected).length, "connected"],
    [of("Available"), of("Available") === 1 ? "connector free" : "connectors free"],
    [of("Occupied", "Charging", "Preparing", "SuspendedEV", "SuspendedEVSE", "Finishing", "Reserved"), "in use"],
    [of("Faulted"), "faulted"],
  ];
}

const columns = [
  { label: "Station", cell: (station) => el("a", { href: link("stations", station.id) }, word(station.id)) },
  { label: "Connection", cell: connection },
  { label: "OCPP", cell: (station) => station.version || "–" },
  { label: "Connectors", wide: true, cell: (station) => el("span", { class: "pills" }, station.connectors.map((one) => {
    const shown = status(one.status, CHARGING_WORDS);
    shown.prepend(isWhole(one) ? "station " : `${one.evse ? `${one.evse}.` : ""}${one.connector} `);
    return shown;
  })) },
  { label: "Vendor and model", cell: (station) => [station.boot?.vendor, station.boot?.model].filter(Boolean).join(" · ") || "–" },
  { label: "Firmware", cell: (station) => station.boot?.firmwareVersion || "–" },
  { label: "Last heard", cell: (station) => time(station.lastSeen) },
];

async function register(context) {
  const id = field("Identity", el("input", { autocomplete: "off", spellcheck: "false", maxlength: 48, required: true }), { required: true, hint: "as the station calls itself in its address" });
  const secret = field("Password", el("input", { type: "password", autocomplete: "new-password" }), { hint: "8 to 128 characters; empty: none is asked for" });
  const boot = field("At boot", select(["Accepted", "Pending", "Rejected"], "Accepted"));
  await dialog({
    title: "Register a station",
    body: [id, secret, boot],
    confirm: "Register",
    onconfirm: async () => {
      const name = id.input.value.trim();
      const body = { boot: boot.input.value, ...(secret.input.value ? { secret: secret.input.value } : {}) };
      await context.api.put(path`/api/stations/${name}`, body);
      announce(`${name} is registered`);
      context.reload();
      return true;
    },
  });
}

export async function stations(context, parameters) {
  if (parameters.length > 0) return station(context, parameters);
  const { api, live, signal, title } = context;
  const filter = { text: "", state: "" };
  let rows = [];
  let more = false;
  const numbers = el("ul", { class: "numbers", "aria-label": "In short" });
  const list = table({ caption: "By identity", columns, rows: [], none: "No station is like that." });

  const beyond = el("p", { class: "soft" }); /* of stations that are not among those that were read */

  function draw() {
    const shown = rows.filter((one) => matches(one, filter));
    const name = filter.text.trim();
    replace(beyond, more && name && !rows.some((one) => one.id === name) && ["Only the first ", String(MOST), " were searched. ", el("a", { href: link("stations", name) }, "Look for the station called ", word(name))]);
    numbers.replaceChildren(...counts(rows).map(([number, words]) => el("li", {}, el("strong", {}, String(number)), ` ${words}`)));
    list.update(shown);
  }

  const since = meanwhile();

  async function refresh() {
    const [found, heard] = await since.read(() => api.all("/api/stations?limit=1000", "stations", { most: MOST, signal }));
    ({ rows, more } = found);
    if (heard.filter(([kind, event]) => !applyEvent(rows, kind, event)).length > 0) later();
    draw();
  }

  const later = soon(refresh, 400, signal);
  const redraw = soon(draw, 100, signal);
  for (const kind of ["status", "connection", "boot"]) {
    live.on(kind, (event) => {
      since.hear([kind, event]);
      if (applyEvent(rows, kind, event)) redraw();
      else later();
    }, signal);
  }
  live.on("gap", later, signal);

  const search = field("Search", el("input", { type: "search", spellcheck: "false", oninput: (event) => { filter.text = event.target.value; draw(); } }));
  const state = field("Show", select({ "": "all", connected: "connected", offline: "offline", busy: "in use", faulted: "faulted" }, "",
    { onchange: (event) => { filter.state = event.target.value; draw(); } }));
  await refresh();
  const heading = el("div", { class: "heading" }, title("Stations"), el("span", { class: "push" }, button("Register a station", () => register(context))));
  if (rows.length === 0) {
    list.update([]);
    list.replaceChildren(el("div", { class: "state" }, el("p", {}, "No station is known yet."),
      el("p", {}, "Register one, or let one come: stations connect to ", el("code", {}, "/ocpp/IDENTITY"), " on the station's port.")));
  }
  return [heading, numbers, el("div", { class: "card" }, el("div", { class: "filters" }, search, state), beyond, list)];
}
