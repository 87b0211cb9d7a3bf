/* keys.js: the bearer a phone got when it scanned the code of a card. It is shown in a header and nowhere else. */
import { Api } from "/shared/api.js";

const BEARER = "house-bearer";

export function bearer() {
  return localStorage.getItem(BEARER);
}

export function keepBearer(value) {
  if (value) localStorage.setItem(BEARER, value);
  else localStorage.removeItem(BEARER);
}

/* A card's code says "/house/#card=…&secret=…": both leave the address at once. Empty: it says something else. */
export function takeFromAddress() {
  if (!location.hash.startsWith("#card=")) return null;
  const found = /^#card=([0-9A-Z]{1,26})&secret=([0-9A-Z]{1,26})$/.exec(location.hash) || ["", "", ""];
  history.replaceState(null, "", `${location.pathname}#/door`);
  return { card: found[1], secret: found[2] };
}

/* What stands in the code of a card, for who prints it. */
export function codeOf(card, secret) {
  return `${location.origin}/house/#card=${card}&secret=${secret}`;
}

export class PhoneApi extends Api {
  constructor(shown = bearer()) {
    super({ key: "none" });
    this.shown = shown;
  }

  get token() {
    return this.shown;
  }

  set token(value) {
    keepBearer(value);
    this.shown = value;
  }
}
