// Typed text, as Slack's own client sends it: `@Ada Lovelace` becomes an id, and `<` no markup.

import { state } from "./state.js";

const byLongestName = () =>
  Object.entries(state.screen.people)
    .flatMap(([id, { name, real_name: real }]) =>
      [...new Set([real, name])].filter(Boolean).map((called) => [id, called]),
    )
    .sort(([, a], [, b]) => b.length - a.length);

// docs.slack.dev/messaging/formatting-message-text, "Escaping text"
export const escape = (words) => words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

export function withMentions(words) {
  return byLongestName().reduce((text, [id, called]) => {
    const escaped = called.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return text.replace(new RegExp(`(^|[\\s(])@${escaped}(?![\\w-])`, "gi"), (_, before) => `${before}<@${id}>`);
  }, escape(words));
}

/** The id of the one person or app named in `words`. */
export const idOf = (words) => /<@(\w+)>/.exec(withMentions(words.trim()))?.[1] ?? words.trim();
