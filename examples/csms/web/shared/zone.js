/* zone.js: moments and days where the piles stand, which need not be where the reader is. */

const MOMENT = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false };

/* A moment in |zone|, which is said when it is not as by the reader's own clock. */
export function momentIn(zone, text) {
  const when = new Date(text);
  if (!text || Number.isNaN(when.getTime())) return "–";
  const own = new Intl.DateTimeFormat(undefined, MOMENT).format(when);
  try {
    const there = new Intl.DateTimeFormat(undefined, { ...MOMENT, timeZone: zone }).format(when);
    return there === own ? there : `${there} (${zone})`;
  } catch {
    return own;
  }
}

/* The day of a moment in |zone|: "2026-11-21". */
export function dayIn(zone, text) {
  return new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", timeZone: zone }).format(new Date(text));
}

/* The days from |first| to |last|, both included. */
export function daysBetween(first, last) {
  const days = [];
  for (let at = Date.parse(`${first}T12:00:00Z`); at <= Date.parse(`${last}T12:00:00Z`); at += 86400000) days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

/* When the day |day| begins in |zone|, as the server wants it. */
export function beginOfDay(zone, day) {
  const wanted = Date.parse(`${day}T00:00:00Z`);
  let at = wanted;
  for (let i = 0; i < 3; i += 1) {
    const parts = Object.fromEntries(new Intl.DateTimeFormat("en-CA", { ...MOMENT, hourCycle: "h23", hour12: undefined, timeZone: zone }).formatToParts(new Date(at)).map((part) => [part.type, part.value]));
    const shown = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
    at += wanted - shown;
  }
  return new Date(at).toISOString();
}
