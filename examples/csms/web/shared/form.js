/* form.js: a form for a message, made of the description the server gives (/api/model/VERSION/ACTION): each member typed, what is
 * optional left out unless it is filled in, lists that grow, structs within structs. It is checked by the same bounds before anything
 * is sent; the server checks again, by its tables. */
import { el, replace } from "./dom.js";
import { button, field, select } from "./ui.js";

const LONG_TEXT = 255;

/* --- what a member may be, in words ---------------------------------------------------------------------------------------------- */

function rangeWords({ minimum, maximum }) {
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  if (minimum !== undefined) return `${minimum} or more`;
  return maximum !== undefined ? `at most ${maximum}` : "";
}

function hintOf(member) {
  const words = [];
  if (member.kind === "string" && member.maxLength) words.push(`at most ${member.maxLength} characters`);
  if (member.kind === "integer") words.push(`whole number ${rangeWords(member)}`.trim());
  if (member.kind === "number") words.push(`${member.tenths ? "in steps of 0.1" : "number"} ${rangeWords(member)}`.trim());
  if (member.kind === "dateTime") words.push("by this computer's clock");
  if (member.kind === "any") words.push("JSON");
  if (member.kind === "customData") words.push('JSON, with a "vendorId"');
  return words.join(", ");
}

/* --- reading one value: { value } or { wrong } --------------------------------------------------------------------------------------- */

function inRange(member, value) {
  return (member.minimum === undefined || value >= member.minimum) && (member.maximum === undefined || value <= member.maximum);
}

const readers = {
  boolean: (member, text) => ({ value: text === "true" }),
  enum: (member, text) => (member.values.includes(text) ? { value: text } : { wrong: "is none of the values" }),
  integer: (member, text) => {
    const value = Number(text);
    if (!/^[+-]?\d+$/.test(text) || !Number.isSafeInteger(value)) return { wrong: "has to be a whole number" };
    return inRange(member, value) ? { value } : { wrong: `has to be ${rangeWords(member)}` };
  },
  number: (member, text) => {
    const value = Number(text);
    if (!/^[+-]?\d+(\.\d+)?$/.test(text) || !Number.isFinite(value)) return { wrong: "has to be a number" };
    if (member.tenths && Math.abs(value * 10 - Math.round(value * 10)) > 1e-5) return { wrong: "has to be a multiple of 0.1" };
    return inRange(member, value) ? { value } : { wrong: `has to be ${rangeWords(member)}` };
  },
  string: (member, text) => {
    const count = [...text].length;
    return member.maxLength && count > member.maxLength ? { wrong: `has ${count} characters, ${member.maxLength} are allowed` } : { value: text };
  },
  dateTime: (member, text) => {
    const time = new Date(text);
    return Number.isNaN(time.getTime()) ? { wrong: "has to be a date and a time" } : { value: time.toISOString() };
  },
  any: (member, text) => {
    try {
      return { value: JSON.parse(text) };
    } catch {
      return { wrong: "has to be JSON" };
    }
  },
  customData: (member, text) => {
    const read = readers.any(member, text);
    const value = read.value;
    if (read.wrong || !value || typeof value !== "object" || Array.isArray(value)) return { wrong: "has to be a JSON object" };
    return typeof value.vendorId === "string" && [...value.vendorId].length <= 255 ? { value } : { wrong: 'needs a "vendorId" of at most 255 characters' };
  },
};

/* readText(member, text): for tests and for forms that have one member only. */
export function readText(member, text) {
  return readers[member.kind](member, text);
}

function inputOf(member) {
  switch (member.kind) {
    case "boolean": return select({ "": "", true: "true", false: "false" });
    case "enum": return select(["", ...member.values]);
    case "dateTime": return el("input", { type: "datetime-local", step: "1" });
    case "any":
    case "customData": return el("textarea", { rows: 3, spellcheck: "false" });
    case "integer":
    case "number": return el("input", { type: "text", inputmode: member.minimum >= 0 ? "decimal" : "text", autocomplete: "off" });
    default: return member.secret ? el("input", { type: "password", autocomplete: "off" })
      : member.maxLength === undefined || member.maxLength > LONG_TEXT ? el("textarea", { rows: 2, spellcheck: "false" })
        : el("input", { type: "text", autocomplete: "off", spellcheck: "false" });
  }
}

/* --- parts: each has a node and read(path, wrongs), which returns the value, undefined for none --------------------------------------- */

class Scalar {
  constructor(member, label) {
    this.member = member;
    this.input = inputOf(member);
    const place = field(label, this.input, { hint: hintOf(member), required: member.required });
    this.field = place;
    if (member.kind === "dateTime" || this.input.tagName === "TEXTAREA") place.classList.add("whole");
    this.node = member.kind === "customData" && !member.required ? el("details", { class: "field" }, el("summary", {}, label), place) : place;
    this.always = member.required || member.isItem;
  }

