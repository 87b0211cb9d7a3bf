/* ui.js: the pieces pages are made of: tables, pills, dialogs, fields, and the honest states of whatever is not there yet. */
import { el, replace, uniqueId, word } from "./dom.js";
import { said } from "./words.js";

/* --- states --------------------------------------------------------------------------------------------------------------------- */

export function loading(what = "Loading") {
  return el("p", { class: "state", role: "status" }, el("span", { class: "spinner", "aria-hidden": "true" }), `${what} …`);
}

export function empty(text, ...more) {
  return el("div", { class: "state" }, el("p", {}, text), more);
}

export function failure(error, retry) {
  return el("div", { class: "state bad", role: "alert" },
    el("p", {}, error.sentence || String(error.message || error)),
    retry && el("button", { type: "button", onclick: retry }, "Try again"));
}

/* Shows what |load(signal)| brings in |place|: loading first, then what |draw(value)| makes of it, or what went wrong. */
export async function show(place, load, draw, signal) {
  if (!place.hasChildNodes()) replace(place, loading());
  try {
    const value = await load(signal);
    if (!signal?.aborted) replace(place, draw(value));
  } catch (error) {
    if (error.name === "AbortError" || signal?.aborted) return;
    replace(place, failure(error, () => show(replace(place), load, draw, signal)));
    if (!error.sentence) console.error(error);
  }
}

/* --- small things ----------------------------------------------------------------------------------------------------------------- */

/* A state in a word; the colour says it again for those who see it. |tone|: good, busy, warn, bad, or none. */
export function pill(text, tone = "") {
  return el("span", { class: ["pill", tone] }, word(text));
}

const TONES = {
  good: ["Accepted", "Available", "Paid", "Captured", "Active", "ok", "intact", "Enrolled", "Released", "connected", "Done", "valid", "Returned", "Bought"],
  busy: ["Charging", "Occupied", "Preparing", "Finishing", "Open", "Sealed", "Held", "Capturing", "Authorizing", "Issued", "open", "Reserved", "EVConnected", "Pending", "Taken", "Rented"],
  warn: ["SuspendedEV", "SuspendedEVSE", "Due", "Gathering", "Review", "quirk", "Registered", "Suspense", "Silent", "OutOfService"],
  bad: ["Faulted", "Unavailable", "Rejected", "Debt", "Failed", "Blocked", "Invalid", "Expired", "invalid", "Revoked", "Quarantined", "refused", "WrittenOff", "Lost"],
};

export function toneOf(status) {
  return Object.keys(TONES).find((tone) => TONES[tone].includes(status)) || "";
}

/* |words|: a table of words.js; the server's word stays in the title. */
export function status(name, words = {}) {
  const sign = pill(said(words, name), toneOf(name));
  if (Object.hasOwn(words, name)) sign.title = name;
  return sign;
}

export function button(text, onclick, attributes = {}) {
  return el("button", { type: "button", onclick, ...attributes }, text);
}

/* A definition list of [name, value] pairs; pairs without a value are left out. */
export function facts(pairs) {
  return el("dl", { class: "facts" }, pairs.filter(([, value]) => value !== undefined && value !== null && value !== false && value !== "")
    .map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value instanceof Node || Array.isArray(value) ? value : word(value)))));
}

export function section(title, ...children) {
  const id = uniqueId("section");
  return el("section", { class: "card", "aria-labelledby": id }, el("h2", { id }, title), children);
}

/* A word to everybody, also to those who do not see it. */
export function announce(text, tone = "") {
  const place = document.getElementById("announcements");
  const note = el("p", { class: ["note", tone] }, text);
  place.append(note);
  setTimeout(() => note.remove(), tone === "bad" ? 12000 : 6000);
}

/* --- tables ----------------------------------------------------------------------------------------------------------------------- */

/* table({ caption, columns, rows, none, print }): columns are { label, cell(row), numeric, wide }; a cell is a node or a text. On a
 * narrow screen each row becomes a card; roles keep it a table for screen readers. |update(rows)| shows others: rows whose |print(row)|
 * is as it was stay the same elements, with whatever is open or has the focus in them. */
