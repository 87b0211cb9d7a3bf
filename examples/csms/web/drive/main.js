/* main.js: the driver's pages: find and reserve, the visit, its order and its receipt. */
import { app } from "/shared/shell.js";
import { announce } from "/shared/ui.js";
import { find } from "./find.js";
import { account, KeyApi, takeFromAddress } from "./keys.js";
import { receipt } from "./receipt.js";
import { visit, myVisits } from "./visit.js";

const isTaken = takeFromAddress();

app({
  brand: "Charge",
  first: "find",
  nav: [["find", "Find a place"], ["visits", "My visits"]],
  routes: { find, visits: myVisits, visit, receipt },
  api: new KeyApi(account()),
});
if (isTaken) announce("This phone has your account now: what you reserve is paid by it.");
else if (isTaken === false) announce("The key in the address is not whole. Ask for it again.", "bad");
