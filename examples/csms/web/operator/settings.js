/* settings.js: what a station is set to, and what the central system keeps of it. */
import { path } from "/shared/api.js";
import { el, replace } from "/shared/dom.js";
import { announce, button, dialog, empty, failure, field, loading, section, select, table } from "/shared/ui.js";

const REPORT_MS = 30000;

/* --- the station's own ------------------------------------------------------------------------------------------------------------- */

/* What names a setting in a body of REST. */
function nameOf(setting) {
  const { key, component, componentInstance, evse, connector, variable, variableInstance } = setting;
  return { key, component, componentInstance, evse, connector, variable, variableInstance };
}

function label(setting) {
  if (setting.key) return setting.key;
  const place = [setting.evse, setting.connector].filter((one) => one !== undefined).join(".");
  const component = setting.componentInstance ? `${setting.component}[${setting.componentInstance}]` : setting.component;
  const variable = setting.variableInstance ? `${setting.variable}[${setting.variableInstance}]` : setting.variable;
  return `${component}${place ? ` (${place})` : ""} · ${variable}`;
}

/* 1.6 tells all its keys in one answer. */
async function keys(context, station) {
  const answer = await context.api.post(path`/api/stations/${station.id}/settings`, {}, { signal: context.signal });
  if (answer.error) throw new Error(`${answer.error.code}: ${answer.error.description}`);
  return { cut: 0, rows: (answer.settings || []).map((one) => ({ ...one, writable: !one.readonly })) };
}

/* 2.x reports its variables in parts; the whole comes as an event. */
function variables(context, station) {
  return new Promise((resolve, reject) => {
    const done = new AbortController();
    let wanted = null;
    const early = [];
    const late = setTimeout(() => { done.abort(); reject(new Error("The station said it would report, and did not within half a minute.")); }, REPORT_MS);
    context.signal.addEventListener("abort", () => { clearTimeout(late); done.abort(); }, { once: true });
    const take = (event) => {
      if (wanted === null) early.push(event);
      if (event.station !== station.id || event.requestId !== wanted) return;
      clearTimeout(late);
      done.abort();
      resolve({ cut: event.whole ? event.count - event.variables.length : NaN, rows: event.variables.flatMap((one) => one.attributes.map((attribute) => ({ ...one, attribute: attribute.type, value: attribute.value, writable: attribute.writable }))) });
    };
    context.live.on("report", take, done.signal);
    context.api.post(path`/api/stations/${station.id}/base-report`, { base: "Full" }).then((answer) => {
      if (answer.error || !answer.accepted) throw new Error(answer.error ? `${answer.error.code}: ${answer.error.description}` : `The station does not report: ${answer.status}`);
      wanted = answer.requestId;
      early.forEach(take);
    }).catch((error) => { clearTimeout(late); done.abort(); reject(error); });
  });
}

function changeDialog(context, station, setting, changed) {
  const choices = setting.dataType === "boolean" ? ["true", "false"] : setting.dataType === "OptionList" && setting.values ? setting.values.split(",") : null;
  const value = field("Value", choices ? select(choices, setting.value ?? "") : el("input", { value: setting.value ?? "", autocomplete: "off", spellcheck: "false", maxlength: 2500 }),
    { hint: [setting.dataType, setting.unit, setting.values].filter(Boolean).join(", ") });
  return dialog({
    title: label(setting),
    body: value,
    confirm: "Change",
    onconfirm: async () => {
      const body = { ...nameOf(setting), ...(setting.attribute ? { attribute: setting.attribute } : {}), value: value.input.value };
      const answer = await context.api.post(path`/api/stations/${station.id}/setting`, body);
      if (answer.error) throw new Error(`${answer.error.code}: ${answer.error.description}`);
      const verdict = answer.settings?.[0]?.status || answer.status;
      if (!answer.accepted) throw new Error(`The station did not take it: ${verdict || "Rejected"}`);
      announce(`${label(setting)}: ${verdict || "Accepted"}`);
      changed(value.input.value);
      return true;
    },
  });
}

