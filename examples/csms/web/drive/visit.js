/* visit.js: a visit while it goes on: its number, the charging, power banks, what it costs. */
import { sentenceOf } from "/shared/api.js";
import { el, word } from "/shared/dom.js";
import { duration, energy, power } from "/shared/format.js";
import { Live } from "/shared/live.js";
import { acting, countdown, part, tick } from "/shared/part.js";
import { pulse } from "/shared/pulse.js";
import { link } from "/shared/shell.js";
import { announce, ask, button, empty, failure, pill } from "/shared/ui.js";
import { REASON_WORDS, said } from "/shared/words.js";
import { momentIn } from "/shared/zone.js";
import { banks } from "./banks.js";
import { forget, KeyApi, visitOf, visits } from "./keys.js";
import { orders } from "./order.js";
import { pay } from "./pay.js";
import { amount, SESSION_WORDS, VISIT_TONES, VISIT_WORDS } from "./words.js";

const LIVE_STATES = ["Told", "Heard", "Confirmed"];
const OVER = ["Done", "Expired", "Cancelled", "Refused"];
const BAYS_MS = 15000;

/* --- its parts --------------------------------------------------------------------------------------------------------------------- */

function headPart(known) {
  return part("head", ({ visit, orders: found }) => [visit.state, visit.reason, visit.other, visit.gate, found.map((order) => order.state)], (what, { visit, zone, orders: found }) => [
    el("div", { class: "heading", role: "status" }, pill(said(VISIT_WORDS, visit.state), VISIT_TONES[visit.state]),
      el("span", { class: "soft" }, "Pile ", word(visit.station), `, place ${visit.evse}`, known.name ? [", ", word(known.name)] : null)),
    visit.reason && OVER.concat("Owed").includes(visit.state) && visit.state !== "Done" && el("p", {}, word(sentenceOf(said(REASON_WORDS, visit.reason)))),
    visit.other && el("p", {}, "Free instead: ", word(visit.other.replace("/", ", place "))),
    visit.state === "Done" && el("p", {}, "Thank you; the cable is free. Ended ", momentIn(zone, visit.ended || visit.matched), "."),
    visit.gate === "Jammed" && el("p", { class: "bad-words" }, "The latch of the cable sticks. Call the operator; the pile has an emergency release."),
    OVER.includes(visit.state) && el("div", { class: "actions left" },
      found.some((order) => order.state === "Paid") && el("a", { class: "button primary", href: link("receipt", visit.id) }, "Receipt"), el("a", { class: "button", href: "#/find" }, "Find another place"))]);
}

function numberPart(api, refresh) {
  const say = async (act, body) => {
    await api.post(`/api/drive/visit/${act}`, body);
    await refresh();
  };
  return part("reserved", ({ visit }) => (LIVE_STATES.includes(visit.state) ? [visit.state, visit.number, visit.until] : null), (what, data) => {
    const { visit } = data;
    const isConfirmed = visit.state === "Confirmed";
    return [
      el("h2", {}, "Your number"),
      el("p", { class: "big-number", "data-name": "number" }, word(visit.number)),
      isConfirmed ? el("p", {}, "Key it in at the pile, or start from here. The place is kept until ", el("strong", {}, momentIn(data.zone, visit.until)), " (", countdown(visit.until), " left).")
        : el("p", {}, "Say that you have it within ", el("strong", {}, countdown(data.confirmBy)), "; else the place is given away."),
      el("div", { class: "actions left" },
        !isConfirmed && acting("I have the number", () => say("confirm", { number: visit.number }), { class: "primary big" }),
        isConfirmed && acting("Start charging from here", async () => {
          await say("start");
          announce("The pile was asked to start. Plug the vehicle in.");
        }, { class: "primary" }),
        button("Cancel the reservation", () => ask("Cancel the reservation?", "The place is given to others at once.", "Give it up", () => say("cancel")), { "data-name": "cancel" })),
    ];
  });
}

function chargingPart(api, refresh) {
  return part("charging", (data) => (data.visit.state === "Matched" ? [data.session, data.orders[0]?.bill?.gross, data.visit.idlePausedAt] : null), (what, { visit, session = {}, orders: [order] }) => [
    el("h2", {}, SESSION_WORDS[session.chargingState] || "Charging"),
    el("div", { class: "gauges" },
      el("div", {}, el("span", { class: "label" }, "Power"), el("span", { class: "value" }, power(session.powerW))),
      el("div", {}, el("span", { class: "label" }, "Energy"), el("span", { class: "value" }, energy(session.energyWh))),
      el("div", {}, el("span", { class: "label" }, "Time"), el("span", { class: "value", "data-since": session.started || visit.matched }, duration(session.started || visit.matched))),
      el("div", {}, el("span", { class: "label" }, "Cost so far"), el("span", { class: "value" }, order?.bill ? amount(order.bill.gross, order.currency) : "–"))),
    visit.idlePausedAt && el("p", { class: "hint" }, "Idle time pauses while you pay."),
    el("div", { class: "actions left" }, button("Stop charging", () => ask("Stop charging?", "Then the visit is paid, and the cable is free.", "Stop", async () => {
      const told = await api.post("/api/drive/visit/stop").catch((error) => {
        if (error.detail !== "the station is not connected") throw error;
        throw new Error("The pile cannot be reached now. Try again, or stop at the pile.");
      });
      if (told && told.accepted === false) throw new Error("The pile did not want to stop. Try again, or stop at the pile.");
      await refresh();
    }), { class: "danger", "data-name": "stop" })),
  ]);
}

