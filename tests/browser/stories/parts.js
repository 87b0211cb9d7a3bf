// The small parts of the pages, in the browser they are for: what is right, and what is refused.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "../programs.js";

export async function the_small_parts_of_the_pages_do_what_they_say(world) {
  const csms = await world.programs.csms();
  const page = await world.open(`${csms.url}/`);

  assert.deepEqual(await page.evaluate(async () => {
    const { Problem } = await import("/shared/api.js");
    return [new Problem(409, "Conflict", "WrongState: nothing is to be paid"), new Problem(400, "Bad Request", "/a: wrong", "/a"), new Problem(404, "Not Found"), new Problem(0, "x")].map((one) => one.sentence);
  }), ["Nothing is to be paid.", "/a: wrong (Bad Request)", "Not Found.", "The server does not answer."]);

  assert.deepEqual(await page.evaluate(async () => {
    const { EventParser } = await import("/shared/live.js");
    const told = [];
    const parser = new EventParser((event) => told.push([event.event, event.id, event.data]));
    for (const piece of [": hello\n\nid: 1\n\nid: 2\nevent: bo", "ot\ndata: {\"a\":", "1}\ndata: 2\r\n\r\n", "data:x\n", "\nevent: half\ndata: never"]) parser.feed(piece);
    return told;
  }), [["message", "1", ""], ["boot", "2", "{\"a\":1}\n2"], ["message", null, "x"]].map(([event, id, data]) => [event, id ?? undefined, data]));

  assert.deepEqual(await page.evaluate(async () => {
    const { isSafeUrl } = await import("/shared/dom.js");
    return ["/a", "#/a", "https://x", "./a", "data:image/png;base64,", "javascript:1", "JavaScript:1", " javascript:1", "//evil", "data:text/html,x", "data:image/svg+xmlx"].map(isSafeUrl);
  }), [true, true, true, true, true, false, false, false, false, false, false]);

  assert.deepEqual(await page.evaluate(async () => {
    const { el } = await import("/shared/dom.js");
    const link = el("a", { href: "javascript:somethingRan('link')", class: [] }, "<b>");
    const refused = [["p", { onclick: "somethingRan('text')" }], ["p", { style: "color: red" }], ["iframe", { srcdoc: "x" }]].map(([name, attributes]) => {
      try {
        el(name, attributes);
        return false;
      } catch (error) {
        return error instanceof TypeError;
      }
    });
    return [link.getAttribute("href"), link.textContent, link.children.length, ...refused];
  }), ["#", "<b>", 0, true, true, true]);

  assert.deepEqual(await page.evaluate(async () => {
    const { anomalies } = await import("/shared/anomalies.js");
    const { el } = await import("/shared/dom.js");
    const words = (said) => el("p", {}, anomalies(said)).textContent;
    return [words(["Gap", "NoMeter"]), words("MeterFell constructor <b>"), words([]), words(undefined)];
  }), ["events in between are missing, no two readings of the meter", "the meter told less than before, constructor, <b>", "", ""]);

  // a curve of nothing but zeros is one; what a cell holds is one piece
  assert.deepEqual(await page.evaluate(async () => {
    const { lines } = await import("/shared/chart.js");
    const { table } = await import("/shared/ui.js");
    const flat = lines({ label: "nothing", series: [{ name: "Power", unit: "kW", points: [{ time: 0, value: 0 }, { time: 60000, value: 0 }] }] });
    const [row] = table({ caption: "", columns: ["a", ["b", ", c"], [false, null], "", 0].map((value) => ({ label: "", cell: () => value })), rows: [{}] }).querySelectorAll("tbody tr");
    return [/NaN/.test(flat.innerHTML), [...row.cells].map((cell) => `${cell.childNodes.length} ${cell.textContent}`)];
  }), [false, ["1 a", "1 b, c", "0 ", "0 ", "1 0"]]);

  assert.deepEqual(await page.evaluate(async () => {
    const { readText } = await import("/shared/form.js");
    const read = (member, text) => {
      const { value, wrong } = readText(member, text);
      return wrong ? "wrong" : value;
    };
    const integer = { kind: "integer", minimum: 0, maximum: 9 };
    return [read(integer, "9"), read(integer, "10"), read(integer, "1.0"), read(integer, "1e1"), read({ kind: "integer" }, "9007199254740993"), read({ kind: "number", tenths: true }, "16.1"), read({ kind: "number", tenths: true }, "16.05"),
      read({ kind: "number" }, "0x10"), read({ kind: "number" }, "-.5"), read({ kind: "string", maxLength: 2 }, "🔌🔌"), read({ kind: "string", maxLength: 2 }, "abc"), read({ kind: "enum", values: ["Soft"] }, "Hard"),
      read({ kind: "any" }, "[1"), read({ kind: "customData" }, "[]"), read({ kind: "customData" }, "{\"vendorId\":\"V\"}"), read({ kind: "dateTime" }, "no")];
  }), [9, "wrong", "wrong", "wrong", "wrong", 16.1, "wrong", "wrong", "wrong", "🔌🔌", "wrong", "wrong", "wrong", "wrong", { vendorId: "V" }, "wrong"]);

  // what was done is done, also where the right to see it went with it
  assert.match(await page.evaluate(async () => {
    const { living } = await import("/house/living.js");
    const { Problem } = await import("/shared/api.js");
    const over = new AbortController();
    let mayRead = true;
    const own = living({ live: { state: "live", on: () => {} }, signal: over.signal }, async () => { if (!mayRead) throw new Problem(404, "Not Found"); }, () => {});
    await own.first();
    mayRead = false;
    await own.now();
    over.abort();
    return own.wrong.textContent;
  }), /^This phone may not see this any more/);

  // news come in swarms; who gets no answer asks often, who is refused seldom; who was at a button is at it when it is drawn anew
  assert.deepEqual(await page.evaluate(async () => {
    const { pulse } = await import("/shared/pulse.js");
    const { Problem } = await import("/shared/api.js");
    const looks = async (state, outcome, swarm, enough) => {
      const heard = {};
      let count = 0;
      const over = new AbortController();
      const watch = pulse({ state, on: (kind, listener) => { heard[kind] = listener; } }, async () => { count += 1; if (outcome) throw outcome; }, over.signal, { often: 40 });
      await watch.now().catch(() => {});
      for (let i = 0; i < swarm; i += 1) heard.change();
      const later = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
      for (const end = Date.now() + 20000; count < enough && Date.now() < end;) await later(20);
      await later(300); // and it stays at that
      over.abort();
      return count;
    };
    const [swarm, silent, refused] = await Promise.all([looks("live", null, 50, 2), looks("reconnecting", new Problem(0, "No answer"), 0, 3), looks("reconnecting", new Problem(404, "Not found"), 0, 1)]);
    return [swarm, silent > 2, refused];
  }), [2, true, 1]);

  assert.equal(await page.evaluate(async () => {
    const { drawn } = await import("/shared/part.js");
    const { el } = await import("/shared/dom.js");
    const part = drawn(el("div"), (data) => data, (data) => data.map((name) => el("button", { "aria-label": `Approve ${name}` }, name)));
    document.body.append(part);
    part.update(["Ada"]);
    part.querySelector("button").focus();
    part.update(["Ben", "Ada"]);
    const name = document.activeElement.getAttribute("aria-label");
    part.remove();
    return name;
  }), "Approve Ada");

  assert.deepEqual(await page.evaluate(async () => {
    const { billTable, minorOf } = await import("/operator/orders.js");
    const { powerOf } = await import("/operator/sessions.js");
    const { path, query } = await import("/shared/api.js");
    const { placeOf, link } = await import("/shared/shell.js");
    const { ticks } = await import("/shared/chart.js");
    const points = [{ time: "2026-01-01T00:00:00Z", registerWh: 0 }, { time: "2026-01-01T00:30:00Z", registerWh: 5500 }];
    return [["12.5", "-0.01", "7", "1.234", "1,5", "", "90071992547409.93"].map((text) => minorOf(text, 2)), minorOf("5", 0), powerOf(points).points.map((point) => point.value), path`/api/${"a/b?c#d"}/${"%"}`,
      query({ a: "&=", b: "", c: undefined, d: 0 }), placeOf(link("stations", "A/B?%", "x")), placeOf("#/%zz"), ticks(11), ticks(0)[0],
      billTable({ mode: "Final", anomalies: [], lines: [{ kind: "Time", unit: "Hour", measured: 59, billed: 3720, price: "1" }] })[0].querySelector("tbody").innerText];
  }), [[1250, -1, 700, null, null, null, null], 5, [11, 11], "/api/a%2Fb%3Fc%23d/%25", "?a=%26%3D&d=0", ["stations", "A/B?%", "x"], ["%zz"], [0, 5, 10, 15], 0, "Charging time––59 s1 h 02 min1 / h"]);
}

