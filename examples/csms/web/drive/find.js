/* find.js: where one can charge: a list and a map, the best first, with the reasons; and a reservation. */
import { query } from "/shared/api.js";
import { el, replace, word } from "/shared/dom.js";
import { money, power } from "/shared/format.js";
import { link } from "/shared/shell.js";
import { announce, button, dialog, empty, failure, field, loading, pill, select } from "/shared/ui.js";
import { account, KeyApi, remember, visits } from "./keys.js";
import { map } from "./map.js";
import { seconds } from "./words.js";

const AGAIN_MS = 20000;
const DAY_MS = 86400000;
const ENERGY = { 5000: "5 kWh", 10000: "10 kWh", 20000: "20 kWh", 40000: "40 kWh", 60000: "60 kWh" };
const CONNECTORS = { "": "any plug", cCCS2: "CCS (Combo 2)", cCCS1: "CCS (Combo 1)", cG105: "CHAdeMO", sType2: "Type 2 socket", cType2: "Type 2 cable", cType1: "Type 1 cable", cGBT: "GB/T" };
const MINUTES = { 15: "15 minutes", 30: "30 minutes" };

function metres(count) {
  return count >= 1000 ? `${(count / 1000).toFixed(1)} km` : `${count} m`;
}

/* "52.52, 13.405" and what maps copy; null when it is none. */
export function positionOf(text) {
  const found = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*[,; ]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(text);
  const position = found && { latitude: Number(found[1]), longitude: Number(found[2]) };
  return position && Math.abs(position.latitude) <= 90 && Math.abs(position.longitude) <= 180 ? position : null;
}

function reasonsOf(text) {
  return (text || "").split(";").map((reason) => reason.trim()).filter(Boolean);
}

/* --- reserving --------------------------------------------------------------------------------------------------------------------- */

async function reserve(place) {
  const minutes = select(MINUTES, "30");
  const id = await dialog({
    title: `Reserve ${place.name || place.station}`,
    body: [el("p", {}, "Pile ", word(place.station), `, place ${place.evse}. The pile keeps it for you, and you get a number.`), field("For how long", minutes)],
    confirm: "Reserve",
    onconfirm: async () => {
      const told = await new KeyApi(account()).post("/api/drive/visits", { station: place.station, evse: place.evse, minutes: Number(minutes.value) });
      const isKept = remember({ ...told, station: place.station, evse: place.evse, name: place.name, since: new Date().toISOString() });
      if (!isKept) announce("This browser keeps no key of the visit: leave this page open until it is over.", "bad");
      return told.id;
    },
  });
  if (id) location.hash = link("visit", id);
}

/* --- one place --------------------------------------------------------------------------------------------------------------------- */

function facts(place) {
  return [
    place.distanceM !== undefined && metres(place.distanceM),
    CONNECTORS[place.connector] || place.connector,
    place.powerW > 0 && power(place.powerW),
    place.durationS > 0 && `about ${seconds(place.durationS)}`,
  ].filter(Boolean);
}

function why(place) {
  const reasons = reasonsOf(place.reasons);
  return reasons.length > 0 && el("details", {}, el("summary", {}, "Why it stands here"),
    el("p", { class: "hint" }, "Fewer points are better:"),
    el("ul", {}, reasons.map((reason) => el("li", {}, word(reason)))),
    el("p", { class: "hint" }, `Together ${place.points} points.`));
}

const isBroken = (place) => place.status === "Faulted" || place.status === "Unavailable";

function takenWords(place) {
  if (!place.reached) return "cannot be reached now";
  if (isBroken(place)) return "out of order";
  return place.status === "Available" || place.status === "Reserved" ? "kept for somebody" : place.status ? "in use" : "not free";
}

function whyNot(place) {
  if (!place.reached) return "Its pile has no connection now, so it cannot be asked to keep a place.";
  if (isBroken(place)) return "Nobody can charge there now.";
  return place.bookable ? "Somebody else has it now." : "This pile keeps no places; who comes first has it.";
}

function card(place, number, isBest) {
  const name = place.name || place.station;
  const may = place.free && place.bookable;
  const own = !place.free && visits().find((row) => row.station === place.station && row.evse === place.evse && Date.now() - Date.parse(row.since) < DAY_MS);
  return el("li", { class: "card place", id: `place-${number}`, tabindex: "-1" },
    el("div", { class: "heading" },
      el("span", { class: ["badge", place.free ? "free" : "taken"], "aria-hidden": "true" }, String(number)),
      el("h2", {}, word(name)),
      isBest && pill("recommended", "good"),
      place.free ? pill("free", "good") : pill(takenWords(place), "warn")),
    el("p", { class: "soft" }, "Pile ", word(place.station), `, place ${place.evse}`),
    el("p", { class: "line" }, facts(place).flatMap((fact, i) => [i > 0 && " · ", word(fact)])),
    place.price !== undefined && el("p", {}, el("strong", {}, word(money(place.price, place.currency))), " for what you want, taxes included"),
    place.faults > 0 && el("p", { class: "bad-words" }, `${place.faults} ${place.faults === 1 ? "fault" : "faults"} in the last 30 days`),
    why(place),
    may ? el("div", { class: "actions left" }, button("Reserve", () => reserve(place), { class: "primary", "aria-label": `Reserve ${name}, place ${place.evse}` }))
      : own ? el("p", {}, "You were here lately: ", el("a", { href: link("visit", own.id) }, "look at your visit"), ".")
        : el("p", { class: "hint" }, whyNot(place)));
}

