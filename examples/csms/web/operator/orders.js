/* orders.js: what visits cost: orders, and one with its lines, its payment and what was posted for it. */
import { path, query } from "/shared/api.js";
import { el, replace, word } from "/shared/dom.js";
import { milliwattHours, money, NONE, secondsText, time } from "/shared/format.js";
import { soon } from "/shared/live.js";
import { link } from "/shared/shell.js";
import { announce, button, dialog, empty, facts, field, section, select, status, table } from "/shared/ui.js";
import { LEG_WORDS, LINE_WORDS, ORDER_WORDS, said } from "/shared/words.js";
import { anomalies } from "/shared/anomalies.js";
import { journalTable } from "./ledger.js";

const JOURNAL_READ = 10000; /* entries that are read without looking for a better place to begin */
const CLOCK_MS = 3600000; /* by so much a clock may have been set back */

const columns = [
  { label: "Order", cell: (one) => el("a", { href: link("orders", one.id), class: "mono" }, one.id) },
  { label: "State", cell: (one) => status(one.state, ORDER_WORDS) },
  { label: "Station", cell: (one) => (one.station ? el("a", { href: link("stations", one.station) }, word(one.station)) : NONE) },
  { label: "Payer", cell: (one) => one.payer },
  { label: "Provider", cell: (one) => one.provider || NONE },
  { label: "Opened", cell: (one) => time(one.opened) },
  { label: "Due", numeric: true, cell: (one) => money(one.due, one.currency) },
  { label: "Paid", numeric: true, cell: (one) => money(one.paid, one.currency) },
];

/* What is settled only where the program was told so. */
export function unsettled(error) {
  return error.status === 404 ? empty("Nothing is settled here: the program was started without --settlement.") : null;
}

async function list(context) {
  const { api, live, signal, title } = context;
  const filter = { state: "", payer: "", station: "" };
  const place = table({ caption: "Newest first", columns, rows: [], none: "No order is like that." });
  let wanted = 0; /* older ones stay when something happens */
  let shown = 0;
  const more = button("Older ones", () => {
    wanted = shown + 1;
    again();
  });

  async function look() {
    const rows = [];
    let after;
    do {
      const page = await api.get(`/api/orders${query({ ...filter, after })}`, { signal });
      rows.push(...page.orders);
      after = page.next;
    } while (after !== undefined && rows.length < wanted);
    shown = rows.length;
    more.hidden = after === undefined;
    place.update(rows);
  }

  const again = soon(look, 300, signal);
  const set = (name) => (event) => {
    filter[name] = event.target.value.trim();
    wanted = 0;
    again();
  };
  live.on("settlement", again, signal);
  live.on("gap", again, signal);
  try {
    await again.now();
  } catch (error) {
    const state = unsettled(error);
    if (!state) throw error;
    return [title("Orders"), el("div", { class: "card" }, state)];
  }
  return [title("Orders"), el("div", { class: "card" },
    el("div", { class: "filters" },
      field("State", select({ "": "any", ...ORDER_WORDS }, "", { onchange: set("state") })),
      field("Payer", el("input", { type: "search", spellcheck: "false", oninput: set("payer") })),
      field("Station", el("input", { type: "search", spellcheck: "false", oninput: set("station") }))),
    place, el("div", { class: "actions left" }, more))];
}

/* The orders of a session: null where nothing is settled. */
export async function sessionOrders(context, station, transaction) {
  try {
    const page = await context.api.get(`/api/orders${query({ station })}`, { signal: context.signal });
    const rows = page.orders.filter((one) => one.transaction === transaction);
    return table({ caption: "Of this session", columns, rows, none: "No order of the last ones is about it." });
  } catch (error) {
    if (error.status === 404) return null;
    throw error;
  }
}

/* --- one ----------------------------------------------------------------------------------------------------------------------------- */

const PRICED = ["Energy", "Time", "Idle", "Flat", "Reservation", "PowerBankRental"]; /* other lines are made of these, or of a decision */
const UNITS = { Kwh: "kWh", Hour: "h", Minute: "min", Once: "once", Unit: "unit" };

const used = (line, amount) => {
  if (!PRICED.includes(line.kind)) return "";
  if (line.kind === "Energy") return milliwattHours(amount);
  return line.unit === "Once" ? "1" : secondsText(amount);
};

