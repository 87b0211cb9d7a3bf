/* tokens.js: whose charging is let begin. */
import { path } from "/shared/api.js";
import { el } from "/shared/dom.js";
import { time } from "/shared/format.js";
import { announce, ask, button, dialog, field, select, status, table } from "/shared/ui.js";

const TYPES = ["ISO14443", "ISO15693", "Central", "eMAID", "KeyCode", "Local", "MacAddress", "NoAuthorization", "DirectPayment", "VIN"];
const STATES = ["Accepted", "Blocked", "Expired", "Invalid", "NoCredit", "NotAllowedTypeEVSE", "NotAtThisLocation", "NotAtThisTime", "Unknown"];
const MOST = 2000;

function tokenDialog(context, known) {
  const id = field("Token", el("input", { value: known?.idToken ?? "", autocomplete: "off", spellcheck: "false", maxlength: 255, readonly: Boolean(known) }), { required: true, hint: "letters are the same in either case" });
  const type = field("Type", select(known ? [known.type] : TYPES, known?.type ?? "ISO14443"));
  const state = field("Status", select(known && !STATES.includes(known.status) ? [known.status, ...STATES] : STATES, known?.status ?? "Accepted"));
  const group = field("Group", el("input", { value: known?.group ?? "", autocomplete: "off", spellcheck: "false", maxlength: 36 }));
  const expires = field("Expires", el("input", { type: "datetime-local", value: known?.expires ? local(known.expires) : "" }), { hint: "empty: never" });
  return dialog({
    title: known ? "Change a token" : "Add a token",
    body: [id, type, state, group, expires],
    confirm: "Save",
    onconfirm: async () => {
      const { type: old, idToken, ...rest } = known || {};
      const body = { ...rest, status: state.input.value };
      for (const [name, value] of [["group", group.input.value], ["expires", expires.input.value && new Date(expires.input.value).toISOString()]]) {
        if (value) body[name] = value;
        else delete body[name];
      }
      await context.api.put(path`/api/tokens/${type.input.value}/${id.input.value}`, body);
      announce(`Token ${id.input.value}: ${state.input.value}`);
      context.reload();
      return true;
    },
  });
}

const local = (text) => {
  const date = new Date(text);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
};

export async function tokens(context) {
  const { api, signal, title } = context;
  const { rows, more } = await api.all("/api/tokens?limit=1000", "tokens", { most: MOST, signal });
  let text = "";
  const forget = (one) => ask("Forget the token?", `${one.idToken} is looked up nowhere any more.`, "Forget", () => api.delete(path`/api/tokens/${one.type}/${one.idToken}`).then(() => { context.reload(); return true; }));
  const list = table({
    caption: more ? `The first ${MOST}` : "All that were written down",
    rows: [],
    none: rows.length === 0 ? "No token is written down. Stations ask for tokens nobody wrote down, too: those are refused, unless the program accepts unknown ones." : "No token is like that.",
    columns: [
      { label: "Token", cell: (one) => one.idToken },
      { label: "Type", cell: (one) => one.type },
      { label: "Status", cell: (one) => status(one.status) },
      { label: "Group", cell: (one) => one.group || "–" },
      { label: "Expires", cell: (one) => time(one.expires) },
      { label: "Do", cell: (one) => el("span", { class: "pills" }, button("Change", () => tokenDialog(context, one), { class: "small", "aria-label": `Change ${one.idToken}` }),
        button("Forget", () => forget(one), { class: "small", "aria-label": `Forget ${one.idToken}` })) },
    ],
  });
  const draw = () => list.update(rows.filter((one) => `${one.idToken} ${one.group || ""}`.toLowerCase().includes(text)));
  draw();
  return [
    el("div", { class: "heading" }, title("Tokens"), el("span", { class: "push" }, button("Add a token", () => tokenDialog(context)))),
    el("div", { class: "card" }, el("div", { class: "filters" }, field("Search", el("input", { type: "search", spellcheck: "false", oninput: (event) => { text = event.target.value.toLowerCase(); draw(); } }))), list),
  ];
}
