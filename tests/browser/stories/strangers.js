// Pages of elsewhere: what they can make an operator's browser do to a server on loopback that asks nobody for a token.
import assert from "node:assert/strict";
import http from "node:http";

// A server of somebody else, whose page says what |html| does.
async function elsewhere(html) {
  const server = http.createServer((request, response) => response.writeHead(200, { "Content-Type": "text/html" }).end(`<!DOCTYPE html><link rel="icon" href="data:,">${html}`));
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  server.unref();
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => { server.closeAllConnections(); server.close(); } };
}

export async function a_page_of_elsewhere_changes_nothing_and_reads_nothing(world) {
  const csms = await world.programs.csms(["--accept-unknown"]);
  const site = await elsewhere(`<iframe src="${csms.url}/"></iframe><form method="post" action="${csms.url}/api/stations/PILE-1/reset" enctype="text/plain"><button name="{" value="}">win</button></form>`);
  const stranger = await world.open(site.url, { forgive: [/asks http/, /console: /] });
  const statuses = [];
  stranger.on("response", (response) => statuses.push(`${response.request().method()} ${response.status()}`));
  const tried = await stranger.evaluate(async (url) => {
    const outcomes = [];
    for (const [path, options] of [
      ["/api/tokens/Local/EVIL", { method: "PUT", headers: { "Content-Type": "application/json" }, body: '{"status":"Accepted"}' }],
      ["/api/stations/PILE-1/reset", { method: "POST", mode: "no-cors", headers: { "Content-Type": "text/plain" }, body: "{}" }],
      ["/api/stations", {}],
    ]) {
      outcomes.push(await fetch(url + path, options).then((response) => response.type, () => "refused"));
    }
    return outcomes;
  }, csms.url);
  assert.deepEqual(tried, ["refused", "opaque", "refused"]);
  assert.ok(statuses.includes("POST 403"), statuses.join());
  assert.deepEqual((await csms.api("GET", "/api/tokens")).tokens, []);

  // nor may it frame the pages, to have an operator press what is not seen
  assert.equal(await stranger.frames()[1]?.evaluate(() => document.querySelectorAll("main").length).catch(() => 0), 0);
  const [answer] = await Promise.all([stranger.waitForResponse((response) => response.request().method() === "POST"), stranger.getByRole("button", { name: "win" }).click()]);
  assert.equal(answer.status(), 403);
  site.close();
}

export async function whoever_is_lost_is_told_so(world) {
  const csms = await world.programs.csms();
  const page = await world.open(`${csms.url}/no/such/page`, { forgive: [/status of 404/] });
  await page.getByRole("heading", { name: "Nothing here" }).waitFor();
  await world.look(page, "lost");
  await page.getByRole("link", { name: "Go to the stations" }).click();
  await page.getByRole("heading", { name: "Stations" }).waitFor();
}
