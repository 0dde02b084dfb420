// How faithful the stand-ins are: their coverage tables.

import { get } from "./api.js";
import { fill, h } from "./dom.js";

const NAMES = { slack: "Slack", jira: "Jira", servicenow: "ServiceNow" };
const dialog = document.getElementById("faithful");

export function startFaithful() {
  document.getElementById("faithful-open").addEventListener("click", show);
}

async function show() {
  const coverage = await get("/page/coverage");
  fill(
    dialog,
    h(
      "div",
      { class: "view", key: "faithful" },
      h(
        "header",
        {},
        h("h2", { id: "faithful-title" }, "How faithful is this?"),
        h(
          "button",
          { type: "button", class: "plain close", "aria-label": "Close", on: { click: () => dialog.close() } },
          "×",
        ),
      ),
      h(
        "div",
        { class: "blocks", tabindex: "0" },
        h(
          "p",
          {},
          "Slack, Jira and ServiceNow are played here by servers on this machine that speak the vendors' own protocols. ",
          "Cabbie cannot tell them apart and has no special case for them. What each of them answers:",
        ),
        Object.entries(coverage).map(([system, told]) => sheet(system, told)),
      ),
    ),
  );
  dialog.showModal();
}

// Each note names the section of the fact sheet it was built from.
const isWhole = (how) => how.startsWith("supported");

function sheet(system, { calls, absent }) {
  const [rows, missing] = [Object.entries(calls), Object.entries(absent)];
  const whole = rows.filter(([, how]) => isWhole(how)).length;
  const counts = `${whole} calls in full, ${rows.length - whole} in part, ${missing.length} left out`;
  return h(
    "section",
    { key: system },
    h("h3", {}, `${NAMES[system]}: ${counts}`),
    h(
      "div",
      { class: "sheet", tabindex: 0, role: "group", "aria-label": `${NAMES[system]}, call by call` },
      h(
        "table",
        {},
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Call"), h("th", { scope: "col" }, "How"))),
        h(
          "tbody",
          {},
          rows.map(([call, how]) => line(call, how, isWhole(how) ? "whole" : "part")),
          missing.map(([call, why]) => line(call, `left out: ${why}`, "none")),
        ),
      ),
    ),
  );
}

const line = (call, how, look) =>
  h("tr", {}, h("td", {}, h("code", {}, call)), h("td", { class: look }, how));
