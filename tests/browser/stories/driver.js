// A driver's whole visit, with names full of markup: find, reserve, confirm, charge, rent and return a power bank, pay, receipt.
import assert from "node:assert/strict";
import path from "node:path";
import { until } from "../programs.js";

const NAME = "The yard <img src=x onerror=somethingRan('name')>\"'&";
const PILE = "PILE <b>1&\u202e";
const TARIFF = {
  id: "T", currency: "EUR", dialect: "Own",
  bank: { depositMinor: 500, freeS: 0, unitS: 3600, unitPriceMicro: 1000000, buyOutMinor: 5500 },
  elements: [{ components: [{ dimension: "Energy", unit: "Kwh", priceMicro: 500000, taxes: [{ name: "VAT <b>", ratePpm: 190000 }] }] }],
};

function quick() {
  return ["--set", "RetryBackOffWaitMinimum=1", "--set", "RetryBackOffRandomRange=1", "--set", "MeterValueSampleInterval=1"];
}

async function backend(world, drive, more = {}, port = 0) {
  const settlement = world.programs.file("settlement.json", {
    zone: "Europe/Berlin", tariff: TARIFF, payer: { provider: "postpaid", knownRenter: true }, payUrl: "http://127.0.0.1/pay/", drive,
    policy: { vehicleHoldMinor: 1000, postpaidLimitMinor: 1000000, takeWithinS: 20 }, ...more,
  });
  const db = path.join(world.programs.folder, "csms.db");
  const csms = await world.programs.csms(["--accept-unknown", "--accept-unknown-tokens", "--db", db, "--settlement", settlement, "--test-clock"], { port });
  return { csms, secret: path.join(`${db}.keys`, "fleet.secret") };
}

async function place(csms, station, name, latitude, longitude) {
  await csms.api("PUT", `/api/settlement/places/${encodeURIComponent(station)}/1`, { name, latitude, longitude, connector: "cCCS2", powerW: 50000 });
}

export async function a_driver_finds_reserves_charges_rents_a_bank_pays_and_keeps_a_receipt(world) {
  const { csms, secret } = await backend(world, { provider: "postpaid", visitsPerMinute: 60 });
  await until(() => csms.program.out.includes(`pages ${csms.url}/ ${csms.url}/drive/ ${csms.url}/house/\n`), "the line that says where the pages are");
  const page = await world.open(`${csms.url}/drive/`, { timezoneId: "Europe/Berlin", permissions: ["geolocation"], geolocation: { latitude: 52.52, longitude: 13.405 } });
  await page.getByText("No places are known here yet.").waitFor();
  const sim = world.programs.sim(csms, PILE, ["--version", "2.0.1", "--gate", "opens", "--banks", "4", "--fleet-secret", secret, ...quick()]);
  await until(async () => (await csms.api("GET", "/api/settlement/banks")).banks.filter((bank) => bank.state === "Idle").length === 3, "the bay");
  await place(csms, PILE, NAME, 52.5215, 13.407);
  await place(csms, "FAR", "The station", 52.528, 13.42);
  await page.getByRole("button", { name: "Use my position" }).click();
  await page.getByText("recommended").waitFor();
  assert.equal(await page.locator("ol.places > li").count(), 2);
  await page.getByText("Why it stands here").first().click();
  await page.getByText(/m away/).first().waitFor();
  await world.look(page, "drive-find");
  await page.getByLabel("Where (latitude, longitude)").fill("10, 10"); // while reasons are read
  await page.getByRole("button", { name: "Find" }).click();
  await page.getByText("Nothing that fits is near.").waitFor();
  await page.getByRole("button", { name: "Use my position" }).click();
  await page.getByText("recommended").waitFor();
  await page.getByRole("link", { name: /^2:/ }).click();
  assert.equal(await page.evaluate(() => document.activeElement.id), "place-2");

  await page.getByRole("button", { name: /^Reserve The yard/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Reserve" }).click();
  await page.getByRole("button", { name: "I have the number" }).click();
  await page.getByText("Reserved for you").waitFor();
  const number = await page.locator(".big-number").innerText();
  assert.match(number, /^RSV\d{8}$/);
  assert.ok(!page.url().includes("v."), "a key is in the address");
  await world.look(page, "drive-number");

  sim.do("plug 1", `number 1 ${number}`);
  await page.getByRole("heading", { name: "Charging" }).waitFor();
  sim.do("meter 1 +10000");
  await page.getByRole("button", { name: "Rent" }).click();
  await world.programs.printed(sim.program, /slot (\d+) take the bank/);
  const slot = /slot (\d+) take the bank/.exec(sim.program.out)[1];
  sim.do(`take ${slot}`);
  await page.getByText("With you").waitFor();
  await page.locator(".gauges").getByText(/^10\.\d+ kWh$/).waitFor();
  await world.look(page, "drive-charging");
  sim.do(`return ${slot}`);
  await page.getByText("Returned", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Stop charging" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Stop" }).click();
  await page.getByRole("heading", { name: "To be paid" }).waitFor();
  await page.getByRole("img", { name: /^QR code/ }).waitFor();
  await world.look(page, "drive-pay");
  await page.getByRole("button", { name: /^Pay [0-9.]+ EUR$/ }).click();
  await page.getByRole("link", { name: "Receipt" }).waitFor();
  await page.getByRole("link", { name: "Receipt" }).click();
  await page.getByRole("heading", { name: "Receipt" }).waitFor();
  await page.getByText("VAT <b>").first().waitFor();
  await world.look(page, "drive-receipt");
  await page.getByRole("link", { name: "My visits" }).click();
  await page.getByRole("link", { name: NAME }).waitFor();
}

// The narrowest phone there is, with nothing pushed out of it.
async function fits(page) {
  const size = page.viewportSize();
  await page.setViewportSize({ width: 360, height: 740 });
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
  await page.setViewportSize(size);
}

export async function a_driver_is_told_when_nothing_answers_and_goes_on_when_it_does(world) {
  const { csms } = await backend(world, { provider: "postpaid" });
  await place(csms, "AWAY", NAME, 52.5215, 13.407);
  const { key } = await csms.api("POST", "/api/settlement/drivers", { idToken: "ANNA" });
  const page = await world.open(`${csms.url}/drive/#key=${key}`, { forgive: [/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/] });
  await page.getByText("What you reserve is paid by your account, until you sign out.").waitFor();
  assert.ok(!page.url().includes(key), "a key is in the address");
  const where = page.getByLabel("Where (latitude, longitude)");
  await where.fill("north of here");
  await where.press("Enter");
  await page.getByText("Two numbers of degrees, like 52.52, 13.405").waitFor();
  await where.fill("52.52, 13.405");
  await where.press("Enter");
  await page.getByText("cannot be reached now", { exact: true }).waitFor();
  await page.getByText("Its pile has no connection now").waitFor();
  const away = world.programs.sim(csms, "AWAY", ["--version", "2.0.1", ...quick()]);
  await until(async () => (await csms.api("GET", "/api/stations")).stations.some((one) => one.connectors.length > 0), "the pile");
  away.do("fault 1 GroundFailure");
  await until(async () => (await csms.api("GET", "/api/stations")).stations[0].connectors[0]?.status === "Faulted", "the fault");
  await where.press("Enter");
  await page.getByText("out of order", { exact: true }).waitFor();
  await page.getByText("Nobody can charge there now.").waitFor();
  away.do("fault 1 none");
  await until(async () => (await csms.api("GET", "/api/stations")).stations[0].connectors[0]?.status === "Available", "its end");
  await where.press("Enter");
  await page.getByText("recommended").waitFor();
  await fits(page);
  // by the keyboard alone: the map, the reservation
  await page.getByRole("link", { name: /^1:/ }).press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "place-1");
  await page.getByRole("button", { name: /^Reserve/ }).press("Enter");
  await page.getByLabel("For how long").selectOption("15");
  await page.getByRole("dialog").getByRole("button", { name: "Reserve" }).press("Enter");
  await page.getByText("Reserved: say that you have the number").waitFor();
  await page.getByText("live", { exact: true }).waitFor();
  await fits(page);
  assert.deepEqual((await csms.api("GET", "/api/orders")).orders.map((order) => order.payer), ["ISO14443:ANNA"]);
  await world.programs.stop(csms.program);
  await page.getByText("No answer; trying again …").waitFor();
  await backend(world, { provider: "postpaid" }, {}, csms.port);
  await page.getByText("live", { exact: true }).waitFor();
  await page.evaluate(() => localStorage.clear());
  await page.reload();
  await page.getByText("This phone has no key of that visit.").waitFor();
  const mistyped = await world.open(`${csms.url}/drive/#key=${key.slice(0, 4)}%20`);
  await mistyped.getByText("The key in the address is not whole.").waitFor();
  await mistyped.getByRole("heading", { name: "Find a place to charge" }).waitFor();
}

