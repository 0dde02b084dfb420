// ServiceNow's own screen, beside Slack: what the chosen person may do with a change there.

import { Trouble, post } from "./api.js";
import { h } from "./dom.js";
import { become, state } from "./state.js";

const ENDED = new Set(["Closed", "Canceled"]);
const wrongs = new Map(); // change → what is wrong with the last try

/** Everything a person finds in ServiceNow's own form that matters here. */
export function ownScreen(one, repaint) {
  const { me } = state;
  const press = (deed, more = {}) => ({ click: (event) => act(one, deed, more, event, repaint) });
  const isAsked = one.approvals.some((row) => row.state === "requested" && row.person === me.key);
  const openTasks = one.tasks.filter((task) => task.is_open);
  return h(
    "section",
    { class: "screen", key: "screen", "aria-label": `In ServiceNow, as ${me.name}` },
    h("h3", {}, `In ServiceNow itself, as ${me.name}`),
    !me.servicenow
      ? h("p", { class: "quiet", key: "nobody" }, `${me.name} has no ServiceNow account. Be somebody else, at the top.`)
      : h(
          "form",
          { class: "decide", key: "decide", on: { submit: (event) => event.preventDefault() } },
          h("input", { type: "text", placeholder: "Comment", "aria-label": "Comment in ServiceNow", key: "comment" }),
          isAsked && button("Approve", press("approve"), "approve"),
          isAsked && button("Reject", press("reject"), "reject"),
          !ENDED.has(one.state) && hold(one, press),
          !ENDED.has(one.state) && button("Cancel the change", press("cancel"), "cancel"),
          openTasks.map(({ number: task }) => button(`Close ${task}`, press("close_task", { task }), task)),
          ENDED.has(one.state) &&
            !openTasks.length &&
            h("p", { class: "quiet", key: "ended" }, "It has ended: nothing left to do."),
          wrongs.get(one.number) && h("p", { class: "error", role: "alert", key: "wrong" }, wrongs.get(one.number)),
        ),
    h(
      "p",
      { key: "open" },
      h("a", { href: one.url, target: "_blank", rel: "noopener noreferrer" }, `Open ${one.number} in ServiceNow ↗`),
    ),
  );
}

const button = (label, on, key) => h("button", { type: "button", on, key }, label);

const hold = (one, press) =>
  one.on_hold
    ? button("Take off hold", press("release"), "release")
    : button("Put on hold", press("hold"), "hold");

/** One is whom one wants to be: a click away from each person who was asked. */
export function beThem(person) {
  if (!person || person === state.me.key) return null;
  const who = state.seed.people.find(({ key }) => key === person);
  return h(
    "button",
    { type: "button", class: "be", "aria-label": `Be ${who.name}`, on: { click: () => become(who) } },
    `Be ${who.name.split(" ")[0]}`,
  );
}

async function act(one, deed, more, event, repaint) {
  const box = event.currentTarget.closest("form").querySelector("input");
  const told = { person: state.me.key, comments: box.value.trim(), ...more };
  const wrong = await tryTo(one.number, deed, told);
  wrongs.set(one.number, wrong);
  if (!wrong) box.value = "";
  repaint();
}

async function tryTo(number, deed, told) {
  try {
    const answer = await post(`/page/changes/${encodeURIComponent(number)}/${deed}`, told);
    return answer?.ok === false ? sentence(answer.error) : "";
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    return error.message;
  }
}

const sentence = (error) => (typeof error === "string" ? error : (error?.message ?? "ServiceNow refused."));
