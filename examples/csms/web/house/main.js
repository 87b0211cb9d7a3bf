/* main.js: the pages of a rental house: for who holds its privilege card, and for its tenants. What is shown is what the phone's card
 * may; the server decides that again with each request. */
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
let house = null;

/* The house, read once; pages get it with who asks. */
function inside(page) {
  return async (context, parameters) => {
    house = house || (await api.get(at, { signal: context.signal })).houses[0];
    return page({ ...context, me, at, house, isTenant, may: (right) => me.rights.includes(right) }, parameters);
  };
}

const rooms = { charge, consumption, statements, statement, tenants, cards, phones, prices };

app({
  brand: "House",
  first: isIn ? (isTenant ? "charge" : "consumption") : "door",
  nav: isIn ? (isTenant ? TENANT : LANDLORD) : [],
  routes: { door: door(scanned, me), ...(isIn ? Object.fromEntries(Object.entries(rooms).map(([name, page]) => [name, inside(page)])) : {}) },
  api,
});
if (!isIn) location.hash = "#/door";
