// Doing things in Slack as the chosen person, and saying plainly when they fail.

import { Trouble, deed } from "./api.js";
import { confirmFirst } from "./dialogs.js";
import { h } from "./dom.js";
import { changed, lists, names, say, state } from "./state.js";
import { readValues } from "./values.js";
import { inWords } from "./words.js";

// A command's failed delivery stands in the conversation already: Slackbot says so.
const TOLD_BY_SLACK = new Set(["operation_timeout", "dispatch_failed", "dispatch_unknown_error"]);

/** Ask the sandbox; a failure is told by `tell`, or becomes a notice that only this person sees. */
export async function attempt(name, body, what, tell = say) {
  try {
    const answer = await deed(state.me.slack, name, body);
    if (answer.ok !== false) return answer;
    if (name !== "command" || !TOLD_BY_SLACK.has(answer.error)) tell(`${what} failed: ${inWords(answer.error)}.`);
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    tell(`${what} failed: ${error.message}`);
  }
  return null;
}

/** Where blocks stand, and how they act from there. */
export function placeOf(scope, extra = {}) {
  return {
    names: names(),
    lists: lists(),
    here: state.place,
    scope,
    act: (facts, payload) => press(scope, facts, payload),
    suggest: ({ el, block }, value) => suggest(scope, el, block, value),
    ...extra,
  };
}

async function press(scope, { el, block }, payload) {
  if (el.confirm && !(await confirmFirst(el.confirm, names()))) return;
  const label = el.text?.text ?? payload.selected_option?.text?.text ?? el.placeholder?.text ?? "That";
  busy(scope, el, true);
  const { type: _, ...chosen } = payload;
  const body = { ...scope, block_id: block.block_id, action_id: el.action_id, ...chosen, ...typed(scope), label };
  state.faults.delete(keyOf(scope));
  await attempt("click", body, `“${label}”`, (sentence) => state.faults.set(keyOf(scope), sentence));
  busy(scope, el, false);
  changed();
}

const keyOf = (scope) => scope.view_id ?? scope.ts;

/** What went wrong with the last press in a message or view, shown beside it as Slack does. */
export function fault(scope) {
  const sentence = state.faults.get(keyOf(scope));
  return sentence && h("p", { class: "error fault", role: "alert", key: "fault" }, sentence);
}

// A click in a view carries what stands in its inputs; in a message too.
function typed(scope) {
  const root = rootOf(scope);
  return root?.querySelector("[data-type]") ? { values: readValues(root) } : {};
}

const rootOf = (scope) =>
  document.querySelector(
    scope.view_id ? `[data-view="${CSS.escape(scope.view_id)}"]` : `[data-ts="${CSS.escape(scope.ts)}"]`,
  );

function busy(scope, el, is) {
  const node = rootOf(scope)?.querySelector(`[data-action-id="${CSS.escape(el.action_id)}"]`);
  if (is) node?.setAttribute("aria-busy", "true");
  else node?.removeAttribute("aria-busy");
}

async function suggest(scope, el, block, value) {
  const answer = await attempt(
    "suggest",
    { ...scope, block_id: block.block_id, action_id: el.action_id, value },
    "Finding options",
  );
  return answer?.options ?? answer?.option_groups?.flatMap((group) => group.options) ?? [];
}
