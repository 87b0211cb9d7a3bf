/* banks.js: power banks of a visit: to rent, where they are, where to bring them back. */
import { path, sentenceOf } from "/shared/api.js";
import { el, word } from "/shared/dom.js";
import { money } from "/shared/format.js";
import { acting } from "/shared/part.js";
import { announce, ask, button, field, pill, select } from "/shared/ui.js";
import { REASON_WORDS, said } from "/shared/words.js";
import { momentIn } from "/shared/zone.js";
import { minorText, RENTAL_WORDS } from "./words.js";

const OUT = ["Requested", "Granted", "Taken", "Unseen", "Swapping", "Suspense"];
const TONES = { Taken: "busy", Granted: "warn", Returned: "good", Failed: "bad", Suspense: "warn", Bought: "good" };

export function outside(rentals) {
  return rentals.filter((rental) => OUT.includes(rental.state));
}

function acts(api, rental, refresh) {
  const say = async (act, words) => {
    await api.post(path`/api/drive/visit/rentals/${rental.id}/${act}`);
    announce(words);
    await refresh();
  };
  return rental.state === "Taken" && el("div", { class: "actions left" },
    acting("It is faulty", () => say("swap", "Put it back into a bay now: another one is let out for it."), { class: "small", "aria-label": `It is faulty: bank ${rental.bank}` }),
    !rental.pinned && acting("Nowhere to return it", () => say("report", "Its clock stands for a while. Bring it back as soon as there is a free slot."), { class: "small", "aria-label": `Nowhere to return it: bank ${rental.bank}` }),
    button("I keep it", () => ask("Keep the power bank?", "It is bought now, at its price less what was paid for it.", "Buy it", () => say("keep", "It is yours.")), { class: "small", "aria-label": `I keep it: bank ${rental.bank}` }));
}

function rentalItem(api, rental, data, refresh) {
  const like = data.orders[0]?.due;
  return el("li", {},
    el("div", { class: "heading" }, el("strong", {}, "Bank ", word(rental.bank)), pill(said(RENTAL_WORDS, rental.state), TONES[rental.state] || "")),
    el("p", { class: "soft" },
      rental.state === "Granted" || rental.state === "Requested" ? ["Slot ", String(rental.slot), " of pile ", word(rental.station), ". "] : null,
      rental.taken && `Taken ${momentIn(data.zone, rental.taken)}. `, rental.ended && `Ended ${momentIn(data.zone, rental.ended)}. `,
      rental.endStation && ["Returned at ", word(rental.endStation), ". "],
      rental.pinned && !rental.ended && `Its clock stands since ${momentIn(data.zone, rental.pinned)}. `,
      OUT.includes(rental.state) && rental.depositMinor > 0 && ["Deposit ", money(minorText(rental.depositMinor, like), data.orders[0]?.currency), "."],
      rental.reason && [" ", word(sentenceOf(said(REASON_WORDS, rental.reason)))]),
    acts(api, rental, refresh));
}

function places(bays) {
  const free = bays.filter((bay) => bay.free > 0);
  return el("details", { open: free.length > 0 && free.length <= 3 }, el("summary", {}, "Where to bring it back"),
    free.length === 0 ? el("p", {}, "No slot is free anywhere now. Say that there is nowhere to return it.")
      : el("ul", {}, free.map((bay) => el("li", {}, word(bay.name || bay.station), bay.name ? [" (pile ", word(bay.station), ")"] : null, `: ${bay.free} free ${bay.free === 1 ? "slot" : "slots"}`))));
}

export function banks(api, data, bays, refresh) {
  const here = bays.find((bay) => bay.station === data.visit.station);
  const may = data.visit.state === "Matched" && here && here.banks > 0;
  if (!may && data.rentals.length === 0) return null;
  const count = select(["1", "2", "3", "4"].slice(0, Math.max(1, Math.min(4, here?.banks || 1))), "1");
  return [
    el("h2", {}, "Power banks"),
    data.rentals.length > 0 && el("ul", { class: "rentals" }, data.rentals.map((rental) => rentalItem(api, rental, data, refresh))),
    outside(data.rentals).length > 0 && places(bays),
    may && el("div", { class: "filters end" }, field("Take some along", count, { hint: `${here.banks} can be had at this pile. They go on this order.` }),
      acting("Rent", async () => {
        await api.post("/api/drive/visit/rent", { count: Number(count.value) });
        announce("It is asked for. When the pile lets it out, take it from the bay.");
        await refresh();
      }, { class: "primary" })),
  ];
}
