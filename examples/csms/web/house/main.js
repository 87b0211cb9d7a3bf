/* main.js: the pages of a rental house: for who holds its privilege card, and for its tenants. What is shown is what the phone's card
 * may; the server decides that again with each request. */
import { Live } from "/shared/live.js";
import { app } from "/shared/shell.js";
import { cards } from "./cards.js";
import { charge } from "./charge.js";
import { consumption } from "./consumption.js";
import { door } from "./door.js";
import { bearer, PhoneApi, takeFromAddress } from "./keys.js";
import { phones, tenants } from "./people.js";
import { prices } from "./prices.js";
import { statement, statements } from "./statements.js";

const LANDLORD = [["consumption", "Consumption"], ["statements", "Statements"], ["tenants", "Tenants"], ["cards", "Cards"], ["phones", "Phones"], ["prices", "Prices"]];
const TENANT = [["charge", "Charge"], ["consumption", "Consumption"], ["statements", "Statements"], ["cards", "My card"], ["prices", "Prices"]];

const scanned = takeFromAddress();
const api = new PhoneApi();

/* Whose phone this is: null: nobody's, or not any more. */
async function whoAmI() {
  if (!bearer() || scanned) return null;
  try {
    return await api.get("/api/settlement/phones/me");
  } catch (error) {
    return error.status === 401 ? null : { error };
  }
}

const me = await whoAmI();
const isIn = Boolean(me?.bound);
const isTenant = Boolean(me?.tenant);
const at = isIn ? `/api/settlement/houses/${encodeURIComponent(me.house)}` : "";
const house = {};

/* The house as it is now; pages get it with who asks, and have it read again where they show what changes of it. */
async function readHouse(signal) {
  Object.assign(house, (await api.get(at, { signal })).houses[0]);
}

function inside(page) {
  return async (context, parameters) => {
    if (!house.id) await readHouse(context.signal);
    return page({ ...context, me, at, house, readHouse: () => readHouse(context.signal), isTenant, may: (right) => me.rights.includes(right) }, parameters);
  };
}

/* News of the house; of this phone, while it waits to be let in; none for who is nobody here. */
function newsOf() {
  if (isIn) return new Live(api, { url: `${at}/events` });
  return me && !me.error ? new Live(api, { url: "/api/settlement/phones/me/events" }) : undefined;
}

const rooms = { charge, consumption, statements, statement, tenants, cards, phones, prices };

app({
  brand: "House",
  first: isIn ? (isTenant ? "charge" : "consumption") : "door",
  nav: isIn ? (isTenant ? TENANT : LANDLORD) : [],
  routes: { door: door(scanned, me), ...(isIn ? Object.fromEntries(Object.entries(rooms).map(([name, page]) => [name, inside(page)])) : {}) },
  api,
  live: newsOf(),
});
if (!isIn) location.hash = "#/door";
