// Where the sandbox is turned: its clock, what goes wrong, and starting over.

import { Trouble, post } from "./api.js";
import { shortTime } from "./dates.js";
import { confirmFirst } from "./dialogs.js";
import { h } from "./dom.js";
import { clockNow, feel, shift } from "./pulse.js";
import { state } from "./state.js";
import { troublePanel } from "./trouble.js";

const STEPS = [
  [900, "+15 min"],
  [3600, "+1 hour"],
  [86_400, "+1 day"],
];
const words = (text) => ({ type: "plain_text", text });
let wrong = "";

export function rehearsePanel(repaint) {
  if (!state.pulse) return h("p", { class: "empty" }, "Opening…");
  return [
    troublePanel(repaint),
    clockPanel(repaint),
    startOverPanel(repaint),
    wrong && h("p", { class: "error", role: "alert", key: "wrong" }, wrong),
  ];
}

function clockPanel(repaint) {
  const { seconds } = state.pulse.clock;
  const move = (by) => ({ click: () => send("/page/clock", { seconds: by }, repaint) });
  return h(
    "section",
    { class: "record", key: "clock", "aria-labelledby": "clock-title" },
    h("h2", { id: "clock-title" }, "The clock"),
    h(
      "p",
      { class: "quiet" },
      "To see windows open and requests expire. Cabbie and the three systems go by it; tokens and signatures keep real time.",
    ),
    h(
      "p",
      { class: "taken", role: "status" },
      h("b", {}, shortTime(clockNow())),
      seconds ? ` ${shift(seconds)} from real time` : " real time",
    ),
    h(
      "p",
      { class: "row" },
      STEPS.map(([by, label]) => h("button", { type: "button", class: "button", on: move(by) }, label)),
      h("button", { type: "button", class: "button", disabled: !seconds, on: move(null) }, "Back to real time"),
    ),
    seconds > 0 &&
      h(
        "p",
        { class: "quiet", key: "back" },
        "What was written meanwhile keeps its time to come: after going back, Cabbie may take five minutes to hear of ",
        "ServiceNow again. Starting over is cleaner.",
      ),
  );
}

function startOverPanel(repaint) {
  const { phase, problem, generation, restarts_cabbie: restarts, cabbie } = state.pulse;
  return h(
    "section",
    { class: "record", key: "over", "aria-labelledby": "over-title" },
    h("h2", { id: "over-title" }, "Start over"),
    h(
      "p",
      { class: "quiet" },
      "Slack, Jira and ServiceNow go back to the beginning: messages, changes, stories, diary, faults and clock. ",
      restarts
        ? "Cabbie is started anew with an empty memory."
        : "Cabbie was started by hand and keeps its memory: restart it with an empty database afterwards.",
    ),
    h(
      "p",
      { class: "row" },
      h(
        "button",
        { type: "button", class: "button danger", disabled: Boolean(phase), on: { click: () => startOver(repaint) } },
        "Start over…",
      ),
    ),
    h("p", { role: "status", class: problem ? "error" : "quiet", key: "phase" }, progress()),
  );

  function progress() {
    if (phase) return `${phase[0].toUpperCase()}${phase.slice(1)} …`;
    if (problem) return problem;
    if (cabbie.is_stale) return "Cabbie still remembers what was before.";
    return generation > 1 ? `This is sandbox no. ${generation}.` : "";
  }
}

async function startOver(repaint) {
  const question = {
    title: words("Start over?"),
    text: words("All changes, messages and comments of this sandbox go. This cannot be undone."),
    confirm: words("Start over"),
    deny: words("Keep everything"),
    style: "danger",
  };
  if (await confirmFirst(question, {})) await send("/page/startover", {}, repaint);
}

async function send(path, body, repaint) {
  wrong = "";
  try {
    await post(path, body);
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    wrong = error.message;
  }
  await feel();
  repaint();
}
