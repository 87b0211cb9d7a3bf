/* people.js: tenants, and the phones that are bound to cards or wait to be. */
import { path } from "/shared/api.js";
import { el } from "/shared/dom.js";
import { acting } from "/shared/part.js";
import { announce, ask, button, dialog, field, pill, section, table } from "/shared/ui.js";
import { momentIn } from "/shared/zone.js";
import { living } from "./living.js";

/* --- tenants ----------------------------------------------------------------------------------------------------------------------- */

export async function tenants(context) {
  const { api, at, may, signal, title } = context;
  const say = async (tenant, act, words) => {
    await api.post(`${at}${path`/tenants/${tenant.id}/${act}`}`);
    announce(words);
    await page.now();
  };

  function add() {
    const input = (maxlength) => el("input", { autocomplete: "off", maxlength });
    const name = input(80), flat = input(40), contact = input(120);
    return dialog({
      title: "A new tenant", confirm: "Add", body: [field("Name", name, { required: true }), field("Flat", flat, { required: true }), field("How to reach them", contact)],
      onconfirm: () => api.post(`${at}/tenants`, { name: name.value.trim(), flat: flat.value.trim(), ...(contact.value.trim() ? { contact: contact.value.trim() } : {}) }),
    }).then((told) => told && page.now());
  }

  const acts = (tenant) => el("div", { class: "pills" },
    may("ManageTenants") && tenant.state === "Living" && button("Moves out", () => ask(`Does ${tenant.name} move out?`, "The cards end, and a closing statement follows when the last session has ended.", "Moves out", () => say(tenant, "move-out", "A closing statement follows.")), { class: "small", "aria-label": `Moves out: ${tenant.name}` }),
    may("ManageTenants") && tenant.state === "Left" && tenant.name && button("Forget", () => ask(`Forget ${tenant.name}?`, "Name and contact are erased; statements stay.", "Forget", () => say(tenant, "forget", "Name and contact are erased.")), { class: "small", "aria-label": `Forget ${tenant.name}` }));
  const list = table({
    caption: "Tenants",
    columns: [
      { label: "Name", cell: (tenant) => tenant.name || "erased" },
      { label: "Flat", cell: (tenant) => tenant.flat },
      { label: "Contact", cell: (tenant) => tenant.contact || "–" },
      { label: "State", cell: (tenant) => pill({ Living: "lives here", Leaving: "moves out", Left: "moved out" }[tenant.state] || tenant.state, tenant.state === "Living" ? "good" : "") },
      { label: "Pays by", cell: (tenant) => tenant.provider || "hand" },
      { label: "Statements", numeric: true, cell: (tenant) => String(tenant.statements) },
      { label: "Do", cell: acts },
    ],
    rows: [], none: "Nobody lives here yet.",
  });
  const page = living(context, () => api.get(`${at}/tenants`, { signal }), ({ tenants: rows }) => list.update(rows));
  await page.first();
  return [
    el("div", { class: "heading" }, title("Tenants"), may("ManageTenants") && el("span", { class: "push" }, button("Add a tenant", add, { class: "primary" }))),
    page.wrong, section("Who lives here", list),
  ];
}

/* --- phones ------------------------------------------------------------------------------------------------------------------------ */

export async function phones(context) {
  const { api, at, house, may, signal, title } = context;
  let named = new Map(); /* the cards */
  const say = async (phone, act, words) => {
    await api.post(`${at}${path`/phones/${phone.id}/${act}`}`);
    announce(words);
    await page.now();
  };
  const acts = (phone) => {
    const isCharging = named.get(phone.card)?.kind === "charging";
    return el("div", { class: "pills" },
      phone.state === "Asked" && isCharging && may("ManageTenants") && acting("Approve", () => say(phone, "approve", "The phone is let in."), { class: "small primary", "aria-label": `Approve ${phone.name}`, "data-name": `approve ${phone.id}` }),
      (phone.state === "Asked" || phone.state === "Bound") && may("ManageTenants") && button("Revoke", () => ask(`Revoke ${phone.name}?`, "It has no right any more.", "Revoke", () => say(phone, "revoke", "The phone is out.")), { class: "small", "aria-label": `Revoke ${phone.name}` }));
  };
  const columns = [
    { label: "Phone", cell: (phone) => phone.name },
    { label: "Card", cell: (phone) => named.get(phone.card)?.idToken || "–" },
    { label: "State", cell: (phone) => pill({ Asked: "waits", Bound: "bound", Revoked: "revoked", Expired: "waited too long" }[phone.state] || phone.state, { Asked: "warn", Bound: "good" }[phone.state] || "") },
    { label: "Asked", cell: (phone) => momentIn(house.zone, phone.asked) },
    { label: "Bound", cell: (phone) => (phone.bound ? momentIn(house.zone, phone.bound) : "–") },
    { label: "Do", cell: acts },
  ];
  const print = (phone) => JSON.stringify([phone, named.get(phone.card)]);
  const waiting = table({ caption: "Somebody scanned the code of a card with them. Ask who it was before you approve.", columns, rows: [], none: "No phone waits.", print });
  const others = table({ caption: "Bound to cards, now or before", columns, rows: [], none: "No phone is bound.", print });
  const page = living(context, () => Promise.all([api.get(`${at}/cards`, { signal }), api.get(`${at}/phones`, { signal })]), ([{ cards }, { phones: rows }]) => {
    named = new Map(cards.map((card) => [card.id, { idToken: card.idToken, kind: card.kind }]));
    waiting.update(rows.filter((phone) => phone.state === "Asked"));
    others.update(rows.filter((phone) => phone.state !== "Asked"));
  });
  await page.first();
  return [title("Phones"), page.wrong, section("To be approved", waiting), section("All others", others)];
}
