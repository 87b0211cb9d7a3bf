/* api.js: asks the server. A token, where one is needed, is kept for as long as the tab lives and shown in a header, which no other
 * site can make a browser do. */

/* "nobody came" is "Nobody came." */
export function sentenceOf(words) {
  return words.charAt(0).toUpperCase() + words.slice(1) + (/[.!?…]$/.test(words) ? "" : ".");
}

/* Problem: an answer that is none (RFC 9457), or no answer: status 0. */
export class Problem extends Error {
  constructor(status, title, detail, path) {
    super(detail || title);
    this.name = "Problem";
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.path = path; /* JSON pointer into the body that was sent */
  }

  /* For people: a sentence, without the code that a refused command has before its reason ("WrongState: …"). */
  get sentence() {
    if (this.status === 0) return "The server does not answer.";
    const words = (this.detail || this.title).replace(/^[A-Z][A-Za-z]+: (?=.)/, "");
    return this.path ? `${words} (${this.title})` : sentenceOf(words);
  }
}

/* path`/api/stations/${id}`: what comes from elsewhere stays one segment. */
export function path(texts, ...values) {
  return texts.reduce((whole, text, i) => whole + text + (i < values.length ? encodeURIComponent(values[i]) : ""), "");
}

/* query({after, limit}): "?after=…&limit=…" of what is not empty. */
export function query(values) {
  const pairs = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return pairs.length ? `?${pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&")}` : "";
}

async function problemOf(response) {
  const type = response.headers.get("content-type") || "";
  let body = {};
  if (type.includes("json")) body = await response.json().catch(() => ({}));
  return new Problem(response.status, body.title || response.statusText || `Status ${response.status}`, body.detail, body.path);
}

/* An answer that breaks off in its middle is none. */
async function bodyOf(response) {
  try {
    return (response.headers.get("content-type") || "").includes("json") ? await response.json() : await response.text();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Problem(0, "No answer", String(error.message));
  }
}

export class Api {
  /* |key| names the token in sessionStorage: whoever has another kind of token uses another name. |askToken()| asks the person for it
   * when the server wants one, and resolves to it, or to null. */
  constructor({ key = "operator-token", askToken = async () => null } = {}) {
    this.key = key;
    this.askToken = askToken;
    this.asking = null;
  }

  get token() {
    return sessionStorage.getItem(this.key);
  }

  set token(value) {
    if (value) sessionStorage.setItem(this.key, value);
    else sessionStorage.removeItem(this.key);
  }

  headers(more) {
    return { ...(this.token ? { Authorization: `Bearer ${this.token}` } : {}), ...more };
  }

  /* A token is asked for once, however many requests need it. */
  async newToken(old) {
    if (this.token && this.token !== old) return true;
    this.asking = this.asking || this.askToken().finally(() => { this.asking = null; });
    const token = await this.asking;
    if (token) this.token = token;
    return Boolean(token);
  }

  /* The raw answer; 401 asks for a token and tries again. */
  async fetch(url, options = {}) {
    for (;;) {
      const shown = this.token;
      let response;
      try {
        response = await fetch(url, { ...options, headers: this.headers(options.headers), cache: "no-store", credentials: "omit" });
      } catch (error) {
        if (error.name === "AbortError") throw error;
        throw new Problem(0, "No answer", String(error.message));
      }
      if (response.status !== 401 || !(await this.newToken(shown))) return response;
    }
  }

  async ask(method, url, { body, signal } = {}) {
    const options = { method, signal, headers: { Accept: "application/json" } };
    if (body !== undefined) {
      options.body = JSON.stringify(body);
      options.headers["Content-Type"] = "application/json";
    }
    const response = await this.fetch(url, options);
    if (!response.ok) throw await problemOf(response);
    return response.status === 204 ? null : bodyOf(response);
  }

  get(url, options) { return this.ask("GET", url, options); }
  post(url, body = {}, options = {}) { return this.ask("POST", url, { ...options, body }); }
  put(url, body = {}, options = {}) { return this.ask("PUT", url, { ...options, body }); }
  delete(url, options) { return this.ask("DELETE", url, options); }

  /* All pages of a list: |member| of each answer, until |most| rows are there. Returns { rows, more }. */
  async all(url, member, { most = 1000, signal } = {}) {
    const rows = [];
    let after;
    do {
      const separator = url.includes("?") ? "&" : "?";
      const page = await this.get(after === undefined ? url : `${url}${separator}after=${encodeURIComponent(after)}`, { signal });
      rows.push(...page[member]);
      after = page.next;
    } while (after !== undefined && rows.length < most);
    return { rows, more: after !== undefined };
  }
}
