/* live.js: what happens, as it happens: one stream of events per page. A stream that breaks is taken up again where it was; where
 * the server does not keep what was missed, "gap" tells pages to look at the state of things themselves. */

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15000;
const SILENCE_MS = 45000; /* the server says something every 15 s */

export const LIVE = "live";
export const CONNECTING = "connecting";
export const RECONNECTING = "reconnecting";
export const STOPPED = "stopped";

/* soon(action, wait, signal): a function that has |action| done once, |wait| ms after it was called first, and never twice at a time:
 * events come in swarms. What goes wrong is left to the next one. Its now() does |action| at once, for the first time, and what goes wrong
 * is the caller's: what is asked for meanwhile comes after it, so that an old answer never stands where a newer one was. */
export function soon(action, wait, signal) {
  let waits = false;
  let runs = false;
  let again = false;

  async function now() {
    runs = true;
    try {
      return await action();
    } finally {
      runs = false;
      if (again) ask();
      again = false;
    }
  }

  async function run() {
    waits = false;
    try {
      if (!signal?.aborted) await now();
    } catch (error) {
      if (!error.sentence && error.name !== "AbortError") throw error;
    }
  }

  function ask() {
    if (runs) again = true;
    if (waits || runs) return;
    waits = true;
    setTimeout(run, wait);
  }
  ask.now = now;
  return ask;
}

/* meanwhile(): what is read may be older than what is heard before it is there. read(ask) brings what ask() brings, and a list of what was
 * heard, hear(one), since it began. */
export function meanwhile() {
  const reading = new Set();
  return {
    hear(one) {
      for (const heard of reading) heard.push(one);
    },
    async read(ask) {
      const heard = [];
      reading.add(heard);
      try {
        return [await ask(), heard];
      } finally {
        reading.delete(heard);
      }
    },
  };
}

/* Parts a text/event-stream into events: { id, event, data }. */
export class EventParser {
  constructor(tell) {
    this.tell = tell;
    this.rest = "";
    this.clear();
  }

  clear() {
    this.event = { id: undefined, event: "message", data: [] };
  }

  line(line) {
    if (line === "") {
      if (this.event.data.length > 0 || this.event.id !== undefined) this.tell({ ...this.event, data: this.event.data.join("\n") });
      this.clear();
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") this.event.data.push(value);
    else if (name === "event") this.event.event = value;
    else if (name === "id") this.event.id = value;
  }

  feed(text) {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop();
    for (const line of lines) this.line(line.replace(/\r$/, ""));
  }
}

export class Live {
  constructor(api, { url = "/api/events" } = {}) {
    this.api = api;
    this.url = url;
    this.listeners = new Map(); /* kind: set of functions; "*": of all; "state": of the stream itself */
    this.state = STOPPED;
    this.lastId = null;
    this.wait = FIRST_WAIT_MS;
    this.runs = 0;
  }

  /* on("status", (event, kind) => …, signal): until |signal| is aborted. */
  on(kind, listener, signal) {
    if (!this.listeners.has(kind)) this.listeners.set(kind, new Set());
    this.listeners.get(kind).add(listener);
    if (signal) signal.addEventListener("abort", () => this.listeners.get(kind).delete(listener), { once: true });
  }

  tell(kind, event) {
    for (const name of [kind, "*"]) {
      for (const listener of this.listeners.get(name) || []) {
        try {
          listener(event, kind);
        } catch (error) {
          console.error(error); /* one that fails breaks neither the stream nor the others */
        }
      }
    }
  }

  become(state) {
    if (this.state === state) return;
    this.state = state;
    for (const listener of this.listeners.get("state") || []) listener(state);
  }

  take({ id, event, data }) {
    if (id) this.lastId = id;
    if (!data) return;
    try {
      this.tell(event, JSON.parse(data));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }

  start() {
    if (this.state !== STOPPED) return;
    this.become(CONNECTING);
    this.runs += 1;
    this.run(this.runs);
  }

  stop() {
    this.runs += 1;
    this.become(STOPPED);
    this.connection?.abort();
    this.hurry?.();
  }

  /* Tries now instead of later. */
  retry() {
    if (this.state === STOPPED) this.start();
    this.hurry?.();
  }

  /* Of runs that were begun only the last one goes on, whatever the others were waiting for. */
  async run(own) {
    while (this.state !== STOPPED && own === this.runs) {
      await this.listen().catch(() => {});
      if (this.state === STOPPED || own !== this.runs) return;
      this.become(RECONNECTING);
      await this.pause();
    }
  }

  async pause() {
    const wait = this.wait * (0.7 + Math.random() * 0.6);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
    await new Promise((resolve) => {
      this.hurry = resolve;
      setTimeout(resolve, wait);
    });
  }

  async listen() {
    const connection = new AbortController();
    this.connection = connection;
    let silence;
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => connection.abort(), SILENCE_MS);
    };
    heard();
    try {
      const headers = { Accept: "text/event-stream", ...(this.lastId ? { "Last-Event-ID": this.lastId } : {}) };
      const response = await this.api.fetch(this.url, { headers, signal: connection.signal });
      if (response.status === 401 || response.status === 403) this.become(STOPPED); /* asking again would not help */
      if (!response.ok) return;
      const parser = new EventParser((event) => this.take(event));
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      this.become(LIVE);
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        this.wait = FIRST_WAIT_MS; /* one that is opened and closed again without a word is no good news */
        heard();
        parser.feed(value);
      }
    } finally {
      clearTimeout(silence);
    }
  }
}
