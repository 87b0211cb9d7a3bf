/* dom.js: makes elements. Text only ever becomes a text node or an attribute's value, so what a station calls itself stays text. */

const SVG = "http://www.w3.org/2000/svg";
const URL_ATTRIBUTES = new Set(["href", "src", "action", "formaction"]);

/* A place of this server, or another's page: never a script. */
export function isSafeUrl(url) {
  return /^(https?:\/\/|[/#?]|\.\.?\/|data:image\/(png|svg\+xml)[;,])/i.test(url) && !/^\/\//.test(url);
}

function setAttribute(element, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith("on")) {
    if (typeof value !== "function") throw new TypeError(`${name} has to be a function`);
    element.addEventListener(name.slice(2), value);
  } else if (URL_ATTRIBUTES.has(name)) {
    element.setAttribute(name, isSafeUrl(String(value)) ? String(value) : "#");
  } else if (name === "class") {
    const names = Array.isArray(value) ? value.filter(Boolean).join(" ") : value;
    if (names) element.setAttribute("class", names);
  } else if (name === "value" && "value" in element) {
    element.value = value;
  } else if (name === "style" || name === "srcdoc") {
    throw new TypeError(`${name} is not set here`);
  } else {
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

function add(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/* el("p", { class: "note" }, "text", node, [more]) */
export function el(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) setAttribute(element, key, value);
  add(element, children);
  return element;
}

export function svg(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes || {})) setAttribute(element, key, value);
  add(element, children);
  return element;
}

export function replace(element, ...children) {
  element.replaceChildren();
  add(element, children);
  return element;
}

let lastId = 0;

/* A name for an element that another one refers to. */
export function uniqueId(prefix = "id") {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

/* Text from elsewhere, its direction its own: letters that turn the order around do so within it only. */
export function word(text, attributes) {
  return el("bdi", attributes, text);
}
