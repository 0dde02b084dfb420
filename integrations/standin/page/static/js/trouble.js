// What goes wrong on purpose: chosen here, listed while it lasts, lifted again.

import { Trouble, get, post } from "./api.js";
import { h } from "./dom.js";
import { feel } from "./pulse.js";
import { state } from "./state.js";

const SYSTEMS = { servicenow: "ServiceNow", slack: "Slack", jira: "Jira" };
const GROUPS = { made: "Calls Cabbie has made", matter: "Other calls that matter", rest: "Everything else" };
const TIMES = [
  ["1", "Once"],
  ["3", "3 times"],
  ["-1", "Until it is lifted"],
];
const form = { system: "servicenow", what: "late", wrong: "" };
let choices = null;

export function troublePanel(repaint) {
  return h(
    "section",
    { class: "record", key: "trouble", "aria-labelledby": "trouble-title" },
    h("h2", { id: "trouble-title" }, "What goes wrong"),
    inForce(repaint),
    choices ? maker(repaint) : loading(),
  );
}

/** The calls made since the last look are offered, too. */
export async function refreshChoices(repaint) {
  try {
    choices = await get("/page/trouble");
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    form.wrong = error.message;
  }
  repaint();
}

function loading() {
  return h("p", { class: "empty", key: "loading" }, form.wrong || "Opening…");
}

function inForce(repaint) {
  const { wrong } = state.pulse;
  if (!wrong.length)
    return h("p", { class: "quiet", key: "none" }, "Nothing at the moment: all three systems answer as they should.");
  return [
    h("ul", { class: "wrongs", key: "list", "aria-label": "In force" }, wrong.map((one) => item(one, repaint))),
    wrong.length > 1 &&
      h("button", { type: "button", class: "button", key: "all", on: { click: () => lift({}, repaint) } }, "Lift all"),
  ];
}

function item(one, repaint) {
  const times = one.times < 0 ? "until lifted" : one.times === 1 ? "once more" : `${one.times} times more`;
  const hits = one.hits ? `, hit ${one.hits === 1 ? "once" : `${one.hits} times`}` : "";
  const label = `Lift: ${SYSTEMS[one.system]} ${one.says}`;
  const lifts = { click: () => lift({ system: one.system, id: one.id }, repaint) };
  return h(
    "li",
    { key: `${one.system}/${one.id}` },
    h(
      "span",
      { class: "grow" },
      h("b", {}, SYSTEMS[one.system]),
      ` ${one.says}`,
      one.call && h("span", { class: "quiet" }, ` when asked to ${one.call}`),
      h("span", { class: "quiet" }, ` · ${times}${hits}`),
    ),
    h("button", { type: "button", class: "button", "aria-label": label, on: lifts }, "Lift"),
  );
}

function maker(repaint) {
  const offered = choices.mishaps.filter(({ system }) => !system || system === form.system);
  const mishap = offered.find(({ name }) => name === form.what) ?? offered[0];
  const pick = (name) => ({
    change: (event) => {
      form[name] = event.currentTarget.value;
      repaint();
    },
  });
  return h(
    "form",
    { class: "maker", key: "maker", on: { submit: (event) => make(event, repaint) } },
    field("system", "System", select("system", Object.entries(SYSTEMS), form.system, pick("system"))),
    field(
      "what",
      "What happens",
      select("what", pairs(offered), mishap.name, pick("what")),
    ),
    mishap.asks === "seconds" &&
      field(
        "seconds",
        "By seconds",
        h("input", { ...SECONDS, id: "wrong-seconds", name: "seconds", value: 5, required: true }),
      ),
    mishap.asks === "retry_after" &&
      field("retry_after", "Try again", select("retry_after", pairs(choices.retry_after))),
    !mishap.system && field("call", "On which call", calls()),
    !mishap.system && field("times", "How often", select("times", TIMES)),
    h(
      "p",
      { class: "row", key: "go" },
      h("button", { type: "submit", class: "button primary" }, "Make it go wrong"),
      form.wrong && h("span", { class: "error", role: "alert" }, form.wrong),
    ),
  );
}

const SECONDS = { type: "number", min: 0, max: 600, step: "any" };

const pairs = (list) => list.map(({ name, label }) => [name, label]);

const field = (name, label, control) =>
  h("div", { class: "field", key: name }, h("label", { for: `wrong-${name}` }, label), control);

const select = (name, options, value, on) =>
  h(
    "select",
    { id: `wrong-${name}`, name, key: name, on },
    options.map(([key, label]) => h("option", { value: key, selected: key === value }, label)),
  );

function calls() {
  const offered = choices.calls[form.system];
  const groups = Object.entries(GROUPS).map(([group, label]) => {
    const members = offered.filter((one) => one.group === group);
    return members.length && h("optgroup", { label, key: group }, members.map(option));
  });
  return h(
    "select",
    { id: "wrong-call", name: "call", key: `call-${form.system}` },
    h("option", { value: "*", key: "*" }, "Every call"),
    groups.filter(Boolean),
  );
}

const option = ({ call, label }) =>
  h("option", { value: call, key: call }, label ? `${label[0].toUpperCase()}${label.slice(1)} · ${call}` : call);

async function make(event, repaint) {
  event.preventDefault();
  const told = Object.fromEntries(new FormData(event.currentTarget));
  await send("/page/trouble", told, repaint);
}

const lift = (which, repaint) => send("/page/trouble/lift", which, repaint);

async function send(path, body, repaint) {
  form.wrong = "";
  try {
    await post(path, body);
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    form.wrong = error.message;
  }
  await feel();
  repaint();
}
