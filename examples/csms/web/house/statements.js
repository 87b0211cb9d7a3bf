/* statements.js: what a tenant owes for a period, with the readings it is made of. */
import { path } from "/shared/api.js";
import { el, word } from "/shared/dom.js";
import { energy, money } from "/shared/format.js";
import { acting, drawn } from "/shared/part.js";
import { link } from "/shared/shell.js";
import { announce, button, dialog, facts, field, pill, section, table } from "/shared/ui.js";
import { beginOfDay, dayIn, momentIn } from "/shared/zone.js";
import { living } from "./living.js";
import { anomalies } from "/shared/anomalies.js";

const STATES = { Gathering: ["being put together", ""], Review: ["readings to be looked at", "warn"], Issued: ["issued", "busy"] };
const PAID = { Due: ["to be paid", "warn"], Debt: ["overdue", "bad"], Paid: ["paid", "good"], WrittenOff: ["given up", ""] };

const stateOf = (row) => pill(...(PAID[row.orderState] || STATES[row.state] || [row.state]));
const isNothing = (amount) => amount === undefined || /^-?[0.]*$/.test(amount);

/* --- the list ---------------------------------------------------------------------------------------------------------------------- */

export async function statements(context) {
  const { api, at, house, isTenant, may, signal, title } = context;

  function close() {
    const day = el("input", { type: "date", value: dayIn(house.zone, new Date()) });
    return dialog({
      title: "Close a period", confirm: "Close it",
      body: [el("p", {}, "Each tenant gets a statement of the sessions that ended before, and stand in none yet. What is heard later goes on the next one."),
        field("Before the beginning of", day, { required: true, hint: `In ${house.zone}. ${house.closedTo ? `Closed up to ${momentIn(house.zone, house.closedTo)}.` : "Nothing was closed yet."}` })],
      onconfirm: async () => {
        await api.post(`${at}/periods`, { to: beginOfDay(house.zone, day.value) });
        return true;
      },
    }).then(async (done) => {
      if (!done) return;
      announce("The statements are being put together.");
      await page.now();
    });
  }

  const list = table({
    caption: "The newest first",
    columns: [
      { label: "Statement", cell: (row) => el("a", { href: link("statement", row.id) }, `${row.kind === "Closing" ? "Closing" : "Period"} ${row.number}`) },
      ...(isTenant ? [] : [{ label: "Tenant", cell: (row) => [word(row.name || "erased"), `, flat ${row.flat}`] }]),
      { label: "Up to", cell: (row) => momentIn(house.zone, row.to) },
      { label: "Energy", numeric: true, cell: (row) => energy(row.kwh * 1000) },
      { label: "Amount", numeric: true, cell: (row) => money(row.gross, row.currency) },
      { label: "State", cell: stateOf },
    ],
    rows: [], none: "There are no statements yet.",
  });
  const page = living(context, () => Promise.all([api.get(`${at}/statements`, { signal }), context.readHouse()]),
    ([{ statements: rows }]) => list.update([...rows].sort((a, b) => Date.parse(b.to) - Date.parse(a.to) || b.number - a.number)));
  await page.first();
  return [
    el("div", { class: "heading" }, title("Statements"), may("Statements") && !isTenant && el("span", { class: "push" }, button("Close a period", close, { class: "primary" }))),
    page.wrong, section(isTenant ? "Yours" : "Of all tenants", list),
  ];
}

/* --- one --------------------------------------------------------------------------------------------------------------------------- */

async function saveCsv(api, url, name) {
  const response = await api.fetch(`${url}?format=csv`);
  if (!response.ok) throw new Error("The lines could not be had. Try again.");
  const file = URL.createObjectURL(new Blob([await response.text()], { type: "text/csv" }));
  const a = document.createElement("a");
  a.setAttribute("href", file); /* made here, of our own words */
  a.setAttribute("download", name);
  a.click();
  setTimeout(() => URL.revokeObjectURL(file), 10000);
}

function itemTable(found, house, acts) {
  return table({
    caption: `Sessions, amounts in ${found.currency}`,
    columns: [
      { label: "No.", cell: (item) => String(item.number) },
      { label: "Began", cell: (item) => momentIn(house.zone, item.started) },
      { label: "Ended", cell: (item) => momentIn(house.zone, item.ended) },
      { label: "Outlet", cell: (item) => [word(item.station), ` / ${item.evse}`, item.kind === "Correction" && [" ", pill("correction")]] },
      { label: "Register", cell: (item) => (item.startKwh !== undefined ? `${item.startKwh} to ${item.endKwh} kWh` : "–") },
      { label: "Energy", numeric: true, cell: (item) => energy(item.kwh * 1000) },
      { label: "Net", numeric: true, cell: (item) => item.net },
      { label: "Tax", numeric: true, cell: (item) => item.tax },
      { label: "Amount", numeric: true, cell: (item) => item.gross },
      ...(found.items.some((item) => item.anomaly || item.signature) ? [{ label: "Readings", wide: true, cell: (item) => [item.anomaly && pill([anomalies(item.anomaly), item.confirmed && ", looked at"], item.confirmed ? "" : "warn"), item.signature && el("span", { class: "soft" }, " signed"), acts(item)] }] : []),
    ],
    rows: found.items, none: "Nothing stands on it.",
  });
}

