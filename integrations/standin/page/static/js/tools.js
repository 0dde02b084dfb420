// Posting as another tool: each known format, as the tool posts it and goes on from there.

import { Trouble, get, post } from "./api.js";
import { fill, h } from "./dom.js";
import { state } from "./state.js";

const APP = "tools"; // of the seed: it posts for all of them
const GOES_ON = {
  edit: "It goes on by editing what it posted.",
  reply: "It goes on in the thread of what it posted.",
  post: "It goes on in a post of its own.",
};
const dialog = document.getElementById("tools");
const chosen = { format: "", service: "", status: "" };
let known = [];
let wrong = "";

/** What the head of a channel offers where such an app is a member. */
export function toolsButton({ id }) {
  const { members = [] } = state.seed.channels.find((one) => one.id === id) ?? {};
  if (!members.includes(APP)) return null;
  return h(
    "button",
    { type: "button", class: "button", key: `tools-${id}`, on: { click: () => open(id) } },
    "Post as another tool…",
  );
}

async function open(channel) {
  wrong = "";
  try {
    known = await get("/page/tools");
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    wrong = error.message;
  }
  const { name } = state.seed.channels.find(({ id }) => id === channel);
  if (state.seed.services.some((one) => one.name === name)) chosen.service = name;
  paint(channel);
  dialog.showModal();
}

function paint(channel) {
  const { services } = state.seed;
  const tool = known.find(({ format }) => format === chosen.format) ?? known[0];
  const service = services.find(({ name }) => name === chosen.service) ?? services[0];
  const status = tool?.statuses.includes(chosen.status) ? chosen.status : tool?.statuses[0];
  const pick = (name) => ({
    change: (event) => {
      chosen[name] = event.currentTarget.value;
      paint(channel);
    },
  });
  fill(
    dialog,
    h(
      "form",
      { class: "view", key: "tools", on: { submit: (event) => send(event, channel) } },
      h(
        "header",
        { key: "head" },
        h("h2", { id: "tools-title" }, "Post as another tool"),
        h(
          "button",
          { type: "button", class: "plain close", "aria-label": "Close", on: { click: () => dialog.close() } },
          "×",
        ),
      ),
      h(
        "div",
        { class: "blocks", key: "blocks" },
        h("p", { class: "quiet" }, "In the tool's own words, written for nobody in particular: Cabbie hears them all the same."),
        field("format", "Tool", choice("format", known.map((one) => [one.format, one.tool]), tool?.format, pick("format"))),
        field("status", "It says", choice("status", (tool?.statuses ?? []).map((one) => [one, one]), status, pick("status"))),
        field("service", "Service", choice("service", services.map(({ name }) => [name, name]), service.name, pick("service"))),
        field("version", "Version", version(service)),
        field(
          "environment",
          "Environment",
          choice("environment", ["production", "staging"].map((one) => [one, one]), "production"),
        ),
        tool && h("p", { class: "quiet", key: "then" }, `${GOES_ON[tool.then]} Where it names somebody, that is you.`),
      ),
      wrong && h("p", { class: "error", role: "alert", key: "wrong" }, wrong),
      h(
        "footer",
        { key: "foot" },
        h("button", { type: "button", class: "button", on: { click: () => dialog.close() } }, "Close"),
        h("button", { type: "submit", class: "button primary" }, "Post"),
      ),
    ),
  );
}

const field = (name, label, ...control) =>
  h("div", { class: "field", key: name }, h("label", { for: `tools-${name}` }, label), ...control);

const choice = (name, options, selected, on = {}) =>
  h(
    "select",
    { id: `tools-${name}`, name, key: name, on },
    options.map(([value, label]) => h("option", { value, selected: value === selected }, label)),
  );

function version({ name, versions }) {
  return h(
    "div",
    { key: `version-${name}` },
    h("input", { id: "tools-version", name: "version", list: "tools-versions", required: true, value: versions.at(-1) }),
    h("datalist", { id: "tools-versions" }, versions.map((one) => h("option", { value: one }))),
  );
}

async function send(event, channel) {
  event.preventDefault();
  const { format, ...facts } = Object.fromEntries(new FormData(event.currentTarget));
  wrong = "";
  try {
    const answer = await post(`/page/tools/${format}`, { channel, actor: state.me.key, ...facts });
    if (answer.ok) return dialog.close();
    wrong = `Not posted: ${answer.error}.`;
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    wrong = `Not posted: ${error.message}`;
  }
  paint(channel);
}
