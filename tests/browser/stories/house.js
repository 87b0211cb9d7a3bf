// A rental house: its landlord lets a tenant's phone in, and both see what was charged, by outlet and day, and the statement. Names are
// full of markup.
import assert from "node:assert/strict";
import path from "node:path";
import { until } from "../programs.js";

const HOUSES = "/api/settlement/houses";
const NAME = "Ada <img src=x onerror=somethingRan('name')>";
const HOUSE = "Elm <script>somethingRan('house')</script>";

async function settled(world) {
  const settlement = world.programs.file("settlement.json", {
    zone: "Etc/UTC", tariff: { id: "T", currency: "EUR", dialect: "Own", elements: [{ components: [{ dimension: "Energy", unit: "Kwh", priceMicro: 500000 }] }] }, payer: { provider: "postpaid" },
  });
  const db = path.join(world.programs.folder, "csms.db");
  const csms = await world.programs.csms(["--accept-unknown", "--accept-unknown-tokens", "--db", db, "--settlement", settlement, "--test-clock"]);
  const house = (await csms.api("POST", HOUSES, { name: HOUSE, landlord: "Lord", currency: "EUR", zone: "Etc/UTC" })).id;
  const at = `${HOUSES}/${house}`;
  const ask = (method, where, body = method === "GET" ? undefined : {}) => csms.api(method, at + where, body);
  await ask("PUT", "/piles/HOME");
  await ask("POST", "/piles/HOME/authorise");
  await ask("POST", "/prices", { price: "0.40", taxes: [{ name: "VAT", ratePpm: 100000 }] });
  const tenant = (await ask("POST", "/tenants", { name: NAME, flat: "3 <b>" })).id;
  const lord = await ask("POST", "/cards", { kind: "privilege", idToken: "LORD" });
  const ada = await ask("POST", "/cards", { kind: "charging", idToken: "ADA", tenant });
  const sim = world.programs.sim(csms, "HOME", ["--version", "2.0.1", "--evses", "2", "--banks", "1", "--fleet-secret", path.join(`${db}.keys`, "fleet.secret"), "--set", "MeterValueSampleInterval=1"]);
  await until(async () => (await csms.api("GET", "/api/stations")).stations.some((one) => one.id === "HOME" && one.connected && one.connectors.length === 2), "the pile");
  await until(async () => (await csms.api("GET", "/api/settlement/piles")).piles.length === 1, "the pile says hello");
  const again = () => world.programs.csms(["--accept-unknown", "--accept-unknown-tokens", "--db", db, "--settlement", settlement, "--test-clock"], { port: csms.port });
  return { csms, again, ask, lord, ada, sim };
}

async function bind(world, csms, card, name) {
  const forgive = [/401 .*phones\/me/, /404 .*settlement\/houses/, /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/]; // a server that is away; at the end a card that is logged out
  const page = await world.open(`${csms.url}/house/#card=${card.id}&secret=${card.secret}`, { forgive, deaf: [5000, 20000] }); // living.js, pulse.js
  await page.getByLabel("What this phone is called").fill(name);
  assert.ok(!page.url().includes(card.secret), "a secret is in the address");
  await page.getByRole("button", { name: "Bind this phone" }).click();
  await page.getByRole("heading", { name: "Waiting to be let in" }).waitFor();
  return page;
}

// What is missing is told at its field, and of a list somebody is chosen already.
async function aNewTenantGetsACard(landlord, ask) {
  await landlord.getByRole("button", { name: "Add a tenant" }).click();
  await landlord.getByLabel("Flat").fill("4");
  await landlord.getByRole("button", { name: "Add", exact: true }).click();
  await landlord.getByText("This is needed.").waitFor();
  assert.equal(await landlord.evaluate(() => document.activeElement.getAttribute("aria-invalid")), "true");
  await landlord.getByRole("textbox", { name: "Name" }).fill("Ben");
  await landlord.getByRole("button", { name: "Add", exact: true }).click();
  await landlord.getByRole("cell", { name: "Ben", exact: true }).waitFor();
  await landlord.getByRole("link", { name: "Cards", exact: true }).click();
  await landlord.getByRole("button", { name: "Issue a card" }).click();
  await landlord.getByLabel("Number of the card").fill("BEN");
  await landlord.getByRole("button", { name: "Issue", exact: true }).click();
  await landlord.getByRole("button", { name: "I have it" }).click();
  await landlord.getByRole("cell", { name: "BEN", exact: true }).waitFor();
  assert.equal((await ask("GET", "/cards")).cards.length, 3);
}

