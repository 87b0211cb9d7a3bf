/* main.js: the operator's pages. */
import { Api } from "/shared/api.js";
import { Live } from "/shared/live.js";
import { app, askToken } from "/shared/shell.js";
import { banks } from "./banks.js";
import { ledger, reconciliation } from "./ledger.js";
import { orders } from "./orders.js";
import { security } from "./security.js";
import { sessions } from "./sessions.js";
import { stations } from "./stations.js";
import { tokens } from "./tokens.js";

const api = new Api({ key: "operator-token", askToken });
const live = new Live(api);

app({
  brand: "ocpp-csms",
  first: "stations",
  nav: [["stations", "Stations"], ["sessions", "Sessions"], ["orders", "Orders"], ["banks", "Power banks"], ["ledger", "Ledger", ["reconciliation"]], ["tokens", "Tokens"], ["security", "Security"]],
  routes: { stations, sessions, orders, banks, ledger, reconciliation, tokens, security },
  api,
  live,
});
