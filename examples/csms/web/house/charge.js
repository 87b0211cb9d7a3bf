/* charge.js: a tenant chooses an outlet and charges on the account of the card. */
import { path } from "/shared/api.js";
import { el, word } from "/shared/dom.js";
import { duration, energy } from "/shared/format.js";
import { acting, part } from "/shared/part.js";
import { announce, empty, status } from "/shared/ui.js";
import { momentIn } from "/shared/zone.js";

const LOOK_MS = 2000;
const USABLE = ["Available", "Preparing", "Occupied"];

function answered(told) {
  if (told?.error) throw new Error(told.error.description || told.error.code);
  if (told?.accepted === false) throw new Error("The pile refused. Is the vehicle plugged in?");
}

export async function charge({ api, at, me, house, signal, title }) {
  const refresh = async () => {
    const [{ piles }, { sessions }] = await Promise.all([api.get(`${at}/piles`, { signal }), api.get(`${at}/sessions`, { signal })]);
    const data = { piles, running: sessions.filter((one) => one.kind === "Running") };
    for (const one of parts) one.update(data);
  };
  const stop = (one) => acting("Stop", async () => {
    answered(await api.post(`${at}${path`/piles/${one.station}/stop`}`, { transaction: one.transaction }));
    announce("The pile was asked to stop.");
    await refresh();
  }, { class: "danger", "aria-label": `Stop at ${one.station}, outlet ${one.evse}`, "data-name": `stop ${one.transaction}` });
  const begin = (pile, outlet) => acting("Charge here", async () => {
    answered(await api.post(`${at}${path`/piles/${pile.station}/start`}`, { evse: outlet.evse }));
    announce("The pile was asked to start. Plug the vehicle in.");
    await refresh();
  }, { class: "primary", "aria-label": `Charge here: ${pile.station}, outlet ${outlet.evse}`, "data-name": `start ${pile.station} ${outlet.evse}` });

  const runningPart = part("running", (data) => (data.running.length > 0 ? data.running : null), (running) => [
    el("h2", {}, "Charging now"),
    el("ul", { class: "rows" }, running.map((one) => el("li", {},
      el("div", { class: "heading" }, el("strong", {}, word(one.station), `, outlet ${one.evse}`), el("span", { class: "soft" }, `since ${momentIn(house.zone, one.started)}, ${duration(one.started)}`)),
      el("p", { class: "gauge" }, energy(one.kwh * 1000)), el("div", { class: "actions left" }, stop(one)))))]);
  const outletPart = part("outlets", (data) => [data.piles, data.running.length], (what, { piles }) => [
    el("h2", {}, "Outlets"),
    piles.length === 0 ? empty("The house has no piles.") : el("ul", { class: "rows" }, piles.flatMap((pile) => (pile.outlets.length === 0
      ? [el("li", {}, el("strong", {}, word(pile.station)), " ", el("span", { class: "soft" }, pile.connected ? "told nothing of its outlets yet" : "is not connected"))]
      : pile.outlets.map((outlet) => el("li", { class: "outlet" },
        el("div", { class: "heading" }, el("strong", {}, word(pile.station), `, outlet ${outlet.evse}`), pile.connected ? status(outlet.status) : status("offline")),
        pile.connected && USABLE.includes(outlet.status) && me.rights.includes("Charge") && el("div", { class: "actions left" }, begin(pile, outlet)))))))]);
  const parts = [runningPart, outletPart];
  const look = setInterval(() => { if (!document.hidden) refresh().catch(() => {}); }, LOOK_MS);
  signal.addEventListener("abort", () => clearInterval(look), { once: true });
  await refresh();
  return [title("Charge"), el("p", { class: "soft" }, word(house.name), house.price && `: ${house.price} ${house.currency} per kWh`), parts];
}
