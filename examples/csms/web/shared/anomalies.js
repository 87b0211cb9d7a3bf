/* anomalies.js: what is odd about a session or a bill, in words people use. The server's word stays in the title, for who asks. */
import { el, word } from "./dom.js";

const WORDS = {
  /* of a bill */
  EnergyFell: "the meter told less than before",
  TimeFell: "the time went back",
  NoReading: "no reading of the meter",
  NoZone: "the local time was not known",
  ClockPinned: "the clock was stopped by somebody",
  /* of a session */
  Gap: "events in between are missing",
  NoStart: "its start was not told",
  Superseded: "another one began there meanwhile",
  NoMeter: "no two readings of the meter",
  MeterFell: "the meter told less than before",
  MeterJumped: "the meter told more than can be",
  MeterPlaceholder: "a reading that was none",
  Clock: "dates that cannot be",
  Overlap: "it ended after the next one had begun",
  SecondStart: "its start was told twice, differently",
  SecondEnd: "its end was told twice, differently",
  NumberReused: "a number was used twice",
  IdReused: "its number was used before",
  Guessed: "an end without its number, which fitted",
  OtherToken: "another card or key was told with it",
  TokenRefused: "its card or key had been refused",
  AfterEnd: "something was told after its end",
};

/* |said|: the server's words, as a list or behind one another. */
export function anomalies(said) {
  const names = (Array.isArray(said) ? said : String(said || "").split(" ")).filter(Boolean);
  return names.map((name, i) => [i > 0 && ", ", el("span", { title: name }, Object.hasOwn(WORDS, name) ? WORDS[name] : word(name))]);
}
