// programs.js: ocpp-csms and ocpp-sim as children of a story. All end with it.
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const BIN = process.env.OCPP_BIN;
const WAIT_MS = 60000;

export class Programs {
  constructor() {
    this.children = [];
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), "ocpp-pages-"));
  }

  file(name, content) {
    const where = path.join(this.folder, name);
    fs.writeFileSync(where, typeof content === "string" ? content : JSON.stringify(content));
    return where;
  }

  start(name, options) {
    const child = spawn(path.join(BIN, name), options, { stdio: ["pipe", "pipe", "pipe"] });
    const program = { child, name, out: "", errors: "" };
    child.stdin.on("error", () => {});
    child.stdout.setEncoding("utf8").on("data", (text) => { program.out += text; program.look?.(); });
    child.stderr.setEncoding("utf8").on("data", (text) => { program.errors += text; });
    child.on("exit", (code) => { program.code = code ?? -1; program.look?.(); });
    this.children.push(program);
    return program;
  }

  // Until |what| is in what the program printed.
  async printed(program, what) {
    const end = Date.now() + WAIT_MS;
    while (!what.test(program.out)) {
      if (program.code !== undefined || Date.now() > end) throw new Error(`${program.name} did not print ${what}: ${program.out}${program.errors}`);
      await new Promise((resolve) => { program.look = resolve; setTimeout(resolve, 200); });
    }
    return what.exec(program.out);
  }

  // A central system on loopback: { url, ws, api(method, path, body), program }. |more.http| of an earlier one takes its port again.
  async csms(options = [], { port = 0, address = "127.0.0.1", token } = {}) {
    const program = this.start("ocpp-csms", ["--listen", `ws://${address}:${port}`, "--log", "none", ...options]);
    const found = await this.printed(program, /operators http:\/\/[^:]*:(\d+)\//);
    const url = `http://127.0.0.1:${found[1]}`;
    const api = async (method, where, body) => {
      const headers = { ...(body ? { "Content-Type": "application/json" } : {}), ...(token ? { Authorization: `Bearer ${token}` } : {}) };
      const response = await fetch(url + where, { method, headers, body: body && JSON.stringify(body) });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${where}: ${response.status} ${text}`);
      return text ? JSON.parse(text) : null;
    };
    return { url, port: Number(found[1]), ws: `ws://127.0.0.1:${found[1]}/ocpp`, api, program };
  }

  // A pile that is told what to do: sim.do("plug 1").
  sim(csms, id, options = []) {
    const program = this.start("ocpp-sim", ["--url", csms.ws, "--id", id, ...options]);
    return { program, do: (...lines) => program.child.stdin.write(`${lines.join("\n")}\n`) };
  }

  async stop(program) {
    if (program.code !== undefined) return;
    const gone = new Promise((resolve) => { program.child.once("exit", resolve); });
    program.child.kill("SIGTERM");
    const late = setTimeout(() => program.child.kill("SIGKILL"), 5000);
    await gone;
    clearTimeout(late);
  }

  async end() {
    await Promise.all(this.children.map((program) => this.stop(program)));
    fs.rmSync(this.folder, { recursive: true, force: true });
    for (const { name, errors } of this.children) {
      if (/Sanitizer|runtime error:|Assertion/.test(errors)) throw new Error(`${name}: ${errors.slice(0, 4000)}`);
    }
  }
}

// Asks again and again until |condition| holds.
export async function until(condition, what) {
  const end = Date.now() + WAIT_MS;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (Date.now() > end) throw new Error(`${what} did not come about`);
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
}
