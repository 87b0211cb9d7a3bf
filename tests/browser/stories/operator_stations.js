// The operator's list of stations: what is there, what happens, and what a station calls itself.
import assert from "node:assert/strict";
import { until } from "../programs.js";

const MARKUP = "<img src=x onerror=somethingRan('img')>\"'&‮";

export async function an_operator_sees_stations_come_charge_and_go(world) {
  const csms = await world.programs.csms(["--accept-unknown", "--accept-unknown-tokens"]);
  const page = await world.open(`${csms.url}/`);
  await page.getByText("No station is known yet.").waitFor();
  await page.getByText("live", { exact: true }).waitFor();
  await world.look(page, "stations-none");

  const sim = world.programs.sim(csms, "PILE-1", ["--evses", "2"]);
  const row = page.getByRole("row").filter({ hasText: "PILE-1" });
  await row.getByText("1.1 Available").waitFor();
  sim.do("plug 1");
  await row.getByText(/1\.1 (Preparing|Occupied)/).waitFor();
  await csms.api("PUT", `/api/stations/${encodeURIComponent(MARKUP.slice(0, 20))}`, {});
  await world.look(page, "stations");
  sim.do("quit");
  await world.programs.stop(sim.program);
  await row.getByText("offline").waitFor();
  await page.getByRole("searchbox", { name: "Search" }).fill("nothing like it");
  await page.getByText("No station is like that.").waitFor();
  assert.equal((await until(async () => (await csms.api("GET", "/api/stations")).stations, "the stations")).length, 2);
}