export function table({ caption, columns, rows, none = "Nothing here.", className = "", print = JSON.stringify }) {
  const body = el("tbody", { role: "rowgroup" });
  const head = el("thead", { role: "rowgroup" }, el("tr", { role: "row" },
    columns.map((column) => el("th", { scope: "col", role: "columnheader", class: column.numeric && "number" }, column.label))));
  const whole = el("table", { role: "table", class: className }, el("caption", {}, caption), head, body);
  const place = el("div", { class: "table" });

  /* Several things are one piece: on a narrow screen it stands beside its label. */
  function content(value) {
    if (Array.isArray(value)) return value.flat(Infinity).some((one) => one || one === 0) ? el("span", {}, value) : null;
    return value instanceof Node || value === false ? value : value === undefined || value === null || value === "" ? null : word(value);
  }

  const cell = (column, row) => el("td", { role: "cell", "data-label": column.label, class: [column.numeric && "number", column.wide && "wide"] }, content(column.cell(row)));

  let kept = new Map(); /* print: rows that are shown; equal ones are several */

  function update(fresh) {
    const now = new Map();
    const wanted = fresh.map((row) => {
      const mark = print(row);
      const shown = kept.get(mark)?.shift() || el("tr", { role: "row" }, columns.map((column) => cell(column, row)));
      if (!now.has(mark)) now.set(mark, []);
      now.get(mark).push(shown);
      return shown;
    });
    for (const gone of [...kept.values()].flat()) gone.remove();
    kept = now;
    wanted.forEach((row, i) => { if (body.children[i] !== row) body.insertBefore(row, body.children[i] || null); });
    if (fresh.length === 0) replace(place, empty(none));
    else if (whole.parentNode !== place) replace(place, whole);
  }

  update(rows);
  place.update = update;
  return place;
}

/* --- fields and dialogs --------------------------------------------------------------------------------------------------------------- */

/* A labelled input. |field.fail(text)| says what is wrong with it; no text: nothing. */
export function field(label, input, { hint, required } = {}) {
  const id = input.id || uniqueId("field");
  const wrong = el("span", { class: "wrong", id: `${id}-wrong` });
  const help = hint ? el("span", { class: "hint", id: `${id}-hint` }, hint) : null;
  input.id = id;
  input.setAttribute("aria-describedby", [help && help.id, wrong.id].filter(Boolean).join(" "));
  if (required) input.setAttribute("aria-required", "true");
  const whole = el("div", { class: "field" }, el("label", { for: id }, label, required && el("span", { class: "required", "aria-hidden": "true" }, " *")), input, help, wrong);
  whole.input = input;
  whole.fail = (text) => {
    replace(wrong, text);
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  };
  return whole;
}

/* select({ "": "any", Open: "open" }, value); without |value| the first is chosen. */
export function select(options, value, attributes = {}) {
  const choices = Array.isArray(options) ? options.map((option) => [option, option]) : Object.entries(options);
  const input = el("select", attributes, choices.map(([name, text]) => el("option", { value: name }, text)));
  if (value !== undefined) input.value = value;
  return input;
}

/* Whether all required fields of |form| are filled in; the others say that they are needed. */
export function isComplete(form) {
  const needed = [...form.querySelectorAll("[aria-required]")];
  const missing = needed.filter((input) => !input.value.trim());
  for (const input of needed) input.closest(".field").fail(missing.includes(input) ? "This is needed." : "");
  missing[0]?.focus();
  return missing.length === 0;
}

/* dialog({ title, body, confirm, onconfirm }): modal; the focus comes back to where it was. |onconfirm()| may throw: what went wrong is
 * shown and the dialog stays, as it does while something required is missing. Resolves to what it returned, or undefined when the person left. */
export function dialog({ title, body, confirm = "OK", cancel = "Cancel", danger = false, onconfirm = () => true, wide = false }) {
  const id = uniqueId("dialog");
  return new Promise((resolve) => {
    let result;
    const wrong = el("p", { class: "wrong", role: "alert" });
    const go = el("button", { type: "submit", class: danger ? "danger" : "primary" }, confirm);
    const form = el("form", { method: "dialog", novalidate: true }, el("h2", { id }, title), body, wrong,
      el("div", { class: "actions" }, cancel && button(cancel, () => whole.close()), go));
    const whole = el("dialog", { "aria-labelledby": id, class: wide && "wide" }, form);

    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      replace(wrong);
      if (!isComplete(form)) return;
      go.disabled = true;
      try {
        result = await onconfirm(form);
        if (result !== false) whole.close();
      } catch (error) {
        replace(wrong, error.sentence || error.message);
      } finally {
        go.disabled = false;
      }
    });
    whole.addEventListener("close", () => {
      whole.remove();
      resolve(result);
    });
    document.body.append(whole);
    whole.showModal();
  });
}

/* Asks before something is done that cannot be undone. */
export function ask(title, text, confirm, onconfirm) {
  return dialog({ title, body: el("p", {}, text), confirm, danger: true, onconfirm });
}
