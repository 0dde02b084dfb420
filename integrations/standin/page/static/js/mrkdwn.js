// Slack's mrkdwn → nodes. Text only ever becomes text nodes, so nothing in a message can become markup.

import { writeDate } from "./dates.js";
import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";

const SAFE = /^(https?:|mailto:)/i;
const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const EDGE = "(^|[\\s\\p{P}\\p{S}])"; // a mark counts only at the edge of a word
const STYLES = [
  ["*", "strong"],
  ["_", "em"],
  ["~", "s"],
].map(([mark, tag]) => ({
  tag,
  match: new RegExp(`${EDGE}[${mark}](?=\\S)([^${mark}]*?[^\\s${mark}])[${mark}](?![\\p{L}\\p{N}])`, "u"),
}));

export const unescape = (text) => text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);

export const isSafeLink = (url) => SAFE.test(url);

export function link(url, label) {
  if (!isSafeLink(url)) return h("span", {}, label);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label);
}

/** A whole mrkdwn text: code blocks, quotes, lines. */
export function mrkdwn(text, names) {
  return text.split(/```/).flatMap((part, n) => {
    if (n % 2) return h("pre", {}, h("code", {}, unescape(part.replace(/^\n/, ""))));
    return paragraphs(part, names);
  });
}

function paragraphs(text, names) {
  const out = [];
  for (const line of text.replace(/^\n|\n$/g, "").split("\n")) {
    const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line);
    const last = out.at(-1);
    if (quoted && last?.tagName === "BLOCKQUOTE") last.append(h("br"), ...inline(quoted[1], names));
    else if (quoted) out.push(h("blockquote", {}, inline(quoted[1], names)));
    else {
      if (last && last.tagName !== "BLOCKQUOTE") out.push(h("br"));
      out.push(...inline(line, names));
    }
  }
  return out;
}

/** One line: code, links and mentions, then bold, italic, strike. */
export function inline(text, names) {
  const nodes = [];
  for (const piece of text.split(/(`[^`\n]+`|<[^<>\n]+>)/)) {
    if (/^`[^`]+`$/.test(piece)) nodes.push(h("code", {}, unescape(piece.slice(1, -1))));
    else if (/^<.+>$/.test(piece)) nodes.push(angle(piece.slice(1, -1), names));
    else if (piece) nodes.push(piece);
  }
  return styled(nodes);
}

// Styles may span a link (`*<url|x>*`), so they are looked for over the whole line with nodes standing in as U+FFFC.
function styled(pieces) {
  const nodes = pieces.filter((piece) => typeof piece !== "string");
  const text = pieces.map((piece) => (typeof piece === "string" ? piece.replaceAll("\uFFFC", "") : "\uFFFC")).join("");
  return dress(text, nodes);
}

function dress(text, nodes) {
  for (const { tag, match } of STYLES) {
    const found = match.exec(text);
    if (!found) continue;
    const start = found.index + found[1].length;
    const inner = found[2];
    const [before, after] = [text.slice(0, start), text.slice(found.index + found[0].length)];
    return [...dress(before, nodes), h(tag, {}, dress(inner, nodes)), ...dress(after, nodes)];
  }
  return text.split("\uFFFC").flatMap((words, n, all) => {
    const plain = words ? [withEmoji(unescape(words))] : [];
    return n < all.length - 1 ? [...plain, nodes.shift()] : plain;
  });
}

function angle(inside, names) {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? "" : unescape(inside.slice(bar + 1));
  if (target.startsWith("@")) return mention(names, target.slice(1), label);
  if (target.startsWith("#")) return h("span", { class: "mention" }, `#${label || names.channel(target.slice(1))}`);
  if (target.startsWith("!date^")) return date(target, label);
  if (target.startsWith("!subteam^")) return h("span", { class: "mention" }, label || "@group");
  if (target.startsWith("!")) return h("span", { class: "mention loud" }, `@${label || target.slice(1)}`);
  const url = unescape(target);
  return link(url, label || url.replace(/^mailto:/, ""));
}

export function mention(names, id, label = "") {
  const mine = id === names.me;
  return h("span", { class: mine ? "mention mine" : "mention" }, `@${names.person(id) ?? (label || id)}`);
}

function date(target, fallback) {
  const [, seconds, pattern = "", url] = target.split("^");
  const words = writeDate(seconds, pattern, fallback);
  const node = h("time", { datetime: new Date(Number(seconds) * 1000 || 0).toISOString(), title: fallback }, words);
  return url && isSafeLink(url) ? link(url, node) : node;
}
