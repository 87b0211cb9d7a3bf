// The operator's stations: what is there, what happens, what a station may be told, and what it calls itself.
import assert from "node:assert/strict";
import { until } from "../programs.js";

const OPEN = ["--accept-unknown", "--accept-unknown-tokens"];
const REFUSED = /Failed to load resource: the server responded with a status of 4/;

export async function an_operator_sees_stations_come_and_go(world) {
  const csms = await world.programs.csms(OPEN);
  const page = await world.open(`${csms.url}/`);
  await page.getByText("No station is known yet.").waitFor();
  await page.getByText("live", { exact: true }).waitFor();
  await world.look(page, "stations-none");

  const sim = world.programs.sim(csms, "PILE-1", ["--evses", "2"]);
  const row = page.getByRole("row").filter({ hasText: "PILE-1" });
  await row.getByText("1.1 Available").waitFor();
  sim.do("plug 1");
  await row.getByText("1.1 Occupied").waitFor();
  sim.do("fault 2 GroundFailure");
  await row.getByText("2.1 Faulted").waitFor();

  await page.getByRole("button", { name: "Register a station" }).press("Enter");
  await page.getByRole("button", { name: "Register", exact: true }).click();
  await page.getByText("This is needed.").waitFor();
  await page.getByLabel("Identity").fill("PILE-2");
  await page.getByLabel("Password").fill("a long password");
  await world.look(page, "register");
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "PILE-2" }).waitFor();
  assert.equal((await csms.api("GET", "/api/stations/PILE-2")).settings.hasSecret, true);
  await world.look(page, "stations");

  sim.do("quit");
  await row.getByText("offline").waitFor();
  await page.getByRole("searchbox", { name: "Search" }).fill("nothing like it");
  await page.getByText("No station is like that.").waitFor();
  await page.goto(`${csms.url}/#/no-such-place`);
  await page.getByRole("heading", { name: "Nothing here" }).waitFor();
}

export async function an_operator_looks_into_a_station_and_tells_it_what_to_do(world) {
  const csms = await world.programs.csms(OPEN);
  const sim = world.programs.sim(csms, "PILE-1", ["--version", "2.0.1"]);
  const page = await world.open(`${csms.url}/#/stations`);
  await page.getByRole("link", { name: "PILE-1" }).click();
  await page.getByRole("heading", { name: "PILE-1" }).waitFor();
  sim.do("plug 1");
  await page.getByText("Occupied").waitFor();
  await page.getByRole("button", { name: "Start: EVSE 1, connector 1" }).click();
  await page.getByRole("textbox", { name: "Token" }).fill("OPERATOR-1");
  await page.getByRole("button", { name: "Start", exact: true }).last().click();
  await page.getByText("Charging", { exact: true }).waitFor();
  await world.look(page, "station");

  // messages: what was said is found by its text, its action, its direction
  sim.do('raw [2,"wrong-1","StatusNotification",{"connectorId":1}]');
  await page.getByRole("link", { name: "Messages" }).click();
  const rows = page.locator("tbody tr");
  await page.getByRole("row").filter({ hasText: "wrong-1" }).filter({ hasText: "/timestamp" }).first().waitFor();
  await page.getByLabel("Verdict").selectOption("false");
  await until(async () => (await rows.count()) === 1, "the one frame that is not valid");
  await world.look(page, "messages");
  await page.getByLabel("Verdict").selectOption("");
  await page.getByLabel("Action").selectOption("BootNotification");
  await page.getByLabel("Direction").selectOption("out");
  await until(async () => (await rows.count()) === 1, "the answer to the boot");
  await rows.locator("summary").click();
  await rows.locator("pre").filter({ hasText: '"Accepted"' }).waitFor();
  await page.getByLabel("Direction").selectOption("");
  await page.getByLabel("Action").selectOption("");
  await page.getByLabel("Text").fill("operator-1");
  await until(async () => (await rows.count()) >= 1 && (await rows.allTextContents()).every((text) => /OPERATOR-1/.test(text)), "the frames with the token");

  // settings: read from the station, changed there
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Read settings" }).click();
  await page.getByLabel("Search").fill("heartbeatinterval");
  await page.getByRole("button", { name: "Change OCPPCommCtrlr · HeartbeatInterval" }).click();
  await page.getByLabel("Value").fill("77");
  await page.getByRole("button", { name: "Change", exact: true }).last().click();
  await page.getByRole("row").filter({ hasText: "77" }).waitFor();
  await world.look(page, "settings");

  sim.do("quit");
  await page.getByRole("link", { name: "Overview" }).click();
  await page.getByText("offline").waitFor();
}

