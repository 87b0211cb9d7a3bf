/* banks.js: power banks: what a person has to decide, what is out, and where each bank is. */
import { path } from "/shared/api.js";
import { el, word } from "/shared/dom.js";
import { duration, NONE, time } from "/shared/format.js";
import { soon } from "/shared/live.js";
import { link } from "/shared/shell.js";
import { announce, button, dialog, field, section, select, status, table } from "/shared/ui.js";
import { BANK_WORDS, CONDITION_WORDS, REASON_WORDS, RENTAL_WORDS, said, SUSPENSE_WORDS } from "/shared/words.js";
import { unsettled } from "./orders.js";

const MOST = 500;
const RESOLUTIONS = {
  returned: "it was returned: its rental ends when it was put in", adopt: "it is ours and free", retire: "it goes out of service", eject: "it is ejected", dismiss: "it was seen; no bank lies in a bay for it",
};

const place = (station, slot) => (station ? [el("a", { href: link("stations", station) }, word(station)), slot ? `, slot ${slot}` : ""] : NONE);
const orderLink = (id) => (id ? el("a", { href: link("orders", id), class: "mono" }, id) : NONE);

function resolveDialog(context, entry) {
  const what = field("What about it", select(RESOLUTIONS, "returned"));
  const rental = field("Rental", el("input", { value: entry.rental ?? "", autocomplete: "off", maxlength: 26 }), { hint: "whose bank it is, where it was returned" });
  const bank = field("Bank", el("input", { value: entry.bank ?? "", autocomplete: "off", maxlength: 40 }), { hint: "what it is called, where it is taken in" });
  const note = field("Note", el("input", { autocomplete: "off", maxlength: 100 }));
  return dialog({
    title: `Decide: ${said(SUSPENSE_WORDS, entry.kind)}`,
    body: [what, rental, bank, note],
    confirm: "Decide",
    onconfirm: async () => {
      const body = { resolution: what.input.value };
      for (const [name, one] of [["rental", rental], ["bank", bank], ["note", note]]) if (one.input.value) body[name] = one.input.value;
      await context.api.post(path`/api/settlement/suspense/${entry.id}`, body);
      announce(`Decided: ${said(SUSPENSE_WORDS, entry.kind)}`);
      context.reload();
      return true;
    },
  });
}

const suspenseTable = (context) => table({
  caption: "Banks nobody understands; no clock runs for who may have returned one",
  none: "Nothing waits for you.",
  rows: [],
  columns: [
    { label: "What was found", cell: (one) => status(one.kind, SUSPENSE_WORDS) }, { label: "Where", cell: (one) => place(one.station, one.slot) }, { label: "Bank", cell: (one) => one.bank || one.hardwareId || NONE },
    { label: "Rental", cell: (one) => el("span", { class: "mono" }, one.rental || NONE) }, { label: "Since", cell: (one) => time(one.at) },
    { label: "Do", cell: (one) => button("Decide", () => resolveDialog(context, one), { class: "small", "aria-label": `Decide about the ${said(SUSPENSE_WORDS, one.kind)} at ${one.station}, slot ${one.slot}` }) },
  ],
});

const rentalsTable = () => table({
  caption: "The newest first",
  none: "No bank was let yet.",
  rows: [],
  columns: [
    { label: "Bank", cell: (one) => one.bank || NONE }, { label: "State", cell: (one) => status(one.state, RENTAL_WORDS) }, { label: "Order", cell: (one) => orderLink(one.order) },
    { label: "From", cell: (one) => place(one.station, one.slot) }, { label: "To", cell: (one) => place(one.endStation, one.endSlot) }, { label: "Taken", cell: (one) => time(one.taken) },
    { label: "For", numeric: true, cell: (one) => (one.taken ? duration(one.taken, one.ended) : NONE) }, { label: "Why", cell: (one) => said(REASON_WORDS, one.reason || "") },
  ],
});

const banksTable = () => table({
  caption: "All that are known",
  none: "No bank is known.",
  rows: [],
  columns: [
    { label: "Bank", cell: (one) => one.id }, { label: "State", cell: (one) => status(one.state, BANK_WORDS) }, { label: "Where", cell: (one) => place(one.station, one.slot) },
    { label: "Charge", numeric: true, cell: (one) => (one.charge === undefined ? NONE : `${one.charge} %`) }, { label: "Since", cell: (one) => time(one.since) }, { label: "Condition", cell: (one) => said(CONDITION_WORDS, one.condition || "") },
  ],
});

export async function banks(context) {
  const { api, live, signal, title } = context;
  const [waiting, out, all] = [suspenseTable(context), rentalsTable(), banksTable()];

  async function look() {
    const [suspense, rentals, known] = await Promise.all(["suspense", "rentals", "banks"].map((name) => api.all(`/api/settlement/${name}`, name, { most: MOST, signal })));
    waiting.update(suspense.rows.filter((one) => !one.resolved));
    out.update(rentals.rows.sort((a, b) => (b.asked || b.taken || "").localeCompare(a.asked || a.taken || "")));
    all.update(known.rows);
  }

  const again = soon(look, 500, signal);
  live.on("settlement", again, signal);
  live.on("gap", again, signal);
  try {
    await again.now();
  } catch (error) {
    const state = unsettled(error);
    if (!state) throw error;
    return [title("Power banks"), el("div", { class: "card" }, state)];
  }
  return [title("Power banks"), section("To be decided", waiting), section("Rentals", out), section("Banks", all)];
}
