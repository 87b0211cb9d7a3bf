/* shell.js: the frame of an application of pages: the bar at the top, where one is (the fragment of the address), and whether what is
 * shown is live. A page is a function (context, parameters) that returns a node; |context.signal| is aborted when it is left. */
import { el, replace, uniqueId } from "./dom.js";
import { CONNECTING, LIVE, RECONNECTING, STOPPED } from "./live.js";
import { dialog, failure, field, loading } from "./ui.js";

const LIVE_WORDS = { [LIVE]: "live", [CONNECTING]: "connecting …", [RECONNECTING]: "reconnecting …", [STOPPED]: "not live" };

/* "#/stations/A%2FB/log?x" is ["stations", "A/B", "log"]. */
export function placeOf(hash) {
  return hash.replace(/^#\/?/, "").split("?")[0].split("/").filter(Boolean).map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
}

/* link("stations", id) is "#/stations/…". */
export function link(...parts) {
  return `#/${parts.map(encodeURIComponent).join("/")}`;
}

/* Asks the person for a token. */
export async function askToken({ title = "Sign in", label = "Operators' token", hint = "It is the first line of the server's --token-file. This tab keeps it until it is closed." } = {}) {
  const input = el("input", { type: "password", autocomplete: "off", spellcheck: "false", required: true });
  const token = await dialog({ title, body: field(label, input, { hint, required: true }), confirm: "Sign in", onconfirm: () => input.value.trim() || false });
  return token || null;
}

function liveSign(live) {
  const sign = el("button", { type: "button", class: "live", title: "what happens is shown as it happens; press to reconnect now" });
  const words = el("span", { role: "status" });
  const draw = (state) => {
    sign.dataset.state = state;
    replace(words, LIVE_WORDS[state]);
  };
  sign.append(el("span", { class: "dot", "aria-hidden": "true" }), words);
  sign.addEventListener("click", () => live.retry());
  live.on("state", draw);
  draw(live.state);
  return sign;
}

/* app({ brand, first, nav, routes, api, live }): |nav| is [[place, words, more places that belong to it]], |routes| maps the first part of
 * a place to a page, |first| is where one begins. */
export function app({ brand, nav, routes, first, api, live }) {
  const main = el("main", { id: "main", tabindex: "-1" });
  const links = nav.map(([place, words, others = []]) => Object.assign(el("a", { href: `#/${place}` }, words), { places: [place, ...others] }));
  const out = el("button", { type: "button", class: "quiet", hidden: true, onclick: () => { api.token = null; location.reload(); } }, "Sign out");
  let leave = new AbortController();

  document.body.prepend(
    el("a", { class: "skip", href: "#main", onclick: (event) => { event.preventDefault(); main.focus(); } }, "Skip to the content"),
    el("header", { class: "bar" }, el("a", { class: "brand", href: `#/${first}` }, brand), el("nav", { "aria-label": "Main" }, links), el("div", { class: "right" }, live && liveSign(live), out)),
    main,
    el("div", { id: "announcements", "aria-live": "polite" }));

  /* |anew|: the same page with what is there now; it stays where it was. */
  async function go({ focus = true, anew = false } = {}) {
    const [name = first, ...parameters] = placeOf(location.hash);
    const page = routes[name];
    leave.abort();
    leave = new AbortController();
    const { signal } = leave;
    out.hidden = !api.token;
    for (const a of links) {
      if (a.places.includes(name)) a.setAttribute("aria-current", "page");
      else a.removeAttribute("aria-current");
    }
    const titled = (title) => {
      document.title = `${title} · ${brand}`;
      return el("h1", { id: uniqueId("title"), tabindex: "-1" }, title);
    };
    if (!anew) replace(main, loading());
    try {
      const node = page ? await page({ api, live, signal, title: titled, reload: () => go({ focus: false, anew: true }) }, parameters)
        : [titled("Nothing here"), el("p", {}, "There is no such page. ", el("a", { href: `#/${first}` }, "Go to the beginning"), ".")];
      if (signal.aborted) return;
      replace(main, node);
      if (live?.state === STOPPED) live.start(); /* whoever had no token has one now */
    } catch (error) {
      if (error.name === "AbortError" || signal.aborted) return;
      replace(main, titled("It did not work"), failure(error, () => go()));
      if (!error.sentence) console.error(error);
    }
    out.hidden = !api.token;
    if (focus || (anew && document.activeElement === document.body)) main.querySelector("h1")?.focus({ preventScroll: true });
    if (!anew) window.scrollTo(0, 0);
  }

  window.addEventListener("hashchange", () => go());
  live?.start();
  go({ focus: false });
  return { go };
}
