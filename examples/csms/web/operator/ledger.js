/* ledger.js: the books: balances, the journal, whether it is whole, and the lists of payment providers beside it. */
import { query } from "/shared/api.js";
import { el, replace } from "/shared/dom.js";
import { money, NONE, time } from "/shared/format.js";
import { soon } from "/shared/live.js";
import { link } from "/shared/shell.js";
import { announce, button, empty, field, loading, pill, section, select, table } from "/shared/ui.js";
import { unsettled } from "./orders.js";

const PAGE = 50;

/* Lines of a posting: account and amount, debits first as in a book. */
function postingLines(entry) {
  return el("ul", { class: "postings" }, (entry.lines || []).map((line) => el("li", {},
    el("span", { class: "mono" }, line.account), el("span", { class: "number" }, line.debit !== undefined ? `debit ${line.debit}` : `credit ${line.credit}`))));
}

export function journalTable(entries, caption) {
  return table({
    caption,
    none: "Nothing was posted.",
    rows: entries,
    columns: [
      { label: "No.", numeric: true, cell: (entry) => String(entry.number) },
      { label: "Time", cell: (entry) => time(entry.time) },
      { label: "What", cell: (entry) => entry.event || entry.kind },
      { label: "Order", cell: (entry) => (entry.order ? el("a", { href: link("orders", entry.order), class: "mono" }, entry.order) : NONE) },
      { label: "Currency", cell: (entry) => entry.currency || NONE },
      { label: "Accounts", wide: true, cell: postingLines },
      { label: "Why", cell: (entry) => entry.reason || "" },
    ],
  });
}

/* --- balances ------------------------------------------------------------------------------------------------------------------------ */

async function balances({ api, signal }) {
  const place = table({ caption: "Credits minus debits: above 0 is owed to somebody, below 0 is owed to us", rows: [], none: "No account begins so.", columns: [
    { label: "Account", cell: (row) => el("span", { class: "mono" }, row.account) },
    { label: "Balance", numeric: true, cell: (row) => money(row.balance, row.currency) },
    { label: "Postings", numeric: true, cell: (row) => String(row.entries) },
  ] });
  const note = el("p", { class: "soft", role: "status" });

  async function look() {
    const page = await api.get(`/api/ledger/balances${query({ prefix: search.value.trim() })}`, { signal });
    const rows = page.balances.filter((row) => which.value === "all" || /[1-9]/.test(row.balance));
    place.update(rows);
    replace(note, page.more ? "These are among the first 1000; say how the name begins to see others." : `${rows.length} of ${page.balances.length} accounts`);
  }

  const search = el("input", { type: "search", spellcheck: "false", placeholder: "wallet:" });
  const which = select({ "": "not 0", all: "all" }, "");
  const again = soon(look, 300, signal);
  search.addEventListener("input", again);
  which.addEventListener("change", again);
  await again.now();
  return section("Balances", el("div", { class: "filters" }, field("Begins with", search), field("Show accounts", which)), note, place);
}

/* --- the journal ------------------------------------------------------------------------------------------------------------------------ */

async function journal({ api, signal }) {
  const place = el("div", {});
  const which = select({ "": "postings", all: "all entries" }, "", { onchange: () => draw() });
  let shown = await api.get(`/api/ledger/journal${query({ limit: PAGE })}`, { signal });
  const older = button("Older", () => turn(-PAGE));
  const newer = button("Newer", () => turn(PAGE));

  function draw() {
    const first = shown.entries[0]?.number ?? 1;
    const rows = shown.entries.filter((entry) => which.value === "all" || entry.kind === "post");
    replace(place, journalTable(rows.reverse(), `Entries ${first} to ${shown.entries[shown.entries.length - 1]?.number ?? 0} of ${shown.head}, newest first`));
    older.disabled = first <= 1;
    newer.disabled = shown.next === undefined;
  }

  async function turn(by) {
    const first = shown.entries[0]?.number ?? 1;
    try {
      shown = await api.get(`/api/ledger/journal${query({ from: Math.max(1, first + by), limit: PAGE })}`, { signal });
      draw();
    } catch (error) {
      announce(error.sentence || error.message, "bad");
    }
  }

  draw();
  return section("Journal", el("div", { class: "filters" }, field("Show entries", which)), place, el("div", { class: "actions left" }, older, newer));
}

/* --- whether it is whole --------------------------------------------------------------------------------------------------------------------- */

function verification({ api, signal }) {
  const place = el("div", { role: "status" });
  const look = async () => {
    replace(place, loading("Every hash is taken again"));
    try {
      const found = await api.get("/api/settlement/verify", { signal });
      replace(place, el("p", {}, found.intact ? pill("intact", "good") : pill("broken", "bad"), ` ${found.entries} entries, ${found.anchors} signed anchors`,
        !found.intact && `; it breaks at entry ${found.brokenAt}: ${found.reason}`));
    } catch (error) {
      replace(place, el("p", { class: "bad-words" }, error.sentence || error.message));
    }
  };
  return section("Is the journal whole?", el("p", { class: "soft" }, "Each entry holds the hash of the one before, and anchors are signed."), button("Check it", look), place);
}

