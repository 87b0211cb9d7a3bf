// driver.js: one browser, all stories. A story is a function of stories/*.js that gets a world: programs to start, pages to open, and
// look() to judge what is shown: axe-core in light, in dark and as wide as a phone, and a picture of each. A page may not complain on
// its console, may not ask another host, and may not run what is text.
//
// usage: driver.js [NAME]... (all stories whose name begins so)
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Programs } from "./programs.js";

const require = createRequire(path.join(process.env.OCPP_MODULES, "/"));
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const here = path.dirname(fileURLToPath(import.meta.url));
const screenshots = process.env.OCPP_SCREENSHOTS;
const LIMIT_MS = 60000;
const AT_ONCE = 3;
const DESK = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 844 };
// In the dark only the colours are others.
const LOOKS = [["light", DESK, "light", {}], ["dark", DESK, "dark", { runOnly: ["color-contrast"] }], ["phone", PHONE, "light", {}]];
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
  "--disable-sync", "--disable-dev-shm-usage"];

class World {
  constructor(browser, name) {
    this.browser = browser;
    this.name = name;
    this.programs = new Programs();
    this.contexts = [];
    this.complaints = [];
    this.forgiven = [];
  }

  // An open page. Complaints that match |forgive| are what the story is about. Where news are all it has, it asks for nothing of itself: timers of |deaf| ms never run.
  async open(url, { forgive = [], deaf = [], ...options } = {}) {
    const context = await this.browser.newContext({ viewport: DESK, locale: "en-GB", timezoneId: "UTC", reducedMotion: "reduce", ...options });
    await context.addInitScript((never) => {
      const real = window.setTimeout;
      window.setTimeout = (run, ms, ...more) => (never.includes(ms) ? 0 : real(run, ms, ...more));
    }, deaf);
    const page = await context.newPage();
    const origin = new URL(url).origin;
    context.setDefaultTimeout(LIMIT_MS);
    this.contexts.push(context);
    this.forgiven.push(...forgive);
    page.on("console", (message) => { if (["error", "warning"].includes(message.type())) this.complaints.push(`console: ${message.text()} ${message.location().url || ""}`); });
    page.on("pageerror", (error) => this.complaints.push(`error: ${error.message}`));
    page.on("request", (request) => { if (new URL(request.url()).origin !== origin && !request.url().startsWith("data:")) this.complaints.push(`asks ${request.url()}`); });
    await page.exposeFunction("somethingRan", (what) => this.complaints.push(`a text was run: ${what}`));
    await page.goto(url);
    return page;
  }

  // Judges what |page| shows, in every look, and keeps pictures as NAME-LOOK.png.
  async look(page, name) {
    const size = page.viewportSize();
    for (const [look, viewport, colorScheme, rules] of LOOKS) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.evaluate(() => window.scrollTo(0, 0));
      await page.screenshot({ path: path.join(screenshots, `${name}-${look}.png`), fullPage: true, animations: "disabled" });
      await page.evaluate(`if (!window.axe) { ${axe} }`);
      const { violations } = await page.evaluate((options) => window.axe.run(document, options), { resultTypes: ["violations"], ...rules });
      for (const found of violations) this.complaints.push(`${name} (${look}): ${found.id}: ${found.help}: ${found.nodes.slice(0, 3).map((node) => node.html).join(" | ")}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) this.complaints.push(`${name} (${look}): ${wide} pixels wider than the screen`);
    }
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  }

  async end() {
    for (const context of this.contexts) await context.close();
    await this.programs.end();
    const complaints = this.complaints.filter((complaint) => !this.forgiven.some((pattern) => pattern.test(complaint)));
    if (complaints.length > 0) throw new Error(`complaints:\n  ${complaints.join("\n  ")}`);
  }
}

async function picture(world, name) {
  for (const context of world.contexts) {
    for (const page of context.pages()) await page.screenshot({ path: path.join(screenshots, `FAILED-${name}.png`), fullPage: true }).catch(() => {});
  }
}

async function play(browser, name, story) {
  const world = new World(browser, name);
  const started = Date.now();
  let failure = null;
  try {
    await story(world);
  } catch (error) {
    failure = error;
    await picture(world, name);
  }
  await world.end().catch((error) => { failure = failure ? new Error(`${failure.stack}\n${error.message}`) : error; });
  console.log(`${failure ? "FAILED" : "ok"} ${name} ${((Date.now() - started) / 1000).toFixed(1)} s`);
  if (failure) console.log(failure.stack || failure);
  return !failure;
}

async function allStories(wanted) {
  const list = [];
  for (const file of fs.readdirSync(path.join(here, "stories")).filter((one) => one.endsWith(".js")).sort()) {
    const stories = await import(path.join(here, "stories", file));
    for (const [name, story] of Object.entries(stories)) {
      if (wanted.length === 0 || wanted.some((beginning) => name.startsWith(beginning))) list.push([name, story]);
    }
  }
  return list;
}

// Stories wait most of their time for programs, so a few are told at once.
async function main() {
  const waiting = await allStories(process.argv.slice(2));
  if (waiting.length === 0) throw new Error("no such story");
  const browser = await chromium.launch({ executablePath: process.env.OCPP_CHROMIUM, headless: true, args: FLAGS, chromiumSandbox: false });
  let good = true;
  async function tell() {
    while (waiting.length > 0) {
      const [name, story] = waiting.shift();
      good = (await play(browser, name, story)) && good;
    }
  }
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, tell));
  } finally {
    await browser.close();
  }
  process.exitCode = good ? 0 : 1;
}

await main();
