/* words.js: what states are called to who has the visit, and amounts as the server wrote them. */
import { el, word } from "/shared/dom.js";

export const VISIT_WORDS = {
  Asked: "Asking the pile to keep the place",
  Told: "Reserved: say that you have the number",
  Heard: "Waiting for the pile to take the number",
  Confirmed: "Reserved for you",
  Matched: "Charging",
  Paying: "Charging is over: to be paid",
  Done: "Paid",
  Owed: "Not paid yet",
  Expired: "The reservation is over",
  Cancelled: "Cancelled",
  Refused: "The pile could not keep the place",
};

export const VISIT_TONES = { Asked: "busy", Told: "warn", Heard: "busy", Confirmed: "good", Matched: "busy", Paying: "warn", Done: "good", Owed: "bad", Expired: "", Cancelled: "", Refused: "bad" };

export const RENTAL_WORDS = {
  Requested: "Waiting for the deposit",
  Granted: "The pile is about to let it out: take it",
  Taken: "With you",
  Unseen: "Let out",
  Swapping: "Being swapped",
  Suspense: "Somebody looks at it; the clock stands",
  Returned: "Returned",
  Bought: "Bought",
  Failed: "Not let out; nothing is asked for it",
  Silent: "The pile told nothing of it",
};

export const SESSION_WORDS = {
  Charging: "Charging",
  SuspendedEV: "The vehicle takes nothing now",
  SuspendedEVSE: "The pile gives nothing now",
  EVConnected: "The vehicle is connected",
  Idle: "No vehicle",
};

export function isNothing(amount) {
  return amount === undefined || amount === null || /^-?[0.]*$/.test(amount);
}

/* An amount large enough to be seen from afar. */
export function amount(text, currency, attributes = {}) {
  return el("span", { class: "amount", ...attributes }, word(text), " ", el("span", { class: "currency" }, word(currency)));
}

/* |minor| units as an amount with as many digits behind the point as |like| has: by letters, not by arithmetic. */
export function minorText(minor, like) {
  const digits = (String(like || "0.00").split(".")[1] || "").length;
  const text = String(Math.abs(minor)).padStart(digits + 1, "0");
  return (minor < 0 ? "-" : "") + (digits ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text);
}

/* Exactly: 10000000 mWh are 10 kWh. */
export function exactly(whole, digits) {
  return minorText(whole, `0.${"0".repeat(digits)}`).replace(/\.?0+$/, "");
}

export function seconds(count) {
  const minutes = Math.floor(count / 60);
  const rest = count % 60 ? ` ${count % 60} s` : "";
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${minutes % 60} min` : ""}`;
  return minutes > 0 ? `${minutes} min${rest}` : rest.trim() || "0 s";
}

/* What a line bills: "12.5 kWh", "1 h 5 min", "". */
export function billed(line) {
  if (line.unit === "Kwh") return `${exactly(line.billed, 6)} kWh`;
  if (line.unit === "Hour" || line.unit === "Minute") return seconds(line.billed);
  return line.unit === "Unit" ? seconds(line.billed) : ""; /* of a power bank: units begun, as time */
}

export function pricedBy(line, currency) {
  const units = { Kwh: "/kWh", Hour: "/h", Minute: "/min" };
  return units[line.unit] && line.price !== undefined ? `${line.price} ${currency}${units[line.unit]}` : "";
}
