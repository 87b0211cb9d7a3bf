// The operator's sessions, orders and books, from a charge to what was posted for it; tokens; signing in; a connection that breaks.
import assert from "node:assert/strict";
import { until } from "../programs.js";

const OPEN = ["--accept-unknown", "--accept-unknown-tokens"];
const SETTLEMENT = {
  operator: "operator", zone: "Etc/UTC", payer: { provider: "postpaid" },
  tariff: { id: "T1", currency: "EUR", dialect: "Own", elements: [{ components: [{ dimension: "Energy", unit: "Kwh", priceMicro: 450000, taxes: [{ name: "VAT", ratePpm: 190000 }] }] }] },
  providers: { shop: { kind: "http", url: "http://127.0.0.1:1/pay" } },
};

export async function an_operator_follows_a_charge_to_its_order_and_the_books(world) {
  const csms = await world.programs.csms([...OPEN, "--settlement", world.programs.file("settlement.json", SETTLEMENT)]);
  const sim = world.programs.sim(csms, "PILE-1", ["--version", "2.0.1", "--speed", "120", "--set", "MeterValueSampleInterval=60", "--set", "MessageTimeout=3600"]);
  const page = await world.open(`${csms.url}/#/sessions`);
  await page.getByText("No session is like that.").waitFor();
  await until(async () => (await csms.api("GET", "/api/stations")).stations.some((one) => one.connectors.length > 0), "the pile");
  sim.do("plug 1", "card 1 DRIVER-1");
  await page.getByRole("cell", { name: "DRIVER-1" }).waitFor();
  await page.getByRole("cell", { name: "Charging" }).waitFor();
  await page.getByRole("row").filter({ hasText: "DRIVER-1" }).getByRole("link").first().click();
  await page.getByRole("img", { name: /Power and energy from .* at most 11.0 kW/ }).waitFor();
  const id = decodeURIComponent(page.url().split("/").pop());
  await until(async () => (await csms.api("GET", `/api/stations/PILE-1/curve?transaction=${id}`)).points.length > 8, "a curve");
  sim.do("card 1 DRIVER-1", "unplug 1");
  await page.getByText("Why it ended").waitFor();
  const order = await until(async () => (await csms.api("GET", "/api/orders?state=Paid")).orders[0], "the payment");
  await page.reload();
  await page.getByRole("link", { name: order.id }).waitFor();
  await world.look(page, "session");
  await page.goto(`${csms.url}/#/sessions`);
  await page.getByRole("cell", { name: "DRIVER-1" }).waitFor();
  await world.look(page, "sessions");

  await page.getByRole("link", { name: "Orders" }).click();
  await page.getByRole("link", { name: order.id }).click();
  await page.getByRole("cell", { name: "Energy" }).waitFor();
  await page.getByRole("cell", { name: "capture", exact: true }).waitFor();
  await page.getByText(`credit ${order.due}`).first().waitFor();
  await page.getByRole("button", { name: "Adjust" }).click();
  await page.getByLabel("Amount in EUR").fill("1.234");
  await page.getByLabel("Reason").fill("a car wash");
  await page.getByRole("button", { name: "Adjust" }).last().click();
  await page.getByText("at most 2 digits").waitFor();
  await page.getByLabel("Amount in EUR").fill("1.00");
  await page.getByRole("button", { name: "Adjust" }).last().click();
  await page.getByRole("cell", { name: "Adjustment" }).waitFor();
  await page.getByRole("button", { name: "Ask for payment again" }).click();
  await until(async () => (await csms.api("GET", `/api/orders/${order.id}`)).state === "Paid", "the payment of the rest");
  await world.look(page, "order");
  await page.goto(`${csms.url}/#/orders`);
  await page.getByRole("cell", { name: "paid", exact: true }).first().waitFor();
  await page.getByLabel("State").selectOption({ label: "not paid" });
  await page.getByText("No order is like that.").waitFor();
  await page.getByLabel("State").selectOption("");
  await page.getByRole("link", { name: order.id }).waitFor();
  await world.look(page, "orders");

  await page.getByRole("link", { name: "Ledger" }).click();
  await page.getByRole("cell", { name: "revenue:operator", exact: true }).waitFor();
  await page.getByRole("button", { name: "Check it" }).click();
  await page.getByText("intact").waitFor();
  await world.look(page, "ledger");
  await page.getByRole("link", { name: "Reconciliation" }).click();
  await page.getByRole("combobox", { name: "Provider" }).fill("shop");
  await page.getByLabel("The provider's list").fill("00000000000000000000000001,Capture,5.00,EUR");
  await page.getByRole("button", { name: "Compare" }).click();
  await page.getByRole("row").filter({ hasText: "nobody asked for it" }).waitFor();
  await world.look(page, "reconciliation");
  sim.do("quit");
}

