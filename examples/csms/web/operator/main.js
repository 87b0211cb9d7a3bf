/* main.js: the operator's pages. */
import { Api } from "/shared/api.js";
import { Live } from "/shared/live.js";
import { app, askToken } from "/shared/shell.js";
import { stations } from "./stations.js";

const api = new Api({ key: "operator-token", askToken });
const live = new Live(api);

app({
  brand: "ocpp-csms",
  first: "stations",
  nav: [["stations", "Stations"]],
  routes: { stations },
  api,
  live,
});
