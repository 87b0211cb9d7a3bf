/* station.js: one station: what it is and does, and the ways into its messages, settings and commands. */
import { path } from "/shared/api.js";
import { el, replace, word } from "/shared/dom.js";
import { duration, energy, time } from "/shared/format.js";
import { meanwhile, soon } from "/shared/live.js";
import { link } from "/shared/shell.js";
import { announce, ask, button, dialog, facts, field, section, select, status, table } from "/shared/ui.js";
import { CHARGING_WORDS } from "/shared/words.js";
import { commandsPage } from "./commands.js";
import { messagesPage } from "./messages.js";
import { settingsPage } from "./settings.js";
import { merge } from "./sessions.js";
import { connection, isWhole } from "./stations.js";

const SESSIONS = 20; /* that are shown here; the rest is on the page of sessions */
const SESSIONS_MAX = 10000; /* that are looked through for them: the oldest come first */

/* Gives a command in words of no version; says what came of it. */
export async function command(context, id, name, body, words) {
  const answer = await context.api.post(path`/api/stations/${id}/${name}`, body);
  if (answer.error) announce(`${words}: ${answer.error.code} ${answer.error.description}`, "bad");
  else announce(`${words}: ${answer.status || (answer.accepted ? "Accepted" : "refused")}`, answer.accepted ? "" : "bad");
  return answer;
}

function attempt(action) {
  return async () => {
    try {
      await action();
    } catch (error) {
      announce(error.sentence || error.message, "bad");
    }
  };
}

function startDialog(context, id, evse) {
  const token = field("Token", el("input", { autocomplete: "off", spellcheck: "false", maxlength: 255 }), { required: true });
  const type = field("Type", select(["ISO14443", "ISO15693", "Central", "eMAID", "KeyCode", "Local", "MacAddress"], "ISO14443"));
  return dialog({
    title: `Start at EVSE ${evse}`,
    body: [token, type],
    confirm: "Start",
    onconfirm: async () => {
      await command(context, id, "start", { token: { id: token.input.value, type: type.input.value }, evse }, "Start");
      return true;
    },
  });
}

function connectorsTable(context, station) {
  const act = (words, one, action) => button(words, attempt(action), {
    class: "small", disabled: !station.connected, "aria-label": `${words}: ${isWhole(one) ? "the station" : `EVSE ${one.evse}, connector ${one.connector}`}`,
  });
  return table({
    caption: "As they were told last",
    none: "The station has told of no connector yet.",
    rows: [],
    print: (one) => JSON.stringify([one, station.connected]),
    columns: [
      { label: "EVSE", cell: (one) => (isWhole(one) ? "the station" : String(one.evse)) },
      { label: "Connector", cell: (one) => (isWhole(one) ? "all" : String(one.connector)) },
      { label: "Status", cell: (one) => status(one.status, CHARGING_WORDS) },
      { label: "Error", cell: (one) => [one.errorCode, one.info].filter(Boolean).join(": ") || "–" },
      { label: "Since", cell: (one) => time(one.time) },
      { label: "Do", wide: true, cell: (one) => el("span", { class: "pills" },
        !isWhole(one) && [act("Start", one, () => startDialog(context, station.id, one.evse)),
          act("Unlock", one, () => command(context, station.id, "unlock", { evse: one.evse, connector: one.connector }, "Unlock"))],
        act("Out of service", one, () => command(context, station.id, "availability", { operative: false, evse: one.evse }, "Out of service")),
        act("Into service", one, () => command(context, station.id, "availability", { operative: true, evse: one.evse }, "Into service"))) },
    ],
  });
}

function sessionsTable(context, station) {
  return table({
    caption: `The last ${SESSIONS}, newest first`,
    none: "Nobody has charged here yet.",
    rows: [],
    print: (one) => JSON.stringify([one, station.connected]),
    columns: [
      { label: "Session", cell: (one) => el("a", { href: link("sessions", station.id, one.id) }, word(one.id)) },
      { label: "State", cell: (one) => (one.open ? status(one.chargingState || "open", CHARGING_WORDS) : status("ended")) },
      { label: "EVSE", cell: (one) => String(one.evse) },
      { label: "Token", cell: (one) => one.token || "–" },
      { label: "Began", cell: (one) => time(one.started) },
      { label: "Took", numeric: true, cell: (one) => duration(one.started, one.stopped) },
      { label: "Energy", numeric: true, cell: (one) => energy(one.energyWh) },
      { label: "Do", cell: (one) => (one.open ? button("Stop", attempt(() => command(context, station.id, "stop", { transaction: one.id }, "Stop")), { class: "small", disabled: !station.connected, "aria-label": `Stop: session ${one.id}` }) : "") },
    ],
  });
}