// What is read may be old before it is there: the pile goes after the server answered, and before its answer is in the browser.
export async function what_happens_while_a_page_is_read_is_shown(world) {
  const csms = await world.programs.csms(["--accept-unknown", "--accept-unknown-tokens"]);
  const page = await world.open(`${csms.url}/#/tokens`);
  const connected = async () => (await csms.api("GET", "/api/stations")).stations.some((one) => one.connected);
  await page.getByText("live", { exact: true }).waitFor();
  for (const [place, read] of [["stations", /stations\?limit/], ["stations/PILE-1", /stations\/PILE-1$/], ["stations/PILE-1/messages", /stations\/PILE-1$/]]) {
    const sim = world.programs.sim(csms, "PILE-1");
    await until(connected, "the pile");
    await page.route(read, async (route) => {
      const response = await route.fetch();
      sim.do("quit");
      await until(async () => !(await connected()), "its end");
      await new Promise((resolve) => { setTimeout(resolve, 1000); }); // and the event of it, and what might be read because of that
      await route.fulfill({ response });
    }, { times: 1 });
    await page.goto(`${csms.url}/#/${place}`);
    await page.locator(".pill").getByText("offline").waitFor();
    await page.goto(`${csms.url}/#/tokens`);
  }
  const running = async () => (await csms.api("GET", "/api/transactions?open=true")).transactions.length > 0;
  const sim = world.programs.sim(csms, "PILE-2");
  await until(async () => (await csms.api("GET", "/api/stations")).stations.some((one) => one.id === "PILE-2" && one.connectors.length > 0), "the second pile");
  for (const [place, token] of [["sessions", "ANNA"], ["stations/PILE-2", "BEN"]]) {
    sim.do("plug 1", `card 1 ${token}`);
    await until(running, "a session");
    await page.route(/transactions\?limit/, async (route) => {
      const response = await route.fetch();
      sim.do("unplug 1");
      await until(async () => !(await running()), "its end");
      await new Promise((resolve) => { setTimeout(resolve, 1000); });
      await route.fulfill({ response });
    }, { times: 1 });
    await page.goto(`${csms.url}/#/${place}`);
    await page.getByRole("row").filter({ hasText: token }).getByText("ended").first().waitFor();
    await page.goto(`${csms.url}/#/tokens`);
  }
}

export async function an_operator_sends_a_message_whose_form_is_made_of_the_model(world) {
  const csms = await world.programs.csms(OPEN);
  const sim = world.programs.sim(csms, "PILE-1", ["--version", "2.0.1"]);
  const page = await world.open(`${csms.url}/#/stations`, { forgive: [REFUSED] });
  await page.getByRole("link", { name: "PILE-1" }).click();
  await page.getByRole("link", { name: "Commands" }).click();
  await page.getByLabel("Message of OCPP 2.0.1").selectOption("GetVariables");

  // what has to be there is asked for before anything is sent
  const send = page.getByRole("button", { name: "Send" });
  await send.click();
  await page.getByText(/fields are not right yet/).waitFor();
  const names = page.getByLabel("name", { exact: false });
  await names.nth(0).fill("OCPPCommCtrlr");
  await names.nth(1).fill("x".repeat(51));
  await send.click();
  await page.getByText("has 51 characters, 50 are allowed").waitFor();
  await names.nth(1).fill("HeartbeatInterval");
  await page.getByLabel("attributeType").selectOption("Actual");
  await send.click();
  await page.getByLabel("The answer").filter({ hasText: "HeartbeatInterval" }).waitFor();
  await world.look(page, "command");
  const sent = (await csms.api("GET", "/api/stations/PILE-1/messages?limit=1000")).messages.find((one) => one.frame[2] === "GetVariables");
  assert.deepEqual(sent.frame[3], { getVariableData: [{ component: { name: "OCPPCommCtrlr" }, variable: { name: "HeartbeatInterval" }, attributeType: "Actual" }] });

  // structs that are optional, lists, numbers, times
  await page.getByLabel("Message of OCPP 2.0.1").selectOption("SetChargingProfile");
  await page.getByRole("heading", { name: "SetChargingProfile" }).waitFor();
  await page.getByLabel("evseId").fill("one");
  await page.getByLabel(/^id /).first().fill("4");
  await page.getByLabel("stackLevel").fill("-1");
  await page.getByLabel("chargingProfilePurpose").selectOption("TxDefaultProfile");
  await page.getByLabel("chargingProfileKind").selectOption("Absolute");
  await page.getByLabel("validTo").fill("2030-01-02T03:04:05");
  await page.getByLabel(/^id /).nth(1).fill("1");
  await page.getByLabel("chargingRateUnit").selectOption("A");
  await page.getByLabel("startSchedule").fill("2026-01-01T00:00");
  await page.getByLabel("startPeriod").fill("0");
  await page.getByLabel(/^limit/).fill("16,1");
  await send.click();
  await page.getByText("has to be a whole number").waitFor();
  await page.getByText("has to be a number").waitFor();
  await page.getByLabel("evseId").fill("1");
  await page.getByLabel(/^limit/).fill("16.1");
  await page.getByRole("button", { name: "Add one: chargingSchedulePeriod" }).press("Enter");
  await page.getByLabel("startPeriod").nth(1).fill("60");
  await page.getByLabel(/^limit/).nth(1).fill("8");
  await page.getByLabel("stackLevel").fill("1");
  await send.click();
  await page.getByLabel("The answer").filter({ hasText: "Accepted" }).waitFor();
  const profile = (await csms.api("GET", "/api/stations/PILE-1/messages?limit=1000")).messages.find((one) => one.frame[2] === "SetChargingProfile").frame[3].chargingProfile;
  assert.deepEqual(profile.chargingSchedule[0].chargingSchedulePeriod, [{ startPeriod: 0, limit: 16.1 }, { startPeriod: 60, limit: 8 }]);
  assert.equal(profile.validTo, "2030-01-02T03:04:05.000Z");
  await world.look(page, "command-nested");
  sim.do("quit");
}

