/* part.js: pieces of a page that are drawn anew only when what they show has changed, so that nothing moves under a finger. */
import { el, replace } from "/shared/dom.js";
import { announce, button } from "/shared/ui.js";

/* What somebody would know again. */
const nameOf = (node) => node.dataset.name || node.getAttribute("aria-label") || node.getAttribute("href");

/* Whoever was at something in |place| when |change()| draws it anew is at it afterwards, or at the top of the page. */
export function keepingFocus(place, change) {
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  const name = focused && nameOf(focused);
  change();
  if (!focused || focused.isConnected) return;
  const same = name && [...place.querySelectorAll("button, a, input, select")].find((node) => nameOf(node) === name);
  (same || document.querySelector("h1"))?.focus({ preventScroll: true });
}

/* drawn(node, pick, draw): |node| with update(data). */
export function drawn(node, pick, draw) {
  let seen;
  node.update = (data) => {
    const what = pick(data);
    const now = JSON.stringify(what) ?? "";
    if (now === seen) return;
    seen = now;
    const children = what === null || what === undefined ? null : draw(what, data);
    node.hidden = !children;
    keepingFocus(node, () => replace(node, children));
  };
  return node;
}

/* part("pay", (data) => what matters, (what, data) => nodes, or null to hide it) */
export function part(className, pick, draw) {
  return drawn(el("section", { class: ["card", className] }), pick, draw);
}

/* A button that does something at the server: it waits, and says what went wrong. */
export function acting(text, work, attributes = {}) {
  const own = button(text, async () => {
    own.disabled = true;
    try {
      await work();
    } catch (error) {
      announce(error.sentence || error.message, "bad");
    } finally {
      own.disabled = false;
    }
  }, { "data-name": text, ...attributes });
  return own;
}

/* How long it is until |text|, as the server's clock has it; tick() draws it. */
export function countdown(text) {
  return el("span", { "data-until": text });
}

export function tick(place, skewMs) {
  for (const node of place.querySelectorAll("[data-until]")) {
    const seconds = Math.max(0, Math.round((Date.parse(node.dataset.until) - Date.now() - skewMs) / 1000));
    const minutes = Math.floor(seconds / 60);
    const words = minutes >= 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
    if (node.textContent !== words) node.textContent = words;
  }
}
