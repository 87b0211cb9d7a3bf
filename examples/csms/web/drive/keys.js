/* keys.js: the keys a phone keeps: one for each of its visits, and perhaps one of an account. A key is shown in a header and nowhere else. */
import { Api } from "/shared/api.js";

const VISITS = "drive-visits";
const ACCOUNT = "drive-account";
const MOST = 50;

const held = new Map(); /* what a browser would not keep, as long as this page is open */

function read(name, otherwise) {
  try {
    return JSON.parse(held.get(name) ?? localStorage.getItem(name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

/* False: only until this page is closed, for the browser keeps nothing, or has no room. */
function write(name, value) {
  held.delete(name);
  try {
    localStorage.setItem(name, JSON.stringify(value));
    return true;
  } catch {
    held.set(name, JSON.stringify(value));
    return false;
  }
}

/* The newest first; keys that are over are forgotten. */
export function visits() {
  const rows = read(VISITS, []);
  return Array.isArray(rows) ? rows.filter((row) => row && typeof row.key === "string" && Date.parse(row.until) > Date.now()) : [];
}

export function visitOf(id) {
  return visits().find((row) => row.id === id);
}

export function remember(visit) {
  return write(VISITS, [visit, ...visits().filter((row) => row.id !== visit.id)].slice(0, MOST));
}

export function forget(id) {
  write(VISITS, visits().filter((row) => row.id !== id));
}

export function account() {
  const key = read(ACCOUNT, null);
  return typeof key === "string" ? key : null;
}

export function keepAccount(key) {
  if (key) {
    write(ACCOUNT, key);
    return;
  }
  held.delete(ACCOUNT);
  try {
    localStorage.removeItem(ACCOUNT);
  } catch {
    /* what keeps nothing has nothing to forget */
  }
}

/* An operator hands out "/drive/#key=…": the key leaves the address at once. True: it is kept; false: it is none; null: nobody handed out
 * anything. */
export function takeFromAddress() {
  if (!location.hash.startsWith("#key=")) return null;
  const found = /^#key=(a\.[A-Za-z0-9.-]+)$/.exec(location.hash);
  if (found) keepAccount(found[1]);
  history.replaceState(null, "", `${location.pathname}#/find`);
  return Boolean(found);
}

/* Asks with one key; null: as a stranger. Who signs out forgets the account. */
export class KeyApi extends Api {
  constructor(key) {
    super({ key: "none" });
    this.shown = key;
  }

  get token() {
    return this.shown;
  }

  set token(value) {
    keepAccount(value);
    this.shown = value;
  }
}
