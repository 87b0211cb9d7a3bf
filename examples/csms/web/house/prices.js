/* prices.js: what a kWh costs, from when on; and a new version of it. */
import { path } from "/shared/api.js";
import { el } from "/shared/dom.js";
import { acting } from "/shared/part.js";
import { announce, button, dialog, field, pill, section, table } from "/shared/ui.js";
import { beginOfDay, momentIn } from "/shared/zone.js";
import { living } from "./living.js";

/* "19" or "8.1" percent in millionths, by letters; null when it is none. */
export function ppm(text) {
  const found = /^(\d{1,2})(?:\.(\d{1,4}))?$/.exec(text.trim());
  return found ? Number(found[1]) * 10000 + Number((found[2] || "").padEnd(4, "0")) : null;
}

export async function prices(context) {
  const { api, at, house, may, signal, title } = context;

  function set() {
    const input = (attributes) => el("input", { autocomplete: "off", ...attributes });
    const price = input({ inputmode: "decimal", placeholder: "0.40" }), name = input({ maxlength: 32, value: "VAT" }), rate = input({ inputmode: "decimal", value: "19" }), from = input({ type: "date" });
    const included = el("input", { type: "checkbox" });
    const rateField = field("Tax in percent", rate, { hint: "Empty: none." });
    const priceField = field(`Price of a kWh in ${house.currency}`, price, { required: true });
    return dialog({
      title: "A new price", confirm: "Set the price",
      body: [el("p", {}, "Sessions keep the price they began with; what was used is never priced again."), priceField, field("Name of the tax", name), rateField,
        el("p", {}, el("label", {}, included, " the tax is in the price")), field("From the beginning of", from, { hint: `In ${house.zone}. Empty: from now on.` })],
      onconfirm: async () => {
        const isPrice = /^\d{1,9}(\.\d{1,6})?$/.test(price.value.trim());
        const share = rate.value.trim() ? ppm(rate.value) : 0;
        priceField.fail(isPrice ? "" : "A price like 0.40");
        rateField.fail(share !== null ? "" : "Percent, like 19 or 8.1");
        if (!isPrice || share === null) return false;
        await api.post(`${at}/prices`, {
          price: price.value.trim(), taxIncluded: included.checked, ...(rate.value.trim() ? { taxes: [{ name: name.value.trim() || "Tax", ratePpm: share }] } : {}),
          ...(from.value ? { validFrom: beginOfDay(house.zone, from.value) } : {}),
        });
        return true;
      },
    }).then((done) => done && page.now());
  }

  const acts = (price) => price.state === "Asked" && may("SetPrices") && acting("Confirm", async () => {
    await api.post(`${at}${path`/prices/${price.number}/confirm`}`);
    announce("Confirmed.");
    await page.now();
  }, { class: "small primary", "aria-label": `Confirm price ${price.number}`, "data-name": `confirm ${price.number}` });
  const list = table({
    caption: `Of a kWh, in ${house.currency}. A price above the limit waits to be confirmed twice.`,
    columns: [
      { label: "Number", cell: (price) => String(price.number) },
      { label: "Price", numeric: true, cell: (price) => price.price },
      { label: "Tax", cell: (price) => (price.taxIncluded ? "in the price" : "beside it") },
      { label: "Valid from", cell: (price) => momentIn(house.zone, price.validFrom) },
      { label: "State", cell: (price) => (price.number === house.priceNumber ? pill("holds now", "good") : pill({ Asked: `waits: confirmed ${price.confirmations} of 2`, Valid: "valid", Dropped: "dropped" }[price.state] || price.state, price.state === "Asked" ? "warn" : "")) },
      ...(may("SetPrices") ? [{ label: "Set by", cell: (price) => price.setBy || "–" }, { label: "Do", cell: acts }] : []),
    ],
    rows: [], none: "There is no price yet.", print: (price) => JSON.stringify([price, price.number === house.priceNumber]),
  });
  const page = living(context, () => Promise.all([api.get(`${at}/prices`, { signal }), context.readHouse()]), ([{ prices: rows }]) => list.update([...rows].reverse()));
  await page.first();
  return [
    el("div", { class: "heading" }, title("Prices"), may("SetPrices") && el("span", { class: "push" }, button("Set a price", set, { class: "primary" }))),
    page.wrong, section("Versions", list),
  ];
}