/* --- the page ---------------------------------------------------------------------------------------------------------------------- */

function draw(place, found, here) {
  if (found.length === 0) {
    replace(place, empty(here ? "Nothing that fits is near. Look farther away, or for another plug." : "No places are known here yet."));
    return;
  }
  const pick = (number) => {
    const target = document.getElementById(`place-${number}`);
    target?.scrollIntoView({ block: "center" });
    target?.focus({ preventScroll: true });
  };
  const isBest = (row, i) => here !== null && i === 0 && row.free;
  replace(place, el("div", { class: "finding" }, el("div", { class: "card mapcard" }, map(found, here, pick)),
    el("ol", { class: "places" }, found.map((row, i) => card(row, i + 1, isBest(row, i))))));
}

function locate(input, look) {
  return button("Use my position", (event) => {
    const own = event.currentTarget;
    own.disabled = true;
    navigator.geolocation.getCurrentPosition((position) => {
      own.disabled = false;
      input.value = `${position.coords.latitude.toFixed(5)}, ${position.coords.longitude.toFixed(5)}`;
      look();
    }, (error) => {
      own.disabled = false;
      announce(error.code === 1 ? "Your browser does not tell the position. Type it instead." : "The position could not be found. Type it instead.", "bad");
      input.focus();
    }, { timeout: 10000, maximumAge: 60000 });
  });
}

function accountNote() {
  return account() && el("p", { class: "note-line" }, "What you reserve is paid by your account, until you sign out.");
}

export async function find({ signal, title }) {
  const api = new KeyApi(null);
  const where = el("input", { type: "text", inputmode: "text", autocomplete: "off", placeholder: "52.52, 13.405", spellcheck: "false", value: sessionStorage.getItem("drive-where") || "" });
  const whereField = field("Where (latitude, longitude)", where, { hint: "Asked for nothing else than finding a place." });
  const energy = select(ENERGY, "20000");
  const plug = select(CONNECTORS);
  const results = el("div", { "aria-busy": "true" }, loading());
  const summary = el("p", { class: "soft", role: "status" });
  let drawn = null; /* null: whatever comes is shown, also over reasons somebody reads */
  let asked = 0;

  async function look() {
    const here = where.value.trim() ? positionOf(where.value) : null;
    whereField.fail(where.value.trim() && !here ? "Two numbers of degrees, like 52.52, 13.405" : "");
    if (where.value.trim() && !here) return;
    sessionStorage.setItem("drive-where", where.value.trim());
    asked += 1;
    const own = asked; /* an answer that comes after that to a later question is none */
    try {
      const found = here
        ? (await api.get(`/api/drive/offers${query({ ...here, radiusM: 20000, limit: 20, energyWh: energy.value, connector: plug.value })}`, { signal })).offers
        : (await api.get("/api/drive/places?limit=50", { signal })).places.filter((row) => !plug.value || row.connector === plug.value);
      if (own !== asked) return;
      const now = JSON.stringify([found, here]);
      if (now !== drawn && (drawn === null || !results.querySelector("details[open]"))) {
        draw(results, found, here);
        drawn = now;
        replace(summary, `${found.length} ${found.length === 1 ? "place" : "places"}, ${found.filter((row) => row.free).length} free${here ? ", the best first" : ""}`);
      }
    } catch (error) {
      if (signal.aborted || error.name === "AbortError" || own !== asked) return;
      drawn = null;
      replace(summary);
      replace(results, failure(error, look));
    } finally {
      results.setAttribute("aria-busy", "false");
    }
  }

  const form = el("form", { class: "card search", onsubmit: (event) => { event.preventDefault(); drawn = null; look(); } },
    el("div", { class: "filters" }, whereField, field("Energy wanted", energy), field("Plug", plug)),
    el("div", { class: "actions left" }, el("button", { type: "submit", class: "primary" }, "Find"), "geolocation" in navigator && locate(where, () => { drawn = null; look(); })));
  const again = setInterval(() => { if (!document.hidden) look(); }, AGAIN_MS);
  signal.addEventListener("abort", () => clearInterval(again), { once: true });
  look();
  return [title("Find a place to charge"), accountNote(), form, summary, results];
}