// The names of an enumeration as the models of the settlement write them down.
const MODELS = ["backend/records.model", "model/messages.model", "model/tariff.model"].map((one) => fs.readFileSync(fileURLToPath(new URL(`../../../extensions/settlement/${one}`, import.meta.url)), "utf8")).join("\n");
const namesOf = (name) => new RegExp(`^enum ${name} \\{([^}]*)\\}`, "m").exec(MODELS)[1].trim().split(/\s+/);

export async function states_are_said_in_words(world) {
  const csms = await world.programs.csms();
  const page = await world.open(`${csms.url}/`);
  const enums = { ORDER_WORDS: "OrderState", LEG_WORDS: "LegState", LINE_WORDS: "LineKind", RENTAL_WORDS: "RentalState", BANK_WORDS: "BankState", CONDITION_WORDS: "BankCondition", SUSPENSE_WORDS: "SuspenseKind" };
  const wanted = [...Object.entries(enums).map(([table, name]) => [table, namesOf(name)]), ["REASON_WORDS", [...namesOf("RentFailure"), ...namesOf("GateWhy")]]];
  assert.deepEqual(await page.evaluate(async (all) => {
    const words = await import("/shared/words.js");
    const renters = await import("/drive/words.js");
    const unsaid = (table, names) => names.filter((name) => !Object.hasOwn(table, name) || /[a-z][A-Z]/.test(table[name]));
    return [...all.flatMap(([table, names]) => unsaid(words[table], names)), ...unsaid(renters.RENTAL_WORDS, all.find(([table]) => table === "RENTAL_WORDS")[1])];
  }, wanted), []);
  assert.deepEqual(await page.evaluate(async () => {
    const { status } = await import("/shared/ui.js");
    const { ORDER_WORDS } = await import("/shared/words.js");
    return ["WrittenOff", "constructor", "<b>"].map((name) => [status(name, ORDER_WORDS).textContent, status(name, ORDER_WORDS).title]);
  }), [["given up", "WrittenOff"], ["constructor", ""], ["<b>", ""]]);
}

