// The small parts of the pages, in the browser they are for: what is right, and what is refused.
import assert from "node:assert/strict";

export async function the_small_parts_of_the_pages_do_what_they_say(world) {
  const csms = await world.programs.csms();
  const page = await world.open(`${csms.url}/`);

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

  assert.deepEqual(await page.evaluate(async () => {
    const { minorOf } = await import("/operator/orders.js");
    const { powerOf } = await import("/operator/sessions.js");
    const { path, query } = await import("/shared/api.js");
    const { placeOf, link } = await import("/shared/shell.js");
    const { ticks } = await import("/shared/chart.js");
    const points = [{ time: "2026-01-01T00:00:00Z", registerWh: 0 }, { time: "2026-01-01T00:30:00Z", registerWh: 5500 }];
    return [["12.5", "-0.01", "7", "1.234", "1,5", ""].map((text) => minorOf(text, 2)), minorOf("5", 0), powerOf(points).points.map((point) => point.value), path`/api/${"a/b?c#d"}/${"%"}`,
      query({ a: "&=", b: "", c: undefined, d: 0 }), placeOf(link("stations", "A/B?%", "x")), placeOf("#/%zz"), ticks(11), ticks(0)[0]];
  }), [[1250, -1, 700, null, null, null], 5, [11, 11], "/api/a%2Fb%3Fc%23d/%25", "?a=%26%3D&d=0", ["stations", "A/B?%", "x"], ["%zz"], [0, 5, 10, 15], 0]);
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