export function billTable(bill) {
  if (!bill) return empty("Nothing was used yet, so there is no bill.");
  return [
    table({
      caption: bill.mode === "Final" ? "As it was sealed" : "So far",
      none: "The bill has no line.",
      rows: bill.lines,
      columns: [
        { label: "What", cell: (line) => said(LINE_WORDS, line.kind) },
        { label: "From", cell: (line) => time(line.from) },
        { label: "To", cell: (line) => time(line.to) },
        { label: "Measured", numeric: true, cell: (line) => used(line, line.measured) },
        { label: "Billed", numeric: true, cell: (line) => used(line, line.billed) },
        { label: "Price", numeric: true, cell: (line) => (PRICED.includes(line.kind) ? `${line.price} / ${UNITS[line.unit] || line.unit}` : "") },
        { label: "Net", numeric: true, cell: (line) => line.net },
        { label: "Tax", numeric: true, cell: (line) => line.tax },
        { label: "Gross", numeric: true, cell: (line) => line.gross },
        { label: "Why", cell: (line) => [line.reason, line.rental && `rental ${line.rental}`].filter(Boolean).join(", ") },
      ],
    }),
    facts([["Net", money(bill.net, bill.currency)], ["Tax", money(bill.tax, bill.currency)], ["Gross", el("strong", {}, money(bill.gross, bill.currency))],
      ["Odd about it", bill.anomalies.length > 0 && el("span", {}, anomalies(bill.anomalies))], ["Hash", bill.hash && el("code", {}, bill.hash)]]),
  ];
}

/* "12.50" with two digits is 1250; null: it is no amount of that currency, or more than a number of JSON holds exactly. */
export function minorOf(text, digits) {
  const found = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text.trim());
  if (!found || (found[3] || "").length > digits) return null;
  const minor = Number(found[2] + (found[3] || "").padEnd(digits, "0"));
  return Number.isSafeInteger(minor) ? minor * (found[1] ? -1 : 1) : null;
}

function act(context, order, name, body, words) {
  return context.api.post(path`/api/orders/${order.id}/${name}`, body).then(() => {
    announce(words);
    context.reload();
    return true;
  });
}

function reasonDialog(context, order, name, titleWords, { amount = false, key = false, leg } = {}) {
  const digits = (order.due.split(".")[1] || "").length;
  const sum = amount && field(`Amount in ${order.currency}`, el("input", { inputmode: "decimal", autocomplete: "off" }), { required: true, hint: leg ? "what the bank took back" : "without tax; less than 0 takes something off" });
  const mark = key && field("Number of the dispute", el("input", { autocomplete: "off", maxlength: 80 }), { required: true });
  const reason = field("Reason", el("input", { autocomplete: "off", maxlength: 80 }), { required: true });
  return dialog({
    title: titleWords,
    body: [sum, mark, reason],
    confirm: titleWords,
    danger: true,
    onconfirm: async () => {
      const minor = sum ? minorOf(sum.input.value, digits) : 0;
      sum && sum.fail(minor === null ? `has to be an amount with at most ${digits} digits behind the point` : "");
      if (minor === null) return false;
      const body = { reason: reason.input.value, ...(leg ? { leg, amountMinor: minor, key: mark.input.value } : amount ? { netMinor: minor } : {}) };
      return act(context, order, name, body, `${titleWords}: done`);
    },
  });
}

function paymentTable(context, order) {
  return table({
    caption: "Legs: one per provider that was asked",
    none: "No provider was asked.",
    rows: order.legs || [],
    columns: [
      { label: "Provider", cell: (leg) => leg.provider },
      { label: "State", cell: (leg) => status(leg.state, LEG_WORDS) },
      { label: "Held", numeric: true, cell: (leg) => leg.held },
      { label: "Captured", numeric: true, cell: (leg) => leg.captured },
      { label: "Released", numeric: true, cell: (leg) => leg.released },
      { label: "Refunded", numeric: true, cell: (leg) => leg.refunded },
      { label: "Until", cell: (leg) => time(leg.expires) },
      { label: "Reference", cell: (leg) => [leg.reference, leg.reason].filter(Boolean).join(": ") },
      { label: "Do", cell: (leg) => (leg.state === "Captured" ? button("Chargeback", () => reasonDialog(context, order, "chargeback", "Note a chargeback", { amount: true, key: true, leg: leg.id }), { class: "small", "aria-label": `Chargeback: ${leg.captured} by ${leg.provider}` }) : "") },
    ],
  });
}

