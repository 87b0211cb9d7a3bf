/* consumption.js: what was used, by outlet and day of the house, as a chart and as a table. */
import { query } from "/shared/api.js";
import { el, replace } from "/shared/dom.js";
import { energy, money } from "/shared/format.js";
import { drawn } from "/shared/part.js";
import { empty, field, section, select, table } from "/shared/ui.js";
import { dayIn, daysBetween, momentIn } from "/shared/zone.js";
import { chart } from "./chart.js";
import { living } from "./living.js";

const DAY_MS = 86400000;
const RANGES = { 7: "the last 7 days", 30: "the last 30 days", 90: "the last 90 days" };

const mwh = (kwh) => Math.round(kwh * 1e6); /* a whole number of it, so that sums are exact */

/* By day and outlet. A session counts on the day it began. */
function fold(sessions, zone) {
  const used = new Map();
  const outlets = new Set();
  for (const session of sessions) {
    const outlet = `${session.station} / ${session.evse}`;
    const key = `${dayIn(zone, session.started)} ${outlet}`;
    outlets.add(outlet);
    used.set(key, (used.get(key) || 0) + mwh(session.kwh));
  }
  return { outlets: [...outlets].sort(), used: (day, outlet) => (used.get(`${day} ${outlet}`) || 0) / 1e6 };
}

function tableOf(days, outlets, used) {
  const rows = days.filter((day) => outlets.some((outlet) => used(day, outlet) > 0));
  return table({
    caption: "kWh by day and outlet",
    columns: [{ label: "Day", cell: (day) => day }, ...outlets.map((outlet) => ({ label: outlet, numeric: true, cell: (day) => (used(day, outlet) > 0 ? energy(used(day, outlet) * 1000) : "–") }))],
    rows,
  });
}

function sessionTable(sessions, house, whose) {
  return table({
    caption: "Sessions, the newest first",
    columns: [
      { label: "Began", cell: (row) => momentIn(house.zone, row.started) },
      { label: "Ended", cell: (row) => (row.ended ? momentIn(house.zone, row.ended) : "still charging") },
      { label: "Outlet", cell: (row) => `${row.station} / ${row.evse}` },
      ...(whose ? [{ label: "Tenant", cell: (row) => whose(row.card) }] : []),
      { label: "Energy", numeric: true, cell: (row) => energy(row.kwh * 1000) },
      { label: "Amount", numeric: true, cell: (row) => money(row.gross, house.currency) },
    ],
    rows: [...sessions].sort((a, b) => Date.parse(b.started) - Date.parse(a.started)).slice(0, 200),
  });
}

/* What is read, as it is shown: chosen by |who|, up to |today|. */
function draw({ sessions, more, names, owner, who, range }, today, house, isTenant) {
  const chosen = sessions.filter((row) => !who || owner.get(row.card) === who);
  if (chosen.length === 0) return section("Consumption", empty("Nothing was charged in this time."));
  const { outlets, used } = fold(chosen, house.zone);
  const days = daysBetween(dayIn(house.zone, new Date(today - range * DAY_MS)), dayIn(house.zone, today));
  const total = chosen.reduce((sum, row) => sum + mwh(row.kwh), 0);
  return [
    section(`${energy(total / 1000)} altogether`, chart(days, outlets, used), more && el("p", { class: "hint" }, "There is more than is shown; choose a shorter time."),
      el("p", { class: "hint" }, `Days are those of ${house.zone}; a session counts on the day it began.`)),
    section("As a table", tableOf(days, outlets, used)),
    section("Sessions", sessionTable(chosen, house, isTenant ? null : (card) => names.get(owner.get(card)) || "–")),
  ];
}

function offer(who, names) {
  const chosen = who.value;
  const now = JSON.stringify([...names]);
  if (who.dataset.names === now) return;
  who.dataset.names = now;
  replace(who, Object.entries({ "": "everybody", ...Object.fromEntries(names) }).map(([value, text]) => el("option", { value }, text)));
  who.value = names.has(chosen) ? chosen : "";
}

export async function consumption(context) {
  const { api, at, house, isTenant, signal, title } = context;
  const range = select(RANGES, "30");
  const who = select({ "": "everybody" });
  const shown = drawn(el("div", { class: "sections" }), ({ sessions, more, names, owner }) => [sessions, more, [...names], [...owner], who.value, range.value, dayIn(house.zone, new Date())],
    (what, data) => draw({ ...data, who: who.value, range: Number(range.value) }, new Date(), house, isTenant));

  async function read() {
    const from = new Date(Date.now() - Number(range.value) * DAY_MS).toISOString();
    const [{ cards }, { tenants }, { sessions, more }] = await Promise.all([api.get(`${at}/cards`, { signal }), isTenant ? { tenants: [] } : api.get(`${at}/tenants`, { signal }),
      api.get(`${at}/consumption${query({ from })}`, { signal })]);
    return { sessions, more, names: new Map(tenants.map((tenant) => [tenant.id, `${tenant.name || "somebody"}, flat ${tenant.flat}`])), owner: new Map(cards.map((card) => [card.id, card.tenant])) };
  }

  const page = living(context, read, (data) => {
    offer(who, data.names);
    shown.update(data);
  });
  range.addEventListener("change", page.now);
  who.addEventListener("change", page.now);
  await page.first();
  return [title("Consumption"), el("div", { class: "card filters" }, field("Time", range), !isTenant && field("Whose", who)), page.wrong, shown];
}
