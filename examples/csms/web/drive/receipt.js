/* receipt.js: what was paid, to print or to keep. */
import { el, word } from "/shared/dom.js";
import { link } from "/shared/shell.js";
import { button, empty } from "/shared/ui.js";
import { momentIn } from "/shared/zone.js";
import { KeyApi, visitOf } from "./keys.js";
import { orders, proof } from "./order.js";

export async function receipt({ signal, title }, [id]) {
  const known = visitOf(id || "");
  if (!known) return [title("Receipt"), empty("This phone has no key of that visit.")];
  const data = await new KeyApi(known.key).get("/api/drive/visit", { signal });
  const isPaid = data.orders.length > 0 && data.orders.every((order) => order.state === "Paid" || order.state === "Void");
  return el("article", { class: "receipt" },
    el("div", { class: "heading" }, title(isPaid ? "Receipt" : "Not a receipt yet: how the order stands"),
      el("span", { class: "push noprint" }, button("Print", () => window.print(), { class: "primary" }), " ", el("a", { class: "button", href: link("visit", id) }, "Back to the visit"))),
    el("p", {}, word(known.name || ""), known.name ? ", " : "", "pile ", word(data.visit.station), `, place ${data.visit.evse}`, el("br"),
      el("span", { class: "soft" }, `Times as at the pile: ${data.zone}. Printed ${momentIn(data.zone, data.time)}.`)),
    el("section", { class: "card" }, orders(data.orders, data.zone)),
    el("section", { class: "card" }, el("h2", {}, "What proves it"), data.orders.map((order) => proof(order, data.zone)),
      data.visit.lowered && el("p", {}, "The pile had shown less than was computed; the lower amount was charged.")));
}
