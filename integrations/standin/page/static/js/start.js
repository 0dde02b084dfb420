// For newcomers: three steps, ticked off as they are done, gone when somebody wants them gone.

import { fill, h } from "./dom.js";
import { changesOf } from "./servicenow.js";
import { become, changed, state } from "./state.js";
import { go } from "./talk.js";

const KEPT = "cabbie.start.hidden";
const CLEARED = new Set(["Scheduled", "Implement", "Review", "Closed"]);
const COMMAND = "/deploy payments 2.4.1";
const box = document.getElementById("start");
let isHidden = remembered();

export function paintStart() {
  box.hidden = isHidden || state.place === "home" || !state.systems;
  if (box.hidden) return;
  const changes = changesOf();
  const isApproved = changes.some(({ approvals }) => approvals.some((row) => row.state === "approved"));
  const steps = [
    [changes.length > 0, ["As Linus, ask for a deploy: ", h("code", {}, COMMAND)], "Type it for me", typeIt],
    [isApproved, "Be Ada, the tech lead, and press Approve on the card.", "Be Ada", () => be("ada")],
    [
      changes.some((one) => CLEARED.has(one.state)),
      "Be Grace, of the CAB, and approve it, too. ServiceNow, Jira and the Diary beside show what Cabbie did.",
      "Be Grace",
      () => be("grace"),
    ],
  ];
  const next = steps.findIndex(([isDone]) => !isDone);
  fill(
    box,
    h(
      "header",
      {},
      h("h2", { id: "start-title" }, next < 0 ? "That was the main story" : "Start here"),
      h(
        "button",
        { type: "button", class: "plain close", "aria-label": "Hide these steps", on: { click: hide } },
        "×",
      ),
    ),
    next >= 0 && h(
      "ol",
      { key: "steps" },
      steps.map(([isDone, words, label, does], n) =>
        h(
          "li",
          { class: isDone ? "done" : null, key: n, "aria-current": n === next ? "step" : null },
          mark(isDone, n + 1),
          h("span", { class: "grow" }, words),
          n === next && h("button", { type: "button", class: "button", on: { click: does }, key: "do" }, label),
        ),
      ),
    ),
    next < 0 &&
      h("p", { class: "quiet", key: "then" }, "Now post as another tool: Cabbie hears those as well. Or let something go wrong, or move the clock: that is under Rehearse."),
  );
}

const mark = (isDone, n) =>
  h("span", { class: "tick-mark", role: "img", "aria-label": isDone ? "done" : "to do" }, isDone ? "✓" : String(n));

function typeIt() {
  be("linus");
  go(state.seed.channels[0].id);
  const say = document.getElementById("say");
  say.value = COMMAND;
  say.focus();
}

const be = (key) => become(state.seed.people.find((one) => one.key === key));

function hide() {
  isHidden = true;
  try {
    localStorage.setItem(KEPT, "yes");
  } catch {
    // a browser that keeps nothing shows the steps again next time
  }
  changed();
}

function remembered() {
  try {
    return localStorage.getItem(KEPT) === "yes";
  } catch {
    return false;
  }
}
