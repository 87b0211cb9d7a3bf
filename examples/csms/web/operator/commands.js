/* commands.js: any message the central system may send in the station's version: a form made of the message model, and the answer. */
import { path } from "/shared/api.js";
import { el, replace, word } from "/shared/dom.js";
import { MessageForm } from "/shared/form.js";
import { link } from "/shared/shell.js";
import { empty, field, pill, section, select } from "/shared/ui.js";

const OFTEN = ["RemoteStartTransaction", "RequestStartTransaction", "RemoteStopTransaction", "RequestStopTransaction", "UnlockConnector", "Reset", "TriggerMessage",
  "ChangeAvailability", "GetConfiguration", "ChangeConfiguration", "GetVariables", "SetVariables", "ReserveNow"];

const json = (value) => el("pre", { tabindex: "0", "aria-label": "The answer" }, JSON.stringify(value, null, 2));

function outcome(answer, took) {
  if (answer.error) {
    const { code, description, details } = answer.error;
    return [el("p", {}, pill(code, "bad"), " ", word(description || "The station refused.")), json(details ?? {})];
  }
  const tone = /^(Rejected|Failed|NotSupported|Invalid|Unknown)/.test(answer.result?.status || "") ? "warn" : "good";
  return [el("p", {}, pill(answer.result?.status || "answered", tone), el("span", { class: "soft" }, ` after ${took} ms`)), json(answer.result)];
}

/* The form of one action; sends it when it is right. */
async function commandForm(context, station, action) {
  const model = await context.api.get(path`/api/model/${station.version}/${action}`, { signal: context.signal });
  const form = new MessageForm(model);
  const place = el("div", { role: "status" });
  const wrong = el("p", { class: "wrong", role: "alert" });
  const send = el("button", { type: "submit", class: "primary", disabled: !station.connected }, "Send");
  const preview = el("pre", { tabindex: "0", "aria-label": "What is sent" });
  const shown = el("details", {}, el("summary", {}, "What is sent"), preview);

  async function submit(event) {
    event.preventDefault();
    const { value, wrongs } = form.read();
    replace(wrong, wrongs.length > 0 && `${wrongs.length === 1 ? "One field is" : `${wrongs.length} fields are`} not right yet: ${wrongs.map((one) => one.path.slice(1)).join(", ")}. Nothing was sent.`);
    if (wrongs.length > 0) return;
    replace(preview, JSON.stringify(value, null, 2));
    send.disabled = true;
    replace(place, el("p", { class: "soft" }, el("span", { class: "spinner", "aria-hidden": "true" }), "The station is asked …"));
    const began = performance.now();
    try {
      const answer = await context.api.post(path`/api/stations/${station.id}/call`, { action, payload: value });
      replace(place, outcome(answer, Math.round(performance.now() - began)));
    } catch (error) {
      form.show(error.path, error.detail || error.message);
      replace(place);
      replace(wrong, error.sentence || error.message);
    } finally {
      send.disabled = !station.connected;
    }
  }

  return el("div", { class: "columns" },
    section(action, el("form", { novalidate: true, onsubmit: submit }, form.node, wrong, el("div", { class: "actions left" }, send, !station.connected && el("span", { class: "soft" }, "The station is offline.")))),
    Object.assign(section("Answer", place, shown), { className: "card answer" }));
}

export async function commandsPage(context, station, place, [action]) {
  if (!station.version) return empty("The station has not connected yet, so its version is not known, nor what may be sent to it.");
  const { actions } = await context.api.get(path`/api/model/${station.version}`, { signal: context.signal });
  const names = actions.filter((one) => one.from !== "station").map((one) => one.action);
  const often = OFTEN.filter((name) => names.includes(name));
  const choice = select(["", ...names], names.includes(action) ? action : "", { onchange: (event) => { location.hash = event.target.value ? link("stations", station.id, "commands", event.target.value) : link("stations", station.id, "commands"); } });
  return [
    el("div", { class: "card" },
      field(`Message of OCPP ${station.version}`, choice, { hint: "every message a central system may send; its form is made of the program's own tables" }),
      el("p", { class: "pills" }, often.map((name) => el("a", { href: link("stations", station.id, "commands", name), "aria-current": name === action && "true" }, name)))),
    names.includes(action) ? await commandForm(context, station, action) : action && empty(`OCPP ${station.version} has no such message for a central system: ${action}`),
  ];
}