export async function an_operator_watches_security_events_as_they_come(world) {
  const csms = await world.programs.csms(OPEN);
  await until(() => csms.program.out.includes(`pages ${csms.url}/\n`), "the line that says where the pages are");
  const page = await world.open(`${csms.url}/#/security`);
  await page.getByText("No security event is like that.").waitFor();
  await page.getByText("live", { exact: true }).waitFor();
  await world.look(page, "security-none");

  const first = world.programs.sim(csms, "PILE-1", ["--version", "2.0.1"]);
  const second = world.programs.sim(csms, "PILE-2", ["--version", "1.6"]);
  const rows = page.locator("tbody tr");
  const row = (station, type) => page.getByRole("row").filter({ hasText: station }).filter({ hasText: type });
  first.do('security TamperDetectionActivated "the door was opened"');
  second.do("security MemoryExhaustion");
  await row("PILE-1", "TamperDetectionActivated").getByText("the door was opened").waitFor();
  await row("PILE-2", "MemoryExhaustion").waitFor();
  await world.look(page, "security");

  await page.getByLabel("Type").selectOption("MemoryExhaustion");
  await until(async () => (await rows.count()) === 1, "those of one type");
  await page.getByLabel("Type").selectOption("");
  await page.getByLabel("Station").fill("pile-1");
  await until(async () => (await rows.allTextContents()).every((text) => /PILE-1/.test(text)), "those of one station");
  await page.getByLabel("Text").fill("THE DOOR");
  await until(async () => (await rows.count()) === 1, "those with the words");
  await page.getByLabel("Text").fill("nothing like it");
  await page.getByText("No security event is like that.").waitFor();

  // what was heard before the page was opened is there, too
  await page.reload();
  await row("PILE-1", "TamperDetectionActivated").getByRole("link", { name: "PILE-1" }).click();
  await page.getByRole("heading", { name: "PILE-1" }).waitFor();
  first.do("quit");
  second.do("quit");
}