export async function a_landlord_lets_a_tenant_in_who_charges_and_both_see_the_statement(world) {
  const { csms, again, ask, lord, ada, sim } = await settled(world);
  const [landlord, tenant] = await Promise.all([bind(world, csms, lord, "Lord's phone"), bind(world, csms, ada, "Ada's <i>phone</i>")]);
  sim.do("reader bind", "tap LORD");
  await landlord.getByRole("heading", { name: "Consumption", level: 1 }).waitFor();
  await landlord.getByText("Nothing was charged in this time.").waitFor();
  await landlord.getByRole("link", { name: "Phones" }).click();
  await landlord.getByRole("button", { name: "Approve Ada's <i>phone</i>" }).waitFor();
  await world.look(landlord, "house-phones");
  await landlord.getByRole("button", { name: "Approve Ada's <i>phone</i>" }).click();

  await tenant.getByRole("heading", { name: "Charge", exact: true }).waitFor();
  sim.do("plug 1");
  await tenant.getByRole("button", { name: "Charge here: HOME, outlet 1" }).click();
  await tenant.getByRole("heading", { name: "Charging now" }).waitFor();
  sim.do("meter 1 +7500");
  await tenant.getByText(/7\.[5-9]/).first().waitFor(); // it goes on meanwhile
  assert.equal(await tenant.getByRole("button", { name: "Charge here: HOME, outlet 1" }).count(), 0, "what charges there already is begun again");
  await world.look(tenant, "house-charge");
  await tenant.getByRole("button", { name: "Stop at HOME, outlet 1" }).click();
  await until(async () => (await ask("GET", "/sessions")).sessions.some((one) => one.kind === "Session"), "the session is over");
  sim.do("unplug 1", "plug 2", "card 2 ADA");
  await until(async () => (await ask("GET", "/sessions")).sessions.some((one) => one.kind === "Running"), "another one runs");
  sim.do("meter 2 +2500", "card 2 ADA", "unplug 2");
  await until(async () => (await ask("GET", "/sessions")).sessions.filter((one) => one.kind === "Session" && one.kwh > 2).length === 2, "the second session");

  await landlord.getByRole("link", { name: "Consumption" }).click();
  await landlord.getByRole("img", { name: /^Consumption in kWh/ }).waitFor();
  await world.look(landlord, "house-consumption");
  await csms.api("POST", "/api/test/clock", { advance_s: 172800 });
  await landlord.getByRole("link", { name: "Statements" }).click();
  await landlord.getByRole("button", { name: "Close a period" }).click();
  await landlord.getByLabel("Before the beginning of").fill(new Date(Date.now() + 86400000).toISOString().slice(0, 10));
  await landlord.getByRole("dialog").getByRole("button", { name: "Close it" }).click();
  await until(async () => (await ask("GET", "/statements")).statements.some((one) => one.state === "Review" || one.state === "Issued"), "the statement");
  await landlord.getByRole("link", { name: "Period 1" }).click();
  await landlord.getByRole("heading", { name: "Statement 1" }).waitFor();
  // where no reading came before the meter jumped, its readings are to be looked at
  for (let left = await landlord.getByRole("button", { name: /^Stand by it/ }).count(); left > 0; left -= 1) {
    await landlord.getByRole("button", { name: /^Stand by it/ }).first().click();
    await until(async () => (await landlord.getByRole("button", { name: /^Stand by it/ }).count()) < left, "one less to look at");
  }
  await tenant.getByRole("link", { name: "Statements" }).click();
  await tenant.getByRole("link", { name: "Period 1" }).click();
  await tenant.getByRole("heading", { name: "Statement 1" }).waitFor();
  await world.look(tenant, "house-statement");
  const saved = tenant.waitForEvent("download");
  await tenant.getByRole("button", { name: "Save as CSV" }).click();
  assert.equal((await saved).suggestedFilename(), "statement-1.csv");

  await landlord.getByRole("button", { name: "Note a payment" }).click();
  await landlord.getByLabel("What came, in EUR").fill((await ask("GET", "/statements")).statements[0].gross);
  await landlord.getByLabel("Which payment it was").fill("transfer 1");
  await landlord.getByRole("button", { name: "Note it" }).click();
  await landlord.getByText("paid", { exact: true }).waitFor();
  for (const [name, button] of [["Cards", "Issue a card"], ["Prices", "Set a price"], ["Tenants", "Add a tenant"]]) {
    await landlord.getByRole("link", { name, exact: true }).click();
    await landlord.getByRole("button", { name: button }).waitFor();
  }
  await aNewTenantGetsACard(landlord, ask);
  await tenant.getByRole("link", { name: "Prices" }).click();
  await tenant.getByText("holds now", { exact: true }).waitFor();
  await world.programs.stop(csms.program);
  await tenant.getByText("The server does not answer.", { exact: false }).waitFor();
  await tenant.getByText("reconnecting …", { exact: true }).waitFor();
  await again();
  await tenant.getByText("live", { exact: true }).waitFor();
  await tenant.getByText("The server does not answer.", { exact: false }).waitFor({ state: "detached" });
  await ask("POST", "/prices", { price: "0.35", taxes: [{ name: "VAT", ratePpm: 100000 }] });
  await tenant.getByText("0.35", { exact: true }).waitFor();
  await landlord.getByRole("link", { name: "Cards" }).click();
  await landlord.getByRole("button", { name: "Log out card ADA" }).click();
  await landlord.getByText("logged out", { exact: true }).waitFor();
  await world.look(landlord, "house-cards");
  await tenant.getByText("This phone may not see this any more, or not now", { exact: false }).waitFor(); // told, and not asked
  await tenant.getByRole("button", { name: "Try again" }).click();
  await tenant.getByText("The card this phone was bound to lets it in no more.").waitFor();
}