export async function a_driver_whose_account_is_empty_is_told_and_pays_when_it_is_not(world) {
  const { csms, secret } = await backend(world, {}, { payers: [{ id: "ANNA", account: "ANNA", provider: "wallet" }], policy: { confirmWithinS: 60 } });
  const sim = world.programs.sim(csms, "PILE-2", ["--gate", "opens", "--banks", "1", "--fleet-secret", secret, ...quick()]);
  await until(async () => (await csms.api("GET", "/api/settlement/piles")).piles.length === 1, "the pile says hello");
  await place(csms, "PILE-2", "The harbour", 52.5, 13.4);
  const { key } = await csms.api("POST", "/api/settlement/drivers", { idToken: "ANNA" });
  const page = await world.open(`${csms.url}/drive/#key=${key}`);
  await page.getByRole("button", { name: /^Reserve/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Reserve" }).click();
  await page.getByRole("button", { name: "I have the number" }).click();
  await page.getByRole("button", { name: "Start charging from here" }).waitFor();
  sim.do("plug 1");
  await page.getByRole("button", { name: "Start charging from here" }).click();
  await page.getByRole("heading", { name: "Charging" }).waitFor();
  sim.do("meter 1 +4000");
  await page.locator(".gauges").getByText(/^4\.\d+ kWh$/).waitFor();
  await page.getByRole("button", { name: "Stop charging" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Stop" }).click();
  await page.getByText("It is taken from your account.").waitFor();
  const [{ id }] = (await csms.api("GET", "/api/settlement/visits")).visits;
  const { url } = await csms.api("GET", `/api/settlement/visits/${id}/link`);
  const other = await world.open(`${csms.url}/pay/${url.split("/").pop()}`); // whoever scans the code at the pile
  await other.getByRole("heading", { name: "Pile PILE-2" }).waitFor();
  await other.getByRole("button", { name: "Pay now" }).waitFor();
  await world.look(other, "pay-page");
  await page.getByRole("button", { name: /^Pay 2\.\d+ EUR$/ }).click();
  await page.getByText("The last try did not succeed").waitFor();
  await world.look(page, "drive-declined");
  await csms.api("POST", "/api/settlement/accounts/EUR/ANNA", { amount: "50.00", key: "top up" });
  await page.getByRole("button", { name: /^Pay 2\.\d+ EUR$/ }).click();
  await page.getByRole("link", { name: "Receipt" }).waitFor();
  await other.reload();
  await other.getByText("Paid. Thank you; the cable is free.").waitFor();
}