function ownSettings(context, station) {
  const place = el("div", {});
  const note = el("p", { class: "bad-words" });
  let rows = [];
  let text = "";
  const columns = [
    { label: "Setting", cell: label },
    ...(station.version === "1.6" ? [] : [{ label: "Attribute", cell: (one) => one.attribute || "Actual" }]),
    { label: "Value", wide: true, cell: (one) => el("code", {}, one.value ?? "–") },
    { label: "Unit", cell: (one) => one.unit || "" },
    { label: "Do", cell: (one) => (one.writable ? button("Change", () => changeDialog(context, station, one, (value) => { one.value = value; draw(); }), { class: "small", "aria-label": `Change ${label(one)}` }) : el("span", { class: "soft" }, "read only")) },
  ];
  const list = table({ caption: "As the station tells them", columns, rows, none: "No setting is like that." });
  const search = field("Search", el("input", { type: "search", spellcheck: "false", oninput: (event) => { text = event.target.value.toLowerCase(); draw(); } }));

  function draw() {
    list.update(rows.filter((one) => `${label(one)} ${one.value ?? ""}`.toLowerCase().includes(text)));
  }

  async function read() {
    replace(place, loading("The station is asked"));
    try {
      const told = station.version === "1.6" ? await keys(context, station) : await variables(context, station);
      rows = told.rows;
      replace(note, Number.isNaN(told.cut) ? "The report broke off: these are not all." : told.cut > 0 && `${told.cut} more variables were reported than are told here.`);
      draw();
      replace(place, el("div", { class: "filters" }, search, el("div", { class: "field bottom" }, button("Read again", read))), note, list);
    } catch (error) {
      replace(place, failure(error, read));
    }
  }

  replace(place, station.connected ? empty("They are with the station, which has to be asked.", button("Read settings", read, { class: "primary" })) : empty("They are with the station, and it is offline."));
  return section("Settings of the station", place);
}

/* --- what is kept here ---------------------------------------------------------------------------------------------------------------- */

function registration(context, station) {
  const kept = station.settings;
  const boot = field("At its next boot", select(["Accepted", "Pending", "Rejected"], kept.boot));
  const profile = field("Lowest security profile", select(["0", "1", "2", "3"], String(kept.minProfile ?? 0)));
  const serial = field("Serial number", el("input", { value: kept.serial ?? "", maxlength: 50, autocomplete: "off" }), { hint: "any other is rejected at boot; empty: any will do" });
  const interval = field("Heartbeat, in seconds", el("input", { value: kept.bootInterval ?? "", inputmode: "numeric", autocomplete: "off" }), { hint: "empty: as of all stations" });
  const secret = field("New password", el("input", { type: "password", autocomplete: "new-password" }), { hint: kept.hasSecret ? "empty: the one it has stays" : "it has none" });
  const wrong = el("p", { class: "wrong", role: "alert" });

  async function save(event) {
    event.preventDefault();
    replace(wrong);
    interval.fail(/^\d*$/.test(interval.input.value) ? "" : "has to be a whole number");
    if (!/^\d*$/.test(interval.input.value)) return;
    const body = { boot: boot.input.value, minProfile: Number(profile.input.value), versions: kept.versions, quirks: kept.quirks, limits: kept.limits };
    if (serial.input.value) body.serial = serial.input.value;
    if (interval.input.value) body.bootInterval = Number(interval.input.value);
    if (secret.input.value) body.secret = secret.input.value;
    try {
      const now = await context.api.put(path`/api/stations/${station.id}`, body);
      Object.assign(kept, now.settings);
      secret.input.value = "";
      announce("It is written down, and counts from the next connection on");
    } catch (error) {
      replace(wrong, error.sentence || error.message);
    }
  }

  return section("What is kept of it here", el("form", { novalidate: true, onsubmit: save }, el("div", { class: "columns" }, boot, profile, serial, interval, secret), wrong,
    el("div", { class: "actions left" }, el("button", { type: "submit", class: "primary" }, "Save"))));
}

export async function settingsPage(context, station) {
  return [ownSettings(context, station), registration(context, station)];
}