export async function an_operator_keeps_tokens(world) {
  const csms = await world.programs.csms();
  const page = await world.open(`${csms.url}/#/tokens`);
  await page.getByText("No token is written down.").waitFor();

  // with the keyboard alone: past the bar, into a dialog, and back where it was
  await page.keyboard.press("Tab");
  await page.getByRole("link", { name: "Skip to the content" }).press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Add a token" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Add a token");

  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: "Token" }).fill("04A2B3");
  await page.getByLabel("Expires").fill("2040-01-01T00:00");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("cell", { name: "04A2B3", exact: true }).waitFor();
  await page.getByRole("button", { name: "Change 04A2B3" }).click();
  await page.getByLabel("Status").selectOption("Blocked");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("cell", { name: "Blocked" }).waitFor();
  assert.equal((await csms.api("GET", "/api/tokens/ISO14443/04A2B3")).expires, "2040-01-01T00:00:00.000Z");
  await world.look(page, "tokens");
  await page.getByRole("button", { name: "Forget 04A2B3" }).click();
  await page.getByRole("button", { name: "Forget", exact: true }).click();
  await page.getByText("No token is written down.").waitFor();
  for (const name of ["Orders", "Power banks", "Ledger"]) {
    world.forgiven.push(/status of 404/);
    await page.getByRole("link", { name }).click();
    await page.getByText("Nothing is settled here").waitFor();
  }
}

export async function an_operator_signs_in_and_sees_when_the_server_is_gone(world) {
  const options = ["--token-file", world.programs.file("token", "a-token-of-operators\n")];
  const token = "a-token-of-operators";
  const csms = await world.programs.csms(options, { address: "0.0.0.0", token });
  await csms.api("PUT", "/api/stations/PILE-1", {});
  const page = await world.open(`${csms.url}/`, { forgive: [/status of 401/, /ERR_CONNECTION_REFUSED/, /ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/] });
  const field = page.getByLabel("Operators' token");
  await field.press("Escape"); // who has none is told what is missing
  await page.getByText("show the operators' token").waitFor();
  await page.getByText("not live").waitFor();
  await page.getByRole("button", { name: "Try again" }).click();
  await field.fill("not the one");
  await world.look(page, "sign-in");
  await page.keyboard.press("Enter");
  await until(async () => (await field.count()) === 1 && (await field.inputValue()) === "", "another question for the token");
  await field.fill(token);
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "PILE-1" }).waitFor();
  await page.getByText("live", { exact: true }).waitFor();

  await world.programs.stop(csms.program);
  await page.getByText("reconnecting …").waitFor();
  await world.look(page, "reconnecting");
  const again = await world.programs.csms(options, { address: "0.0.0.0", token, port: csms.port });
  await again.api("PUT", "/api/stations/PILE-2", {});
  await page.getByRole("button", { name: /reconnecting/ }).click({ timeout: 300 }).catch(() => {});
  await page.getByText("live", { exact: true }).waitFor();
  await page.getByRole("link", { name: "PILE-2" }).waitFor(); // what was known is of another run: the page looked anew
  assert.equal(await page.evaluate(() => localStorage.length), 0);
  await page.getByRole("button", { name: "Sign out" }).click();
  await field.waitFor();
  const closed = await world.programs.csms([], { address: "0.0.0.0" }); // nobody is asked for a token that is not there
  const shut = await world.open(`${closed.url}/`, { forgive: [/status of 403/] });
  await shut.getByText("start the program with --token-file").waitFor();
  assert.equal(await shut.getByRole("dialog").count(), 0);
}

export async function an_operator_decides_about_banks_nobody_understands(world) {
  const tariff = { ...SETTLEMENT.tariff, bank: { depositMinor: 500, freeS: 0, unitS: 3600, unitPriceMicro: 1000000, buyOutMinor: 5500 } };
  const csms = await world.programs.csms([...OPEN, "--settlement", world.programs.file("settlement.json", { ...SETTLEMENT, tariff })]);
  const page = await world.open(`${csms.url}/#/banks`, { forgive: [/status of 409/] });
  await page.getByText("Nothing waits for you.").waitFor();
  const sim = world.programs.sim(csms, "PILE-1", ["--banks", "4"]); // it has not the fleet's secret, so its marks are strangers'
  const decide = page.getByRole("button", { name: "Decide about the forged mark at PILE-1, slot 1" });
  await decide.waitFor();
  await world.look(page, "banks");
  await decide.click();
  await page.getByLabel("What about it").selectOption("dismiss");
  await page.getByLabel("Note").fill("looked at <b>");
  await page.getByRole("button", { name: "Decide", exact: true }).last().click();
  await page.getByText("the bank in the bay needs a decision").waitFor();
  await page.getByLabel("What about it").selectOption("retire");
  await page.getByRole("button", { name: "Decide", exact: true }).last().click();
  await decide.waitFor({ state: "detached" });
  assert.equal((await csms.api("GET", "/api/settlement/suspense")).suspense.find((one) => one.slot === 1).resolved, true);
  sim.do("quit");
}
