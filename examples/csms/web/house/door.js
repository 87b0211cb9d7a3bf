/* door.js: how a phone comes in: by the code of a card, and then by showing the card at a pile, or by the landlord's word. */
import { el, replace } from "/shared/dom.js";
import { pulse } from "/shared/pulse.js";
import { announce, ask, button, failure, field, isComplete, section } from "/shared/ui.js";
import { bearer, keepBearer, PhoneApi } from "./keys.js";

function waiting({ live, signal }) {
  const api = new PhoneApi();
  const wrong = el("div", { role: "alert" });
  const watch = pulse(live, async () => {
    const me = await api.get("/api/settlement/phones/me", { signal });
    if (me.bound) {
      location.hash = "";
      location.reload();
    }
  }, signal, { ends: (error) => error.status === 401 });
  watch.tell((state, error) => {
    const isOver = error?.status === 401;
    replace(wrong, error && failure(isOver ? { sentence: "Nobody let this phone in within the time. Scan the card's code again." } : error));
  });
  watch.now().catch(() => {}); /* it is said above */
  return section("Almost there",
    el("p", { role: "status" }, el("span", { class: "spinner", "aria-hidden": "true" }), "This phone waits to be let in:"),
    el("ul", {}, el("li", {}, "choose “bind a phone” at a pile of the house and show the card there; or"), el("li", {}, "for a charging card: ask who manages the house to approve this phone.")),
    wrong, forgetting());
}

export function forgetting() {
  return el("div", { class: "actions left" }, button("Forget the card on this phone", () => ask("Forget the card?", "This phone has to scan the card's code again.", "Forget it", () => {
    keepBearer(null);
    location.hash = "";
    location.reload();
  })));
}

function binding(scanned) {
  const card = el("input", { autocomplete: "off", spellcheck: "false", maxlength: 26, value: scanned?.card || "" });
  const secret = el("input", { autocomplete: "off", spellcheck: "false", maxlength: 26, type: "password", value: scanned?.secret || "" });
  const name = el("input", { autocomplete: "off", maxlength: 40, value: "" });
  const fields = [field("Card", card, { required: true, hint: "What the code of the card says; scanning it fills this in." }), field("Secret", secret, { required: true }),
    field("What this phone is called", name, { required: true, hint: "So that you know it again among others." })];
  const form = el("form", {
    novalidate: true,
    onsubmit: async (event) => {
      event.preventDefault();
      if (!isComplete(form)) return;
      const go = form.querySelector("button[type=submit]");
      go.disabled = true;
      try {
        const told = await new PhoneApi(null).post("/api/settlement/phones", { card: card.value.trim(), secret: secret.value.trim(), name: name.value.trim() });
        keepBearer(told.bearer);
        location.hash = "";
        location.reload();
      } catch (error) {
        announce(error.sentence || error.message, "bad");
        go.disabled = false;
      }
    },
  }, fields, el("div", { class: "actions left" }, el("button", { type: "submit", class: "primary" }, "Bind this phone")));
  return section("Bind this phone to a card", form);
}

/* door(scanned, me): the page. */
export function door(scanned, me) {
  return async (context) => {
    const { title } = context;
    const isWaiting = !scanned && me && !me.error && !me.bound;
    return [title(isWaiting ? "Waiting to be let in" : "Your house"),
      me?.error && failure(me.error, () => location.reload()),
      isWaiting ? waiting(context) : [
        el("p", {}, "The landlord and the tenants of a rental house see here what was charged, and what it costs. Scan the code of your card with this phone."),
        bearer() && !scanned && !me?.error && el("p", { class: "bad-words" }, "The card this phone was bound to lets it in no more."),
        scanned && !scanned.card && el("p", { class: "bad-words" }, "The code in the address is not whole. Scan it again."),
        binding(scanned), bearer() && forgetting()]];
  };
}