export async function a_key_that_a_browser_does_not_keep_is_held_while_the_page_is_open(world) {
  const csms = await world.programs.csms();
  const page = await world.open(`${csms.url}/`);
  assert.deepEqual(await page.evaluate(async () => {
    const { remember, forget, visitOf, visits, account, keepAccount } = await import("/drive/keys.js");
    const row = (id) => ({ id, key: `v.${id}`, until: "2999-01-01T00:00:00Z" });
    const keep = Storage.prototype.setItem;
    const kept = [remember(row("A"))];
    Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };
    kept.push(remember(row("B")), visits().map((one) => one.id).join(""), visitOf("B").key);
    keepAccount("a.x");
    kept.push(account());
    Storage.prototype.setItem = keep;
    keepAccount(null);
    kept.push(account(), remember(row("C")), visits().map((one) => one.id).join(""));
    forget("B");
    return [...kept, visits().map((one) => one.id).join("")];
  }), [true, false, "BA", "v.B", "a.x", null, true, "CBA", "CA"]);
}

export async function a_stream_that_is_begun_again_is_one(world) {
  const csms = await world.programs.csms();
  const page = await world.open(`${csms.url}/`, { forgive: [/a listener that fails/] });
  assert.deepEqual(await page.evaluate(async () => {
    const { Live } = await import("/shared/live.js");
    let opened = 0;
    const fetch = (url, { signal }) => new Promise((resolve, reject) => {
      opened += 1;
      signal.addEventListener("abort", () => reject(new DOMException("over", "AbortError")));
    });
    const live = new Live({ fetch });
    live.start();
    live.stop();
    live.start();
    await new Promise((resolve) => { setTimeout(resolve, 1200); });
    const told = [];
    live.on("boot", () => { throw new Error("a listener that fails"); });
    live.on("boot", (event) => told.push(event.station));
    live.take({ id: "1", event: "boot", data: '{"station":"A"}' });
    live.stop();
    return [opened, live.state, told];
  }), [2, "stopped", ["A"]]);
}

export async function older_orders_stay_when_something_happens(world) {
  const csms = await world.programs.csms();
  const page = await world.open(`${csms.url}/`);
  assert.deepEqual(await page.evaluate(async () => {
    const { orders } = await import("/operator/orders.js");
    const heard = {};
    const signal = new AbortController().signal;
    const row = (id) => ({ id, state: "Paid", payer: "A", opened: "2026-01-01T00:00:00Z", due: "1.00", paid: "1.00", currency: "EUR" });
    const pages = { undefined: { orders: [row("C"), row("B")], next: "B" }, B: { orders: [row("A")] } };
    const api = { get: async (url) => pages[new URLSearchParams(url.split("?")[1]).get("after") ?? "undefined"] };
    const place = document.createElement("div");
    place.append(...(await orders({ api, live: { on: (kind, listener) => { heard[kind] = listener; } }, signal, title: (text) => text }, [])));
    document.body.append(place);
    const shown = async () => {
      await new Promise((resolve) => { setTimeout(resolve, 600); });
      return [...place.querySelectorAll("tbody a.mono")].map((one) => one.textContent).join("");
    };
    const first = await shown();
    [...place.querySelectorAll("button")].find((one) => one.textContent === "Older ones").click();
    const all = await shown();
    heard.settlement({ what: "order", id: "C" });
    const later = await shown();
    place.remove();
    return [first, all, later];
  }), ["CB", "CBA", "CBA"]);
}