function sums(found) {
  const line = (name, value, className) => el("div", { class: className }, el("dt", {}, name), el("dd", {}, money(value, found.currency)));
  return el("dl", { class: "totals" }, line("Net", found.net), found.taxes.map((tax) => line([word(tax.name), ` on ${tax.net}`], tax.tax)),
    line("Total", found.gross, "total"), !isNothing(found.paid) && line("Paid", found.paid), !isNothing(found.waiting) && line("Kept for the next one", found.waiting));
}

function noteMoney(api, url, found, page) {
  const amount = el("input", { autocomplete: "off", inputmode: "decimal", placeholder: found.gross }), key = el("input", { autocomplete: "off", maxlength: 80 });
  return dialog({
    title: "Note a payment", confirm: "Note it",
    body: [field(`What came, in ${found.currency}`, amount, { required: true }), field("Which payment it was", key, { required: true, hint: "A number of the transfer, a date: the same word is the same payment, noted once." })],
    onconfirm: async () => {
      await api.post(`${url}/paid`, { amount: amount.value.trim(), key: key.value.trim() });
      return true;
    },
  }).then((done) => done && page.now());
}

/* How it is paid, by who may. */
function paying({ api, isTenant, may }, url, found, page) {
  const isOpen = found.orderState === "Due" || found.orderState === "Debt";
  return [
    isOpen && isTenant && el("div", { class: "actions noprint" },
      found.actionUrl && /^https?:\/\//i.test(found.actionUrl) ? el("a", { class: "button primary", href: found.actionUrl, rel: "noreferrer" }, "Go on to your bank")
        : found.orderState === "Debt" ? acting("Pay now", async () => {
          await api.post(`${url}/pay`);
          announce("It is being paid.");
          await page.now();
        }, { class: "primary" }) : null),
    found.orderState === "Due" && isTenant && !found.actionUrl && el("p", { class: "soft noprint" }, "It is paid by your means of payment, or by hand: the landlord notes what came."),
    isOpen && !isTenant && may("Statements") && el("div", { class: "actions noprint" }, button("Note a payment", () => noteMoney(api, url, found, page), { class: "primary" }))];
}

export async function statement(context, [id]) {
  const { api, at, house, isTenant, may, signal, title } = context;
  const url = `${at}${path`/statements/${id || ""}`}`;
  const decide = (item, act, words) => acting(words, async () => {
    await api.post(`${url}${path`/items/${item.number}/${act}`}`);
    await page.now();
  }, { class: "small", "aria-label": `${words}: item ${item.number}`, "data-name": `${act} ${item.number}` });
  const acts = (item) => item.anomaly && !item.confirmed && may("Statements") && !isTenant && el("span", { class: "pills" }, decide(item, "confirm", "Stand by it"), decide(item, "waive", "Ask nothing for it"));

  const whole = drawn(el("article", { class: "statement" }), (found) => found, (found) => [
    el("div", { class: "heading" }, title(`${found.kind === "Closing" ? "Closing statement" : "Statement"} ${found.number}`), stateOf(found), el("span", { class: "push noprint actions" },
      acting("Save as CSV", () => saveCsv(api, url, `statement-${found.number}.csv`)), button("Print", () => window.print()))),
    section("What it is",
      facts([["House", found.houseName], ["Tenant", found.name || "erased"], ["Flat", found.flat], ["From", found.from && momentIn(house.zone, found.from)], ["Up to", momentIn(house.zone, found.to)],
        ["Issued", found.issued && momentIn(house.zone, found.issued)], ["Due", found.due && momentIn(house.zone, found.due)], ["Energy", energy(found.kwh * 1000)]]),
      sums(found), paying(context, url, found, page)),
    section("Sessions", itemTable(found, house, acts)),
    el("p", { class: "soft" }, "Digest of this statement: ", el("code", {}, found.digest || "–"))]);
  const page = living(context, () => api.get(url, { signal }), (found) => whole.update(found));
  await page.first();
  return [page.wrong, whole];
}