function whatToDo(context, order) {
  const direct = (name, words) => button(words, () => act(context, order, name, {}, `${words}: asked`).catch((error) => announce(error.sentence, "bad")));
  const debt = order.state === "Debt" || order.state === "Due";
  return el("span", { class: "push pills" },
    debt && direct("pay", "Ask for payment again"),
    debt && button("Write off", () => reasonDialog(context, order, "write-off", "Write off")),
    order.state !== "Void" && button("Adjust", () => reasonDialog(context, order, "adjust", "Adjust", { amount: true })));
}

/* The entry of the journal to begin with for what happened since |time|: in a long one it is looked for by halves. */
async function firstSince(ask, time, head) {
  let [low, high] = [1, head];
  while (high - low > JOURNAL_READ) {
    const middle = Math.floor((low + high) / 2);
    const { entries: [entry] } = await ask({ from: middle, limit: 1 });
    if (entry && entry.time < time) low = middle;
    else high = middle;
  }
  return low;
}

/* The postings of an order, as far as the journal has come: a function that brings them up to date each time. */
function postings({ api, signal }, order) {
  const ask = (values) => api.get(`/api/ledger/journal${query(values)}`, { signal });
  const entries = [];
  let from = null;
  let last = Promise.resolve(); /* one after the other */

  async function on() {
    if (from === null) {
      const { head } = await ask({ limit: 1 });
      const opened = new Date(Date.parse(order.opened) - CLOCK_MS).toISOString();
      from = await firstSince(ask, opened, head);
    }
    for (;;) {
      const page = await ask({ order: order.id, from, limit: 1000 });
      entries.push(...page.entries);
      from = page.next ?? page.head + 1;
      if (page.next === undefined) return entries;
    }
  }
  return () => {
    last = last.catch(() => {}).then(on);
    return last;
  };
}

async function order(context, id) {
  const { api, live, signal, title } = context;
  const [heading, what, bill, payment, journal] = Array.from({ length: 5 }, () => el("div", {}));

  let read = null;

  async function look() {
    const one = await api.get(path`/api/orders/${id}`, { signal });
    read = read || postings(context, one);
    const entries = await read();
    heading.className = "heading";
    replace(heading, replace(title(`Order ${id}`), "Order ", el("span", { class: "mono" }, id)), status(one.state, ORDER_WORDS), whatToDo(context, one));
    replace(what, facts([
      ["Due", el("strong", {}, money(one.due, one.currency))], ["Paid", money(one.paid, one.currency)], ["Payer", one.payer], ["Provider", one.provider],
      ["Station", one.station && el("a", { href: link("stations", one.station) }, word(one.station))],
      ["Session", one.transaction && one.station && el("a", { href: link("sessions", one.station, one.transaction) }, word(one.transaction))],
      ["Opened", time(one.opened)], ["Vehicle ended", one.vehicleEnded && time(one.vehicleEnded)], ["Sealed", one.sealed && time(one.sealed)], ["Grace until", one.graceUntil && time(one.graceUntil)],
      ["Power banks", one.rentals.length || undefined], ["Why a debt", one.debtReason], ["House", one.house], ["Statement", one.statement],
    ]));
    replace(bill, billTable(one.bill));
    replace(payment, paymentTable(context, one));
    replace(journal, journalTable(entries, "What was posted for it, oldest first"));
  }

  const again = soon(look, 500, signal);
  live.on("settlement", (event) => { if (event.what !== "order" || event.id === id) again(); }, signal);
  live.on("gap", again, signal);
  await again.now();
  return [el("nav", { class: "crumbs", "aria-label": "Where this is" }, el("a", { href: link("orders") }, "Orders"), " ›"), heading,
    el("section", { class: "card", "aria-label": "About it" }, what), section("Bill", bill), section("Payment", payment), section("Journal", journal)];
}

export async function orders(context, [id]) {
  return id === undefined ? list(context) : order(context, id);
}
