/* pay.js: what is to be paid, and how. */
import { el, replace, svg, word } from "/shared/dom.js";
import { acting, countdown } from "/shared/part.js";
import { announce } from "/shared/ui.js";
import { amount, isNothing } from "./words.js";

/* The code comes as an image of a path; it is drawn anew, so that nothing else in it counts. */
async function drawCode(api, place) {
  const response = await api.fetch("/api/drive/visit/qr");
  if (!response.ok) {
    replace(place, el("p", { class: "hint" }, response.status === 501 ? "This server draws no codes." : "There is no code now."));
    return;
  }
  const image = new DOMParser().parseFromString(await response.text(), "image/svg+xml").documentElement;
  const box = (image.getAttribute("viewBox") || "").split(" ").map(Number);
  if (box.length !== 4 || box.some(Number.isNaN)) return;
  replace(place, svg("svg", { class: "code", viewBox: box.join(" "), role: "img", "aria-label": "QR code: whoever scans it can pay this visit" },
    [...image.querySelectorAll("path")].map((one) => svg("path", { d: one.getAttribute("d"), fill: one.getAttribute("fill") === "#fff" ? "#fff" : "#000" }))));
}

function how(provider) {
  if (provider === "wallet") return "It is taken from your account.";
  if (provider === "postpaid") return "It is put on your account.";
  return provider ? ["It is paid by ", word(provider), "."] : null;
}

function goOn(url) {
  return el("p", {}, el("a", { class: "button primary", href: /^https?:\/\//i.test(url) ? url : "#", rel: "noreferrer" }, "Go on to your bank"));
}

export function pay(api, data, refresh) {
  const { visit } = data;
  if (!["Paying", "Owed"].includes(visit.state) || isNothing(visit.missing)) return null;
  const failed = data.orders[0]?.legs.filter((leg) => leg.state === "Failed").at(-1);
  const code = el("div", { class: "code-place" });
  drawCode(api, code).catch(() => replace(code, el("p", { class: "hint" }, "There is no code now.")));
  return [
    el("h2", {}, "To be paid"),
    el("p", { class: "due" }, amount(visit.missing, visit.currency)),
    !isNothing(visit.deposits) && el("p", {}, "Deposits of power banks that are out: ", word(`${visit.deposits} ${visit.currency}`), ", included."),
    visit.state === "Paying" && el("p", {}, "The cable is free as soon as it is paid.", visit.deadline && [" Otherwise it is let go in ", countdown(visit.deadline), ", and what is missing stays owed."]),
    visit.state === "Owed" && el("p", { class: "bad-words" }, "The cable was let go, and this is still owed."),
    failed && !visit.beingPaid && el("p", { class: "bad-words", role: "alert" }, "The last try did not succeed", failed.reason ? [": ", word(failed.reason)] : null, ". Nothing was taken."),
    visit.beingPaid ? (visit.actionUrl ? goOn(visit.actionUrl) : el("p", { role: "status" }, "It is being paid …"))
      : el("div", { class: "paying" },
        el("div", {}, acting(`Pay ${visit.missing} ${visit.currency}`, async () => {
          await api.post("/api/drive/visit/pay");
          announce("It is being paid.");
          await refresh();
        }, { class: "primary big" }), el("p", { class: "hint" }, how(data.orders[0]?.provider))),
        el("figure", {}, code, el("figcaption", { class: "hint" }, "Or let another phone scan this."))),
  ];
}
