// Names in typed text: Slack's own client turns `@Ada Lovelace` into an id before it sends.

import { state } from "./state.js";

const byLongestName = () =>
  Object.entries(state.screen.people)
    .flatMap(([id, { name, real_name: real }]) =>
      [...new Set([real, name])].filter(Boolean).map((called) => [id, called]),
    )
    .sort(([, a], [, b]) => b.length - a.length);

export function withMentions(words) {
  return byLongestName().reduce((text, [id, called]) => {
    const escaped = called.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return text.replace(new RegExp(`(^|[\\s(])@${escaped}(?![\\w-])`, "gi"), (_, before) => `${before}<@${id}>`);
  }, words);
}

/** The id of the one person or app named in `words`. */
export const idOf = (words) => /<@(\w+)>/.exec(withMentions(words.trim()))?.[1] ?? words.trim();