export async function calls_that_nobody_answers_do_not_pile_up(world) {
  const csms = await world.programs.csms();
  const page = await world.open(`${csms.url}/`);
  assert.deepEqual(await page.evaluate(async () => {
    const { join } = await import("/operator/messages.js");
    const calls = new Map();
    const call = (id, time) => ({ type: "call", direction: "in", id, action: "Heartbeat", time });
    for (let i = 0; i < 2000; i += 1) join(call(`old-${i}`, "2026-01-01T00:00:00Z"), calls);
    const left = calls.size;
    join(call("new", "2026-01-01T00:00:00Z"), calls);
    const answer = { type: "result", direction: "out", id: "new", time: "2026-01-01T00:00:00.250Z" };
    join(answer, calls);
    const again = { type: "result", direction: "out", id: "new", time: "2026-01-01T00:00:01Z" };
    join(again, calls);
    return [left <= 500, answer.action, answer.took, again.action];
  }), [true, "Heartbeat", 250, undefined]);
}

export async function frames_of_another_run_of_the_server_are_shown(world) {
  const options = ["--accept-unknown", "--db", path.join(world.programs.folder, "csms.db")];
  const csms = await world.programs.csms(options);
  const page = await world.open(`${csms.url}/#/stations/PILE-1/messages`, { forgive: [/status of (404|503)/, /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/] });
  const sim = world.programs.sim(csms, "PILE-1", ["--set", "RetryBackOffWaitMinimum=1", "--set", "RetryBackOffRandomRange=1"]);
  await until(async () => (await csms.api("GET", "/api/stations")).stations.some((one) => one.connected && one.connectors.length > 0), "the pile");
  await page.reload();
  for (let i = 0; i < 20; i += 1) await csms.api("POST", "/api/stations/PILE-1/call", { action: "ClearCache", payload: {} });
  sim.do("transfer org.example before");
  await page.getByText(/"before"/).waitFor();
  await world.programs.stop(csms.program);
  await page.getByText("reconnecting …").waitFor();
  await world.programs.csms(options, { port: csms.port });
  await until(async () => (await csms.api("GET", "/api/stations")).stations.some((one) => one.connected), "the pile again");
  sim.do("transfer org.example after");
  await page.getByText(/"after"/).waitFor();
  assert.equal(await page.getByText(/"before"/).count(), 0);
}

export async function a_stream_that_breaks_goes_on_where_it_was(world) {
  const csms = await world.programs.csms(["--accept-unknown"]);
  const page = await world.open(`${csms.url}/`);
  await page.evaluate(async () => {
    const { Live } = await import("/shared/live.js");
    const { Api } = await import("/shared/api.js");
    window.live = new Live(new Api());
    window.told = [];
    window.live.on("*", (event, kind) => window.told.push(`${kind} ${event.station}`));
    window.live.start();
  });
  const until = (words) => page.waitForFunction((one) => window.told.includes(one), words);
  await page.waitForFunction(() => window.live.state === "live");
  const first = world.programs.sim(csms, "PILE-1");
  await until("boot PILE-1");
  await page.evaluate(() => {
    window.live.wait = 60000;
    window.live.connection.abort();
  });
  await page.waitForFunction(() => window.live.state === "reconnecting");
  const second = world.programs.sim(csms, "PILE-2");
  await page.getByRole("row").filter({ hasText: "PILE-2" }).getByText("connected").waitFor(); // the page's own stream saw it
  assert.equal(await page.evaluate(() => window.told.some((one) => one.endsWith("PILE-2"))), false);
  await page.evaluate(() => window.live.retry());
  await until("boot PILE-2");
  const told = await page.evaluate(() => window.told);
  assert.equal(told.filter((one) => one === "connection PILE-2").length, 1, told.join());
  assert.equal(told.filter((one) => one === "boot PILE-1").length, 1, told.join());
  assert.ok(!told.some((one) => one.startsWith("gap")), told.join());
  first.do("quit");
  second.do("quit");
}