  read(path, form) {
    const text = this.input.value;
    form.places.set(path, this.field);
    this.field.fail("");
    if (text === "") {
      if (this.input.validity?.badInput) return form.complain(path, this.field, "cannot be read");
      return this.always ? form.complain(path, this.field, "has to be filled in") : undefined;
    }
    const { value, wrong } = readers[this.member.kind](this.member, this.member.kind === "string" ? text : text.trim());
    return wrong ? form.complain(path, this.field, wrong) : value;
  }
}

class Struct {
  constructor(member, label, types) {
    this.member = member;
    this.label = label;
    this.types = types;
    this.parts = null;
    this.inside = el("div", {});
    this.toggle = member.required || member.isItem ? null : button("Add", () => (this.parts ? this.close() : this.open()), { class: "small" });
    this.node = el("fieldset", {}, el("legend", {}, label, member.required && !member.isItem && el("span", { class: "required", "aria-hidden": "true" }, " *")), this.toggle, this.inside);
    if (!this.toggle) this.open();
    else this.close();
  }

  open() {
    this.parts = partsOf(this.types[this.member.type], this.types);
    replace(this.inside, this.parts.map(({ part }) => part.node));
    this.name("Leave out");
  }

  close() {
    this.parts = null;
    replace(this.inside);
    this.name("Add");
  }

  name(words) {
    if (!this.toggle) return;
    replace(this.toggle, words);
    this.toggle.setAttribute("aria-label", `${words}: ${this.label}`);
  }

  read(path, form) {
    return this.parts ? readParts(this.parts, path, form) : undefined;
  }
}

class List {
  constructor(member, label, types) {
    this.member = member;
    this.label = label;
    this.types = types;
    this.items = [];
    this.inside = el("div", {});
    this.wrong = el("p", { class: "wrong" });
    this.more = button("Add one", () => this.add(true), { class: "small", "aria-label": `Add one: ${label}` });
    const most = member.maxItems ? `at most ${member.maxItems}` : "a list";
    this.node = el("fieldset", {}, el("legend", {}, `${label} (${most})`, member.required && el("span", { class: "required", "aria-hidden": "true" }, " *")), this.inside, this.wrong, this.more);
    this.node.fail = (text) => replace(this.wrong, text);
    if (member.required && member.notEmpty) this.add(false);
  }

  add(focus) {
    const item = { part: partOf({ ...this.member, list: false, required: false, isItem: true }, `${this.label} ${this.items.length + 1}`, this.types) };
    item.node = el("div", { class: "item" }, item.part.node, button("Remove", () => this.remove(item), { class: "small", "aria-label": `Remove: ${this.label}` }));
    this.items.push(item);
    this.inside.append(item.node);
    this.bound();
    if (focus) item.node.querySelector("input, select, textarea, button")?.focus();
  }

  remove(item) {
    this.items = this.items.filter((one) => one !== item);
    item.node.remove();
    this.bound();
    this.more.focus();
  }

  bound() {
    this.more.disabled = this.member.maxItems !== undefined && this.items.length >= this.member.maxItems;
  }

  read(path, form) {
    form.places.set(path, this.node);
    this.node.fail("");
    if (this.items.length === 0) {
      if (!this.member.required) return undefined;
      return this.member.notEmpty ? form.complain(path, this.node, "needs at least one") : [];
    }
    return this.items.map((item, i) => item.part.read(`${path}/${i}`, form));
  }
}

function partOf(member, label, types) {
  if (member.list) return new List(member, label, types);
  return member.kind === "struct" ? new Struct(member, label, types) : new Scalar(member, label);
}

/* What has to be there comes first. */
function partsOf(members, types) {
  return members.map((member) => ({ member, part: partOf(member, member.name, types) }))
    .sort((a, b) => Number(Boolean(b.member.required)) - Number(Boolean(a.member.required)));
}

function readParts(parts, path, form) {
  const value = {};
  for (const { member, part } of parts) {
    const read = part.read(`${path}/${member.name}`, form);
    if (read !== undefined) value[member.name] = read;
  }
  return value;
}

/* --- the form --------------------------------------------------------------------------------------------------------------------------- */

export class MessageForm {
  /* |model|: { members, types } as the server describes it. */
  constructor(model) {
    this.parts = partsOf(model.members, model.types);
    this.places = new Map(); /* JSON pointer: field */
    this.node = el("div", { class: "message-form" }, this.parts.length > 0 ? this.parts.map(({ part }) => part.node) : el("p", { class: "soft" }, "This message says nothing but its name."));
  }

  complain(path, node, text) {
    node.fail(text);
    node.closest("details")?.setAttribute("open", "");
    this.wrongs.push({ path, text, node });
    return undefined;
  }

  /* { value, wrongs }: wrongs are shown at their fields; the first has the focus. */
  read() {
    this.wrongs = [];
    this.places.clear();
    const value = readParts(this.parts, "", this);
    this.wrongs[0]?.node.querySelector("input, select, textarea, button")?.focus();
    return { value, wrongs: this.wrongs };
  }

  /* Shows at its field what somebody else found wrong; false: there is no such field. */
  show(path, text) {
    const place = this.places.get((path || "").replace(/^\/payload(?=\/)/, ""));
    place?.fail(text);
    place?.querySelector("input, select, textarea")?.focus();
    return Boolean(place);
  }
}
