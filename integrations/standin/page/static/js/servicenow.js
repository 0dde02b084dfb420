// Changes as ServiceNow holds them: state, approvals, plans, journal; and what can be done there instead of in Slack.

import { h } from "./dom.js";
import { beThem, ownScreen } from "./screens.js";
import { state } from "./state.js";

export const chosen = { number: null };

export const changesOf = () => state.systems?.servicenow.changes ?? [];

export function servicenowPanel(repaint) {
  if (!state.systems) return h("p", { class: "empty" }, "Opening…");
  const changes = changesOf();
  if (!changes.length)
    return h("p", { class: "empty" }, "No change yet. Announce a deploy, or type /deploy in a channel.");
  const open = changes.find((one) => one.number === chosen.number) ?? changes[0];
  return h(
    "div",
    { class: "split", key: "changes" },
    changes.length > 1 && picker(changes, open, repaint),
    change(open, repaint),
  );
}

export function picker(changes, open, repaint, id = "which-change") {
  const pick = (event) => {
    chosen.number = event.currentTarget.value;
    repaint();
  };
  return h(
    "p",
    { class: "pick", key: "pick" },
    h("label", { for: id }, "Change"),
    h(
      "select",
      { id, key: "which", on: { change: pick } },
      changes.map((one) =>
        h(
          "option",
          { value: one.number, selected: one.number === open.number },
          `${one.number} · ${one.state} · ${one.short_description}`,
        ),
      ),
    ),
  );
}

function change(one, repaint) {
  return h(
    "article",
    { class: "record", key: one.number },
    h(
      "header",
      {},
      h(
        "p",
        { class: "quiet" },
        h("a", { href: one.url, target: "_blank", rel: "noopener noreferrer" }, one.number),
        ` · ${one.type} change`,
      ),
      h("h2", {}, one.short_description || "(no short description)"),
    ),
    steps(one),
    one.on_hold && h("p", { class: "flag" }, `On hold: ${one.on_hold_reason || "no reason given"}`),
    facts(one.facts),
    approvals(one),
    ownScreen(one, repaint),
    one.texts.map(({ label, text }) => section(label, h("p", { class: "pre" }, text))),
    one.tasks.length > 0 &&
      section(
        "Tasks",
        h(
          "ul",
          { class: "plain-list" },
          one.tasks.map((task) => h("li", {}, `${task.number} · ${task.state} · ${task.text}`)),
        ),
      ),
    one.attachments.length > 0 &&
      section(
        "Attachments",
        h(
          "ul",
          { class: "plain-list" },
          one.attachments.map((file) => h("li", {}, `${file.name} · ${file.size} bytes`)),
        ),
      ),
    journal(one.journal),
  );
}

function steps(one) {
  return h(
    "ol",
    { class: "steps", "aria-label": `State: ${one.state}` },
    one.steps.map((step) =>
      h("li", { class: step.is, "aria-current": step.is === "now" ? "step" : null }, h("span", {}, step.label)),
    ),
  );
}

const facts = (list) =>
  h(
    "dl",
    { class: "facts" },
    list.map(({ label, value }) => h("div", {}, h("dt", {}, label), h("dd", {}, value || "–"))),
  );

export const section = (title, ...content) => h("section", { key: title }, h("h3", {}, title), content);

function approvals(one) {
  if (!one.approvals.length) return section("Approvals", h("p", { class: "quiet" }, "Nobody has been asked."));
  return section(
    "Approvals",
    h(
      "ul",
      { class: "approvals" },
      one.approvals.map((row, n) =>
        h(
          "li",
          { key: `${one.number}/${n}` },
          h("span", { class: `state ${row.state.replace(/\W+/g, "-")}` }, row.label),
          h(
            "span",
            { class: "grow" },
            h("b", {}, row.name),
            row.group && h("span", { class: "quiet" }, ` ${row.group}`),
          ),
          row.state === "requested" && beThem(row.person),
          row.comments.map((words) => h("p", { class: "pre said" }, words)),
        ),
      ),
    ),
  );
}

function journal(entries) {
  if (!entries.length) return null;
  return section(
    "Journal",
    h(
      "ol",
      { class: "journal" },
      entries.map((entry, n) =>
        h(
          "li",
          { key: n },
          h("p", { class: "quiet" }, h("b", {}, entry.by), ` · ${entry.kind}`),
          h("p", { class: "pre" }, entry.text),
        ),
      ),
    ),
  );
}
