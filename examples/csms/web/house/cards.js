/* cards.js: cards and what became of them. */
import { path } from "/shared/api.js";
import { el, replace, word } from "/shared/dom.js";
import { energy } from "/shared/format.js";
import { acting } from "/shared/part.js";
import { announce, ask, button, dialog, field, pill, section, select, table } from "/shared/ui.js";
import { forgetting } from "./door.js";
import { codeOf } from "./keys.js";
import { living } from "./living.js";

const STATES = { Active: ["in use", "good"], LoggedOut: ["logged out", "warn"], Lost: ["lost", "bad"], Replaced: ["replaced", ""], Ended: ["ended", ""] };

async function tellSecret(card, secret) {
  await dialog({
    title: "The card's code",
    body: [el("p", {}, "This is told now and never again. Print it on the card as a QR code: a phone that scans it asks to be bound to the card."),
      el("p", {}, el("code", {}, codeOf(card, secret)))],
    confirm: "I have it", cancel: null, wide: true,
  });
}

export async function cards(context) {
  const { api, at, me, isTenant, may, signal, title } = context;
  let people = []; /* the tenants */
  const say = async (card, act, words) => {
    await api.post(`${at}${path`/cards/${card.id}/${act}`}`);
    announce(words);
    await page.now();
  };

  function replaceCard(card) {
    const token = el("input", { autocomplete: "off", spellcheck: "false", maxlength: 255 });
    return dialog({
      title: `Replace ${card.idToken}`, confirm: "Replace",
      body: [el("p", {}, "What stands in no statement yet moves to the new card."), field("Number of the new card", token, { required: true })],
      onconfirm: async () => {
        const told = await api.post(`${at}${path`/cards/${card.id}/replace`}`, { idToken: token.value.trim() });
        return told;
      },
    }).then(async (told) => {
      if (!told) return;
      await tellSecret(told.id, told.secret);
      await page.now();
    });
  }

  function issue() {
    const residents = people.filter((tenant) => tenant.state === "Living");
    if (residents.length === 0) {
      announce("A charging card is a tenant's, and nobody lives here yet: add a tenant first.", "bad");
      return null;
    }
    const token = el("input", { autocomplete: "off", spellcheck: "false", maxlength: 255 });
    const who = select(Object.fromEntries(residents.map((tenant) => [tenant.id, `${tenant.name}, flat ${tenant.flat}`])));
    return dialog({
      title: "Issue a charging card", confirm: "Issue", body: [field("Tenant", who, { required: true }), field("Number of the card", token, { required: true })],
      onconfirm: () => api.post(`${at}/cards`, { kind: "charging", tenant: who.value, idToken: token.value.trim() }),
    }).then(async (told) => {
      if (!told) return;
      await tellSecret(told.id, told.secret);
      await page.now();
    });
  }

  function acts(card) {
    const name = card.idToken;
    const isOpen = card.state === "Active" || card.state === "LoggedOut";
    const isCharging = card.kind === "charging";
    const lost = isOpen && (may("LogOutCards") || card.id === me.card) && button("Lost", () =>
      ask("Is the card lost?", "It is blocked at once, and its phones with it. It can be replaced.", "It is lost", () => say(card, "lost", "The card is blocked.")), { class: "small", "aria-label": `Lost: card ${name}` });
    return el("div", { class: "pills" },
      may("LogOutCards") && card.state === "Active" && isCharging && acting("Log out", () => say(card, "log-out", "The card is logged out; what ran with it was stopped."), { class: "small", "aria-label": `Log out card ${name}`, "data-name": `out ${card.id}` }),
      may("LogOutCards") && card.state === "LoggedOut" && isCharging && acting("Let in", () => say(card, "let-in", "The card may charge again."), { class: "small", "aria-label": `Let in card ${name}`, "data-name": `in ${card.id}` }),
      lost,
      may("ManageTenants") && isCharging && card.state !== "Ended" && card.state !== "Replaced" && button("Replace", () => replaceCard(card), { class: "small", "aria-label": `Replace card ${name}` }),
      may("ManageTenants") && isCharging && card.state !== "Ended" && card.state !== "Replaced" && button("End", () => ask("End the card?", "For good. What it used stays to be paid.", "End it", () => say(card, "end", "The card is ended.")), { class: "small", "aria-label": `End card ${name}` }));
  }

  const nameOf = (id) => { const tenant = people.find((one) => one.id === id); return tenant ? tenant.name || "somebody" : "–"; };
  const own = el("span");
  const list = table({
    caption: "Energy since the card began, and what stands in no statement yet",
    columns: [
      { label: "Card", cell: (card) => [word(card.idToken), card.kind === "privilege" && [" ", pill("privilege")]] },
      ...(isTenant ? [] : [{ label: "Tenant", cell: (card) => nameOf(card.tenant) }]),
      { label: "State", cell: (card) => pill(...(STATES[card.state] || [card.state])) },
      { label: "Phones", numeric: true, cell: (card) => String(card.phones) },
      { label: "Not stated yet", numeric: true, cell: (card) => energy(card.openKwh * 1000) },
      { label: "Altogether", numeric: true, cell: (card) => energy(card.totalKwh * 1000) },
      { label: "Do", cell: acts },
    ],
    rows: [], none: "There are no cards.", print: (card) => JSON.stringify([card, nameOf(card.tenant)]),
  });
  const page = living(context, () => Promise.all([api.get(`${at}/cards`, { signal }), isTenant ? { tenants: [] } : api.get(`${at}/tenants`, { signal })]), ([{ cards: rows }, { tenants }]) => {
    people = tenants;
    list.update(rows);
    replace(own, word(rows.find((card) => card.id === me.card)?.idToken || "–"));
  });
  await page.first();
  return [
    el("div", { class: "heading" }, title(isTenant ? "My card" : "Cards"), may("ManageTenants") && el("span", { class: "push" }, button("Issue a card", issue, { class: "primary" }))),
    page.wrong, section(isTenant ? "Cards" : "All cards", list),
    el("p", { class: "soft" }, "This phone is bound to the card ", own, "."), forgetting(),
  ];
}
