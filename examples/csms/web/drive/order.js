/* order.js: the one order of a visit: its lines, taxes and totals, as the server computed them. */
import { el, word } from "/shared/dom.js";
import { money } from "/shared/format.js";
import { facts, status, table } from "/shared/ui.js";
import { LEG_WORDS, LINE_WORDS, ORDER_WORDS, said } from "/shared/words.js";
import { momentIn } from "/shared/zone.js";
import { billed, isNothing, pricedBy } from "./words.js";
import { anomalies } from "/shared/anomalies.js";

function lineName(line) {
  const what = said(LINE_WORDS, line.kind);
  return line.reason ? el("span", {}, what, el("br"), el("span", { class: "soft" }, word(line.reason))) : what;
}

/* Taxes by name and rate, as the server added them up per line; shown line by line where it tells them. */
function taxWords(line) {
  return (line.taxes || []).map((tax) => `${tax.name} ${tax.rate} %`).join(", ");
}

function lines(order, zone) {
  const { bill } = order;
  const hasTax = !isNothing(bill.tax);
  return table({
    caption: `Amounts in ${bill.currency}`,
    columns: [
      { label: "What", cell: lineName },
      { label: "From", cell: (line) => (line.from ? momentIn(zone, line.from) : "") },
      { label: "Quantity", cell: (line) => el("span", {}, word(billed(line)), pricedBy(line, bill.currency) && [" ", el("span", { class: "soft" }, `at ${pricedBy(line, bill.currency)}`)]) },
      ...(hasTax ? [{ label: "Net", numeric: true, cell: (line) => line.net }, { label: "Tax", numeric: true, cell: (line) => (taxWords(line) ? el("span", {}, line.tax, el("br"), el("span", { class: "soft" }, word(taxWords(line)))) : line.tax) }] : []),
      { label: "Amount", numeric: true, cell: (line) => line.gross },
    ],
    rows: bill.lines,
    none: "Nothing was used yet.",
  });
}

export function totals(order) {
  const { bill } = order;
  return el("dl", { class: "totals" },
    !isNothing(bill.tax) && [el("div", {}, el("dt", {}, "Net"), el("dd", {}, money(bill.net, bill.currency))), el("div", {}, el("dt", {}, "Taxes"), el("dd", {}, money(bill.tax, bill.currency)))],
    el("div", { class: "total" }, el("dt", {}, bill.mode === "Running" ? "So far" : "Total"), el("dd", {}, money(bill.gross, bill.currency))),
    !isNothing(order.paid) && el("div", {}, el("dt", {}, "Paid"), el("dd", {}, money(order.paid, order.currency))));
}

export function legs(order) {
  const held = order.legs.filter((leg) => !isNothing(leg.held));
  return held.length > 0 && el("ul", { class: "legs" }, held.map((leg) => el("li", {},
    word(leg.provider), ": ", said(LEG_WORDS, leg.state), ", ", money(isNothing(leg.captured) ? leg.held : leg.captured, order.currency),
    !isNothing(leg.refunded) && [", given back ", money(leg.refunded, order.currency)], leg.reason && [": ", word(leg.reason)])));
}

/* The order and, behind it, those of banks that were still out when it was closed. */
export function orders(found, zone) {
  return found.map((order, i) => el("div", { class: "order" },
    el("div", { class: "heading" }, el("h2", {}, i === 0 ? "Your order" : "A power bank that came later"), status(order.state, ORDER_WORDS)),
    order.bill ? [lines(order, zone), totals(order)] : el("p", { class: "soft" }, "Nothing was used yet."),
    order.debtReason && el("p", { class: "bad-words" }, "Not paid: ", word(order.debtReason)),
    order.refundReason && el("p", { class: "bad-words" }, "Could not be given back: ", word(order.refundReason)),
    order.bill?.anomalies?.length > 0 && el("p", { class: "hint" }, "Something is odd about it: ", anomalies(order.bill.anomalies), "."),
    legs(order)));
}

export function proof(order, zone) {
  return facts([
    ["Order", order.id],
    ["Pile", order.station],
    ["Opened", momentIn(zone, order.opened)],
    ["Closed", order.sealed && momentIn(zone, order.sealed)],
    ["Prices agreed", order.snapshot && el("code", {}, order.snapshot)],
    ["Bill", order.bill?.hash && el("code", {}, order.bill.hash)],
  ]);
}
