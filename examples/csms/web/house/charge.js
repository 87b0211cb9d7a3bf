/* charge.js: a tenant chooses an outlet and charges on the account of the card. */
import { path } from "/shared/api.js";
import { el, word } from "/shared/dom.js";
import { duration, energy } from "/shared/format.js";
import { acting, drawn, part } from "/shared/part.js";
import { announce, empty, status } from "/shared/ui.js";
import { CHARGING_WORDS } from "/shared/words.js";
import { momentIn } from "/shared/zone.js";
import { living } from "./living.js";

const USABLE = ["Available", "Preparing", "Occupied"];

function answered(told) {
  if (told?.error) throw new Error(told.error.description || told.error.code);
  if (told?.accepted === false) throw new Error("The pile refused. Is the vehicle plugged in?");
}

function runningPart(house, stop) {
  return part("running", (data) => (data.running.length > 0 ? data.running : null), (running) => [
    el("h2", {}, "Charging now"),
    el("ul", { class: "rows" }, running.map((one) => el("li", {},
      el("div", { class: "heading" }, el("strong", {}, word(one.station), `, outlet ${one.evse}`), el("span", { class: "soft" }, `since ${momentIn(house.zone, one.started)}, ${duration(one.started)}`)),
      el("p", { class: "gauge" }, energy(one.kwh * 1000)), el("div", { class: "actions left" }, stop(one)))))]);
}

function outletPart(me, begin) {
  const isMine = (running, pile, outlet) => running.some((one) => one.station === pile.station && one.evse === outlet.evse);
  const outletOf = (pile, outlet, running) => el("li", { class: "outlet" },
    el("div", { class: "heading" }, el("strong", {}, word(pile.station), `, outlet ${outlet.evse}`), pile.connected ? status(outlet.status, CHARGING_WORDS) : status("offline")),
    pile.connected && USABLE.includes(outlet.status) && me.rights.includes("Charge") && !isMine(running, pile, outlet) && el("div", { class: "actions left" }, begin(pile, outlet)));
  const pileOf = (pile, running) => (pile.outlets.length > 0 ? pile.outlets.map((outlet) => outletOf(pile, outlet, running))
    : [el("li", {}, el("strong", {}, word(pile.station)), " ", el("span", { class: "soft" }, pile.connected ? "told nothing of its outlets yet" : "is not connected"))]);
  return part("outlets", (data) => [data.piles, data.running.map((one) => [one.station, one.evse])], (what, { piles, running }) => [
    el("h2", {}, "Outlets"), piles.length === 0 ? empty("The house has no piles.") : el("ul", { class: "rows" }, piles.flatMap((pile) => pileOf(pile, running)))]);
}

export async function charge(context) {
  const { api, at, me, house, signal, title } = context;
  const ask = (pile, act, body, words) => async () => {
    answered(await api.post(`${at}${path`/piles/${pile}/${act}`}`, body));
    announce(words);
    await page.now();
  };
  const stop = (one) => acting("Stop", ask(one.station, "stop", { transaction: one.transaction }, "The pile was asked to stop."),
    { class: "danger", "aria-label": `Stop at ${one.station}, outlet ${one.evse}`, "data-name": `stop ${one.transaction}` });
  const begin = (pile, outlet) => acting("Charge here", ask(pile.station, "start", { evse: outlet.evse }, "The pile was asked to start. Plug the vehicle in."),
    { class: "primary", "aria-label": `Charge here: ${pile.station}, outlet ${outlet.evse}`, "data-name": `start ${pile.station} ${outlet.evse}` });
  const parts = [
    drawn(el("p", { class: "soft" }), (data) => [data.house.name, data.house.price], () => [word(house.name), house.price && `: ${house.price} ${house.currency} per kWh`]),
    runningPart(house, stop), outletPart(me, begin),
  ];

  async function read() {
    const [{ piles }, { sessions }] = await Promise.all([api.get(`${at}/piles`, { signal }), api.get(`${at}/sessions`, { signal }), context.readHouse()]);
    return { piles, running: sessions.filter((one) => one.kind === "Running"), house };
  }

  const page = living(context, read, (data) => parts.forEach((one) => one.update(data)));
  await page.first();
  return [title("Charge"), page.wrong, parts];
}