function whatItIs(station) {
  const { boot = {}, quirks = {} } = station;
  return facts([
    ["Vendor", boot.vendor], ["Model", boot.model], ["Serial number", boot.serialNumber], ["Firmware", boot.firmwareVersion],
    ["Last boot", boot.time && [time(boot.time), " ", status(boot.status)]], ["Reason of the boot", boot.reason],
    ["OCPP", station.version], ["Address", station.address], ["Connected since", station.connected && station.connectedSince && time(station.connectedSince)],
    ["Last heard", station.lastSeen && time(station.lastSeen)], ["Registered", station.registered ? "yes" : "no, it came by itself"],
    ["Rules it broke", Object.entries(quirks).map(([name, count]) => `${name} ×${count.survived + count.refused}`).join(", ")],
  ]);
}

/* |place| reads |station| again when something happens to it, and calls drawn() then. */
async function overview(context, station, place) {
  const { api, live, signal } = context;
  const connectors = connectorsTable(context, station);
  const sessions = sessionsTable(context, station);
  const what = el("div", {});

  let rows = [];

  function draw() {
    connectors.update(station.connectors);
    sessions.update([...rows].sort((a, b) => (b.started || "").localeCompare(a.started || "")).slice(0, SESSIONS));
    replace(what, whatItIs(station));
  }

  const since = meanwhile();

  async function lookAtSessions() {
    const [found, heard] = await since.read(() => api.all(`/api/transactions?limit=1000&station=${encodeURIComponent(station.id)}`, "transactions", { most: SESSIONS_MAX, signal }));
    ({ rows } = found);
    for (const one of heard) merge(rows, one);
    draw();
  }

  place.drawn = draw;
  live.on("transaction", (event) => {
    if (event.station !== station.id) return;
    since.hear(event.transaction);
    merge(rows, event.transaction);
    place.again();
  }, signal);
  const sessionsAgain = soon(lookAtSessions, 300, signal);
  live.on("gap", sessionsAgain, signal);
  await sessionsAgain.now();
  return [section("Connectors", connectors), section("Sessions", sessions), section("About it", what)];
}

const TABS = { overview: ["Overview", overview], messages: ["Messages", messagesPage], settings: ["Settings", settingsPage], commands: ["Commands", commandsPage] };

export async function station(context, [id, tab = "overview", ...rest]) {
  const { api, live, signal } = context;
  const found = {};
  const signs = el("span", { class: "pills" });
  const disconnect = button("Disconnect", () => ask("Close the connection?", "The station is free to come back, and mostly does at once.", "Disconnect",
    () => context.api.delete(path`/api/stations/${id}/connection`).then(() => true)));
  const reset = button("Restart", () => ask("Restart the station?", "It ends what charges as far as it has to, and comes back by itself.", "Restart",
    () => command(context, id, "reset", {}, "Restart").then(() => true)));
  const place = {
    drawn: () => {},
    heading: (shown) => {
      replace(signs, connection(shown), shown.version && status(`OCPP ${shown.version}`));
      disconnect.disabled = !shown.connected;
      reset.disabled = !shown.connected;
    },
  };
  const [, page] = TABS[tab] || TABS.overview;
  const again = soon(async () => {
    place.heading(Object.assign(found, await api.get(path`/api/stations/${id}`, { signal })));
    place.drawn();
  }, 300, signal);
  place.again = again;

  for (const kind of ["status", "connection", "boot"]) live.on(kind, (event) => { if (event.station === id) again(); }, signal);
  live.on("gap", again, signal);
  await again.now();
  return [
    el("nav", { class: "crumbs", "aria-label": "Where this is" }, el("a", { href: link("stations") }, "Stations"), " ›"),
    el("div", { class: "heading" }, replace(context.title(id), word(id)), signs, el("span", { class: "push pills" }, reset, disconnect)),
    el("nav", { class: "tabs", "aria-label": "About this station" }, Object.entries(TABS).map(([name, [words]]) =>
      el("a", { href: name === "overview" ? link("stations", id) : link("stations", id, name), "aria-current": name === tab && "page" }, words))),
    await page(context, found, place, rest),
  ];
}