function orderPart() {
  return part("order-part", (data) => [data.orders, data.zone], (what, data) => (data.orders.some((order) => order.bill?.lines.length > 0) ? orders(data.orders, data.zone) : null));
}

/* --- news of it -------------------------------------------------------------------------------------------------------------------- */

function newsOf(api, signal) {
  const live = new Live(api, { url: "/api/drive/events" });
  live.start();
  signal.addEventListener("abort", () => live.stop(), { once: true });
  return live;
}

/* The key opens nothing any more. */
function endsAt(live) {
  return (error) => {
    const isOver = error.status === 401 || error.status === 404;
    if (isOver) live.stop();
    return isOver;
  };
}

/* --- the page ---------------------------------------------------------------------------------------------------------------------- */

function bayReader(signal) {
  let rows = [];
  let read = 0;
  return async (isWanted) => {
    if (isWanted && Date.now() - read > BAYS_MS) {
      read = Date.now();
      const api = new KeyApi(null);
      const [{ bays }, { places }] = await Promise.all([api.get("/api/drive/bays", { signal }), api.get("/api/drive/places", { signal })]).catch(() => [{ bays: rows }, { places: [] }]);
      rows = bays.map((bay) => ({ ...bay, name: bay.name || places.find((place) => place.station === bay.station)?.name }));
    }
    return rows;
  };
}

export async function visit({ signal, title }, [id]) {
  const known = visitOf(id || "");
  if (!known) return [title("My visit"), empty("This phone has no key of that visit.", el("p", {}, el("a", { class: "button", href: "#/find" }, "Find a place")))];
  const api = new KeyApi(known.key);
  const wrong = el("div", { role: "alert" });
  const live = el("p", { class: "live-words soft" });
  const readBays = bayReader(signal);
  let bays = [];
  let skewMs = 0;
  const news = newsOf(api, signal);
  const watch = pulse(news, async () => {
    const data = await api.get("/api/drive/visit", { signal });
    skewMs = Date.parse(data.time) - Date.now();
    bays = await readBays(data.visit.state === "Matched" || data.rentals.length > 0);
    for (const one of parts) one.update(data);
    tick(whole, skewMs);
    return data;
  }, signal, { ends: endsAt(news) });
  const refresh = () => watch.now().catch(() => {}); /* what was done is done, also where the page cannot be read then */
  const parts = [
    headPart(known),
    numberPart(api, refresh),
    part("pay", (data) => [data.visit.state, data.visit.missing, data.visit.deposits, data.visit.beingPaid, data.visit.actionUrl, data.visit.deadline, data.orders[0]?.legs], (what, data) => pay(api, data, refresh)),
    chargingPart(api, refresh),
    part("banks", (data) => [data.visit.state, data.rentals, bays], (what, data) => banks(api, data, bays, refresh)),
    orderPart(),
  ];
  const foot = el("p", { class: "soft" }, "This phone keeps a key that opens this visit. ", button("Forget the visit on this phone", () =>
    ask("Forget the visit?", "Without its key nobody can see or pay it here any more.", "Forget it", () => {
      forget(id);
      location.hash = "#/visits";
    }), { class: "quiet" }));
  const whole = el("div", { class: "visit" }, wrong, parts, live, foot);
  for (const one of parts) one.hidden = true;
  watch.tell((state, error) => {
    live.textContent = state === "live" ? "live" : state === "trying" ? "No answer; trying again …" : "";
    live.dataset.state = state;
    wrong.replaceChildren(...(error && error.status !== 0 ? [failure(error)] : []));
  });
  const clock = setInterval(() => {
    tick(whole, skewMs);
    for (const node of whole.querySelectorAll("[data-since]")) node.textContent = duration(node.dataset.since, new Date(Date.now() + skewMs));
  }, 1000);
  signal.addEventListener("abort", () => clearInterval(clock), { once: true });
  await watch.now().catch((error) => {
    if (error.status === 0) return;
    watch.stop();
    throw error;
  });
  return [title("My visit"), whole];
}

/* --- all that this phone knows ------------------------------------------------------------------------------------------------------- */

export async function myVisits({ title }) {
  const known = visits();
  return [title("My visits"),
    known.length === 0 ? empty("This phone has no visits yet.", el("p", {}, el("a", { class: "button primary", href: "#/find" }, "Find a place")))
      : el("ul", { class: "places" }, known.map((row) => el("li", { class: "card" },
        el("h2", {}, el("a", { href: link("visit", row.id) }, word(row.name || row.station))),
        el("p", { class: "soft" }, "Pile ", word(row.station), `, place ${row.evse}, ${new Date(row.since).toLocaleString()}`)))),
    el("p", { class: "hint" }, "Keys of visits are kept on this phone only; who has them can see and pay these visits.")];
}


