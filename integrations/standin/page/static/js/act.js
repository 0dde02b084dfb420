// Doing things in Slack as the chosen person, and saying plainly when they fail.

import { Trouble, deed } from "./api.js";
import { confirmFirst } from "./dialogs.js";
import { lists, names, say, state } from "./state.js";
import { readValues } from "./values.js";

// The words Slack's own client uses.
const SAID = {
  operation_timeout: "the app did not answer within 3 seconds (operation_timeout)",
  dispatch_failed: "the app could not be reached or refused it (dispatch_failed)",
  dispatch_unknown_error: "the app answered with an error (dispatch_unknown_error)",
  invalid_command: "Slack knows no such command (invalid_command)",
  not_in_channel: "you are not in that channel (not_in_channel)",
  not_our_app: "that message belongs to another app (not_our_app)",
  account_inactive: "this account is deactivated (account_inactive)",
  no_such_element: "that button is no longer there (no_such_element)",
};

// A command's failed delivery stands in the conversation already: Slackbot says so.
const TOLD_BY_SLACK = new Set(["operation_timeout", "dispatch_failed", "dispatch_unknown_error"]);

export const inWords = (error) => SAID[error] ?? error;

/** Ask the sandbox; a failure becomes a notice that only this person sees. */
export async function attempt(name, body, what) {
  try {
    const answer = await deed(state.me.slack, name, body);
    if (answer.ok === false) {
      if (name !== "command" || !TOLD_BY_SLACK.has(answer.error)) say(`${what} failed: ${inWords(answer.error)}.`);
      return null;
    }
    return answer;
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    say(`${what} failed: ${error.message}`);
    return null;
  }
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
  await attempt("click", { ...scope, block_id: block.block_id, action_id: el.action_id, ...chosen, ...typed(scope) }, `“${label}”`);
  busy(scope, el, false);
}

// A click in a view carries what stands in its inputs; in a message too.
function typed(scope) {
  const root = rootOf(scope);
  return root?.querySelector("[data-type]") ? { values: readValues(root) } : {};
}

const rootOf = (scope) => document.querySelector(
  scope.view_id ? `[data-view="${CSS.escape(scope.view_id)}"]` : `[data-ts="${CSS.escape(scope.ts)}"]`);

function busy(scope, el, is) {
  const node = rootOf(scope)?.querySelector(`[data-action-id="${CSS.escape(el.action_id)}"]`);
  if (is) node?.setAttribute("aria-busy", "true");
  else node?.removeAttribute("aria-busy");
}

async function suggest(scope, el, block, value) {
  const answer = await attempt("suggest", { ...scope, block_id: block.block_id, action_id: el.action_id, value }, "Finding options");
  return answer?.options ?? answer?.option_groups?.flatMap((group) => group.options) ?? [];
}