export async function ledger(context) {
  try {
    return [el("div", { class: "heading" }, context.title("Ledger"), el("a", { class: "button push", href: link("reconciliation") }, "Reconciliation")), await balances(context), verification(context), await journal(context)];
  } catch (error) {
    const state = unsettled(error);
    if (!state) throw error;
    return [context.title("Ledger"), el("div", { class: "card" }, state)];
  }
}

/* --- reconciliation ---------------------------------------------------------------------------------------------------------------------------- */

const WORDS = {
  missing: "done here and not in the list", "at-edge": "likewise, near an end of the time", extra: "nobody asked for it", undecided: "asked for, no outcome known",
  declined: "here it did not happen", "other-kind": "another kind here", currency: "another currency", amount: "another amount", twice: "in the list twice",
  unreadable: "a line nobody can read", books: "the books moved another sum", "bill-gap": "a gap in the bills of a pile",
};

function report(found) {
  const bad = Object.entries(found.counts).filter(([, count]) => count > 0);
  return section(`Of ${found.provider}`,
    el("p", {}, bad.length === 0 ? pill("all agree", "good") : pill("there are differences", "bad"), ` ${found.matched} of ${found.lines} lines agree, from `, time(found.from), " to ", time(found.to), "."),
    el("ul", { class: "plain" }, bad.map(([kind, count]) => el("li", {}, el("strong", {}, String(count)), ` ${WORDS[kind] || kind}`))),
    table({ caption: "Sums", rows: found.totals, none: "No money moved.", columns: [
      { label: "Currency", cell: (row) => row.currency }, { label: "Theirs", numeric: true, cell: (row) => row.theirs },
      { label: "Ours", numeric: true, cell: (row) => row.ours }, { label: "Books", numeric: true, cell: (row) => row.books }] }),
    table({ caption: found.more ? "The first 1000 findings" : "Findings", rows: found.findings, none: "Nothing was found.", columns: [
      { label: "What", cell: (row) => WORDS[row.kind] || row.kind }, { label: "Line", numeric: true, cell: (row) => (row.line === undefined ? "" : String(row.line)) },
      { label: "Operation", cell: (row) => el("span", { class: "mono" }, row.operation || "") }, { label: "When", cell: (row) => time(row.at) },
      { label: "Ours", numeric: true, cell: (row) => [row.ourKind, row.ourAmount].filter(Boolean).join(" ") },
      { label: "Theirs", numeric: true, cell: (row) => [row.theirKind, row.theirAmount, row.theirCurrency].filter(Boolean).join(" ") },
      { label: "Books", numeric: true, cell: (row) => row.booksAmount || "" }, { label: "Station", cell: (row) => row.station || "" }] }));
}

const local = (date) => new Date(date.getTime() - date.getTimezoneOffset() * 60000).toISOString().slice(0, 16);

async function providersOf({ api, signal }) {
  const { balances: rows } = await api.get("/api/ledger/balances?prefix=clearing%3A", { signal });
  return [...new Set(rows.map((row) => row.account.split(":")[1]))].filter((name) => name !== "postpaid" && name !== "wallet");
}

export async function reconciliation(context) {
  const { api, title } = context;
  let names;
  try {
    names = await providersOf(context);
  } catch (error) {
    const state = unsettled(error);
    if (!state) throw error;
    return [title("Reconciliation"), el("div", { class: "card" }, state)];
  }
  const today = new Date();
  const provider = field("Provider", el("input", { list: "providers", autocomplete: "off", maxlength: 40, value: names[0] || "" }), { required: true });
  const from = field("From", el("input", { type: "datetime-local", value: local(new Date(today - 86400000)) }), { required: true });
  const to = field("Until before", el("input", { type: "datetime-local", value: local(today) }), { required: true });
  const list = field("The provider's list", el("textarea", { rows: 6, spellcheck: "false" }), { hint: "lines OPERATION,KIND,AMOUNT,CURRENCY, sorted by OPERATION" });
  const place = el("div", { role: "status" });
  const wrong = el("p", { class: "wrong", role: "alert" });

  const run = (ask) => async (event) => {
    event.preventDefault();
    replace(wrong);
    for (const one of [provider, from, to]) one.fail(one.input.value ? "" : "has to be filled in");
    if (!provider.input.value || !from.input.value || !to.input.value) return;
    replace(place, loading("The journal is read"));
    try {
      replace(place, report(await ask()));
    } catch (error) {
      replace(place, error.status === 404 ? empty(error.sentence) : null);
      if (error.status !== 404) replace(wrong, error.sentence || error.message);
    }
  };
  const compare = run(() => api.post("/api/settlement/reconciliation", { provider: provider.input.value, from: new Date(from.input.value).toISOString(), to: new Date(to.input.value).toISOString(), list: list.input.value }));
  const last = run(() => api.get(`/api/settlement/reconciliation${query({ provider: provider.input.value })}`));

  return [
    el("nav", { class: "crumbs", "aria-label": "Where this is" }, el("a", { href: link("ledger") }, "Ledger"), " ›"),
    title("Reconciliation"),
    section("A provider's list beside the books", el("p", { class: "soft" }, "Nothing is changed by it."),
      el("form", { novalidate: true, onsubmit: compare }, el("datalist", { id: "providers" }, names.map((name) => el("option", { value: name }))),
        el("div", { class: "filters" }, provider, from, to), list, wrong,
        el("div", { class: "actions left" }, el("button", { type: "submit", class: "primary" }, "Compare"), button("Show the last one", last)))),
    place,
  ];
}

