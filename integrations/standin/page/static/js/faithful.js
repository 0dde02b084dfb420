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
        Object.entries(coverage).map(([system, table]) => sheet(system, table)),
      ),
    ),
  );
  dialog.showModal();
}

function sheet(system, table) {
  const rows = Object.entries(table);
  const whole = rows.filter(([, how]) => how.startsWith("supported")).length;
  return h(
    "section",
    { key: system },
    h("h3", {}, `${NAMES[system]}: ${whole} of ${rows.length} calls in full`),
    h(
      "div",
      { class: "sheet" },
      h(
        "table",
        {},
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Call"), h("th", { scope: "col" }, "How"))),
        h(
          "tbody",
          {},
          rows.map(([call, how]) =>
            h(
              "tr",
              {},
              h("td", {}, h("code", {}, call)),
              h("td", { class: how.startsWith("supported") ? "whole" : "part" }, how),
            ),
          ),
        ),
      ),
    ),
  );
}
