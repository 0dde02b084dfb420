// Who called whom: the diaries of all three systems as one timeline, newest first; each call opens to what was said.

import { Trouble, get } from "./api.js";
import { secondTime } from "./dates.js";
import { h } from "./dom.js";
import { changesOf } from "./servicenow.js";

const PAGE = 300;
const SYSTEMS = [
  ["", "All systems"],
  ["slack", "Slack"],
  ["jira", "Jira"],
  ["servicenow", "ServiceNow"],
];
const FAULTS = {
  answer: "answered by a fault",
  answer_after: "done, then answered by a fault",
  drop_before: "line broken by a fault, nothing done",
  drop_after: "done, then the line broken by a fault",
  delay: "delayed by a fault",
  delay_after: "done, then delayed by a fault",
  truncate: "answer cut in half by a fault",
  pause_before: "held by a fault",
  pause_after: "done, then held by a fault",
};
const asked = { system: "", change: "", effects: false, limit: PAGE };
const details = new Map(); // a row's id → what was said, once somebody has looked
let known = { revision: "", key: "", rows: null, more: false, problem: "" };

/** Ask again; true when there is something new to show. */
export async function refreshDiary() {
  const key = JSON.stringify(asked);
  const seen = known.key === key && !known.problem ? known.revision : "";
  const query = new URLSearchParams({ ...asked, effects: asked.effects ? "1" : "", seen });
  try {
    const answer = await get(`/page/timeline?${query}`);
    if (!answer.rows) return false;
    known = { ...answer, key, problem: "" };
    return true;
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    const isNew = known.problem !== error.message;
    known = { ...known, problem: error.message };
    return isNew;
  }
}

/** Another generation numbers its calls anew. */
export function forgetDiary() {
  details.clear();
  known = { revision: "", key: "", rows: null, more: false, problem: "" };
  asked.change = "";
}

export function diaryPanel(repaint) {
  return [filters(repaint), list(repaint), more(repaint)];
}

function filters(repaint) {
  const pick = (name) => ({
    change: (event) => {
      const box = event.currentTarget;
      asked[name] = box.type === "checkbox" ? box.checked : box.value;
      asked.limit = PAGE;
      refreshDiary().then(repaint);
    },
  });
  const choice = (name, label, options) =>
    h(
      "select",
      { key: name, "aria-label": label, on: pick(name) },
      options.map(([value, text]) => h("option", { value, selected: value === asked[name] }, text)),
    );
  return h(
    "div",
    { class: "filters", key: "filters" },
    choice("system", "System", SYSTEMS),
    choice("change", "Change", [["", "All changes"], ...changesOf().map(({ number }) => [number, number])]),
    h(
      "label",
      { class: "tick" },
      h("input", { type: "checkbox", on: pick("effects") }),
      h("span", {}, "Only what changed something"),
    ),
  );
}

function list(repaint) {
  if (known.problem) return h("p", { class: "empty", key: "empty" }, known.problem);
  if (!known.rows) return h("p", { class: "empty", key: "empty" }, "Opening…");
  if (!known.rows.length)
    return h("p", { class: "empty", key: "empty" }, "Nothing yet. Whatever anybody does stands here.");
  return h(
    "ol",
    { class: "calls", key: "calls", "aria-label": "Calls, newest first" },
    known.rows.map((one) => row(one, repaint)),
  );
}

function more(repaint) {
  if (!known.more) return null;
  const show = () => {
    asked.limit += PAGE;
    refreshDiary().then(repaint);
  };
  return h("button", { type: "button", class: "button", key: "more", on: { click: show } }, `Show ${PAGE} more`);
}

function row(one, repaint) {
  const detail = details.get(one.id);
  const look = ["call", one.effect && "effect", one.failed && "failed"].filter(Boolean).join(" ");
  const isOpenable = one.call && !one.id.startsWith("d");
  const facts = [
    h("time", { datetime: one.at }, secondTime(new Date(one.at))),
    h("span", {}, `${one.from} → ${one.to}`),
    marks(one),
  ];
  const lookInside = { toggle: (event, told) => event.currentTarget.open && load(told, repaint) };
  return h(
    "li",
    { class: look, key: one.id, "data-rev": JSON.stringify([one, detail]) },
    isOpenable
      ? h(
          "details",
          { key: "more", facts: one, on: lookInside },
          h("summary", {}, h("p", { class: "quiet" }, facts), h("p", { class: "sentence" }, one.sentence)),
          h("div", { class: "said-there", key: "said" }, said(one, detail)),
        )
      : [h("p", { class: "quiet" }, facts), h("p", { class: "sentence" }, one.sentence)],
  );
}

function marks(one) {
  return [
    one.effect && h("span", { class: "state effect-mark" }, "effect"),
    one.failed && h("span", { class: "state rejected" }, whyFailed(one)),
    one.fault && h("span", { class: "state requested" }, "fault"),
    one.seconds === null && one.call && h("span", { class: "state" }, "under way"),
  ];
}

const whyFailed = ({ status, says }) => says || (status ? `failed (${status})` : "no answer");

async function load(one, repaint) {
  if (details.has(one.id)) return;
  try {
    details.set(one.id, await get(`/page/timeline/${one.id}`));
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    details.set(one.id, { problem: error.message });
  }
  repaint();
}

function said(one, detail) {
  const seconds = one.seconds === null ? "under way" : `${(one.seconds * 1000).toFixed(one.seconds < 0.01 ? 1 : 0)} ms`;
  const facts = [one.status ?? "no status", seconds, FAULTS[one.fault] ?? one.fault].filter(Boolean).join(" · ");
  if (!detail) return h("p", { class: "quiet" }, facts);
  if (detail.problem) return h("p", { class: "error" }, detail.problem);
  return [
    h("p", {}, h("code", {}, detail.request)),
    h("p", { class: "quiet" }, facts),
    part("Query", detail.query),
    part("Sent", detail.body, detail.cut.includes("body")),
    part("Answer", detail.answer, detail.cut.includes("answer")),
  ];
}

const part = (title, text, isCut) =>
  text && [
    h("h3", {}, title),
    h("pre", { tabindex: 0, "aria-label": title }, h("code", {}, text)),
    isCut && h("p", { class: "quiet" }, "The rest was too long to keep."),
  ];
