/* format.js: how numbers and times look. Amounts of money come as text and stay it: nobody rounds them here. */
import { el } from "./dom.js";

const day = new Intl.DateTimeFormat(undefined, { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
const fraction = (digits) => new Intl.NumberFormat(undefined, { minimumFractionDigits: digits, maximumFractionDigits: digits });
const one = fraction(1);
const three = fraction(3);

export const NONE = "–";

export function timeText(text) {
  const time = new Date(text);
  return text && !Number.isNaN(time.getTime()) ? day.format(time) : NONE;
}

/* A time of today by the clock alone; all of it in the title. */
export function time(text) {
  const when = new Date(text);
  if (!text || Number.isNaN(when.getTime())) return NONE;
  const today = new Date().toDateString() === when.toDateString();
  return el("time", { datetime: text, title: text }, today ? clock.format(when) : day.format(when));
}

export function duration(from, to) {
  const seconds = Math.max(0, Math.round((new Date(to || Date.now()) - new Date(from)) / 1000));
  return from && !Number.isNaN(seconds) ? secondsText(seconds) : NONE;
}

export function secondsText(seconds) {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (hours > 0) return `${hours} h ${String(minutes).padStart(2, "0")} min`;
  return minutes > 0 ? `${minutes} min ${String(seconds % 60).padStart(2, "0")} s` : `${seconds} s`;
}

export function energy(wattHours) {
  return wattHours === undefined || wattHours === null ? NONE : `${three.format(wattHours / 1000)} kWh`;
}

export function power(watts) {
  return watts === undefined || watts === null ? NONE : `${one.format(watts / 1000)} kW`;
}

export function bytes(size) {
  return size < 1024 ? `${size} B` : `${one.format(size / 1024)} KiB`;
}

export function money(amount, currency) {
  return amount === undefined || amount === null ? NONE : currency ? `${amount} ${currency}` : amount;
}

/* Milliwatt-hours and seconds of a bill. */
export function milliwattHours(value) {
  return energy(value / 1000);
}
