/* keys.js: the keys a phone keeps: one for each of its visits, and perhaps one of an account. A key is shown in a header and nowhere else. */
import { Api } from "/shared/api.js";

const VISITS = "drive-visits";
const ACCOUNT = "drive-account";
const MOST = 50;

function read(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? otherwise;
  } catch {
    return otherwise;
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
  localStorage.setItem(VISITS, JSON.stringify([visit, ...visits().filter((row) => row.id !== visit.id)].slice(0, MOST)));
}

export function forget(id) {
  localStorage.setItem(VISITS, JSON.stringify(visits().filter((row) => row.id !== id)));
}

export function account() {
  const key = read(ACCOUNT, null);
  return typeof key === "string" ? key : null;
}

export function keepAccount(key) {
  if (key) localStorage.setItem(ACCOUNT, JSON.stringify(key));
  else localStorage.removeItem(ACCOUNT);
}

/* An operator hands out "/drive/#key=…": the key leaves the address at once. */
export function takeFromAddress() {
  const found = /^#key=(a\.[A-Za-z0-9.-]+)$/.exec(location.hash);
  if (!found) return false;
  keepAccount(found[1]);
  history.replaceState(null, "", `${location.pathname}#/find`);
  return true;
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