// Each text is markup where markup could be; what would run says so, and the story fails.
export async function what_stations_and_people_call_themselves_stays_text(world) {
  const markup = (name) => `<img src=x onerror="somethingRan('${name}')">'&amp;<b>‮abc`;
  const csms = await world.programs.csms(OPEN);
  const id = "<img src=x onerror=somethingRan(1)>\"'‮x";
  const sim = world.programs.sim(csms, id, ["--version", "2.0.1"]);
  const place = `/api/stations/${encodeURIComponent(id)}`;
  const page = await world.open(`${csms.url}/#/stations`, { forgive: [/status of 404 .*\/api\/orders/] }); // nothing is settled here
  const row = page.getByRole("row").filter({ hasText: "<img src=x" });
  await row.waitFor();
  const token = "<svg/onload=somethingRan('token')>";
  sim.do(`raw ${JSON.stringify([2, "x", "BootNotification", { reason: "PowerUp", chargingStation: { vendorName: markup("v").slice(0, 50), model: "<b>\"m\"</b>", serialNumber: "<script>1</script>" } }])}`,
    `raw ${JSON.stringify([2, markup("id").slice(0, 36), "DataTransfer", { vendorId: markup("vendor"), data: markup("data") }])}`,
    `raw ${JSON.stringify([2, "sec", "SecurityEventNotification", { type: "<img src=x onerror=somethingRan('type')>", timestamp: "2026-11-21T10:00:00Z", techInfo: markup("info") }])}`,
    "raw <img/src=x/onerror=somethingRan('frame')>", "plug 1", `card 1 ${token}`);
  await row.getByText("<b>\"m\"</b>").waitFor();
  await row.getByRole("link").first().click();
  await page.getByRole("heading", { name: "<img src=x" }).waitFor();
  await page.getByRole("cell", { name: token }).waitFor();
  await world.look(page, "markup-station");
  await page.getByRole("link", { name: "Messages" }).click();
  await page.getByRole("row").filter({ hasText: "DataTransfer" }).first().waitFor();
  await page.getByRole("button", { name: "Pause" }).click(); // a frame that comes meanwhile would move the rows
  for (const summary of await page.locator("tbody summary").all()) await summary.click();
  await page.locator("pre").filter({ hasText: "somethingRan('data')" }).first().waitFor();
  await page.locator("pre").filter({ hasText: "somethingRan('frame')" }).first().waitFor();
  await page.getByRole("link", { name: "Commands" }).click();
  await page.getByLabel("Message of OCPP 2.0.1").waitFor();

  await csms.api("PUT", `/api/tokens/ISO14443/${encodeURIComponent(markup("listed"))}`, { status: "Accepted", group: "<i onclick=x>'\"" });
  await page.goto(`${csms.url}/#/tokens`);
  await page.getByRole("row").filter({ hasText: "somethingRan('listed')" }).waitFor();
  await page.goto(`${csms.url}/#/sessions`);
  await page.getByRole("cell", { name: token }).waitFor();
  await page.getByRole("row").filter({ hasText: token }).getByRole("link").first().click();
  await page.getByRole("heading", { name: "About it" }).waitFor();
  await page.goto(`${csms.url}/#/security`);
  await page.getByRole("row").filter({ hasText: "somethingRan('type')" }).filter({ hasText: "somethingRan('info')" }).waitFor();
  assert.equal(await page.evaluate(() => document.querySelectorAll("main img, main svg[onload], main script, main b, main i, option img").length), 0);
  await page.goto(`${csms.url}/#/${encodeURIComponent(markup("place"))}`);
  await page.getByRole("heading", { name: "Nothing here" }).waitFor();
  assert.equal(await page.evaluate(() => document.querySelectorAll("main img, main svg[onload], main script, main b, main i").length), 0);
  assert.equal((await csms.api("GET", place)).boot.model, "<b>\"m\"</b>");
  sim.do("quit");
}

export async function an_operator_changes_a_key_of_a_station_of_1_6(world) {
  const csms = await world.programs.csms(OPEN);
  const sim = world.programs.sim(csms, "OLD-1", ["--version", "1.6"]);
  const page = await world.open(`${csms.url}/#/stations/OLD-1/settings`, { forgive: [REFUSED] });
  await until(async () => (await csms.api("GET", "/api/stations").catch(() => null))?.stations[0]?.connected, "the station");
  await page.reload();
  await page.getByRole("button", { name: "Read settings" }).click();
  await page.getByLabel("Search").fill("heartbeatinterval");
  await page.getByRole("button", { name: "Change HeartbeatInterval" }).click();
  await page.getByLabel("Value").fill("88");
  await page.getByRole("button", { name: "Change", exact: true }).last().click();
  await page.getByRole("cell", { name: "88", exact: true }).waitFor();
  await page.getByLabel("Search").fill("numberofconnectors");
  await page.getByText("read only").waitFor();

  // what the station refuses is told
  await page.getByRole("link", { name: "Commands" }).click();
  await page.getByLabel("Message of OCPP 1.6").selectOption("ChangeConfiguration");
  await page.getByRole("textbox", { name: "key" }).fill("NumberOfConnectors");
  await page.getByRole("textbox", { name: "value" }).fill("7");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByLabel("The answer").filter({ hasText: "Rejected" }).waitFor();

  // what it calls connector 0 is no place to charge at
  await page.getByRole("link", { name: "Overview" }).click();
  await page.getByRole("row").filter({ hasText: "the station" }).getByRole("button", { name: "Out of service" }).waitFor();
  assert.equal(await page.getByRole("button", { name: /^Start: / }).count(), 1);
  await page.goto(`${csms.url}/#/stations`);
  await page.getByText("station Available").waitFor();
  assert.equal(await page.getByRole("listitem").filter({ hasText: "connector free" }).innerText(), "1 connector free");
  await page.goto(`${csms.url}/#/stations/OLD-1/settings`);

  // and what is kept of it here
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByLabel("Serial number").fill("S-1");
  await page.getByRole("button", { name: "Save" }).click();
  await until(async () => (await csms.api("GET", "/api/stations/OLD-1")).settings.serial === "S-1", "the registration");
  sim.do("quit");
}
