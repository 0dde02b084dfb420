// One message as Slack shows it: who, when, what; its attachments, its thread, and who may see it.

import { attempt, fault, placeOf } from "./act.js";
import { blocks, text } from "./blocks.js";
import { clockTime, dateOf, fullTime, shortTime } from "./dates.js";
import { h } from "./dom.js";
import { withMentions } from "./mentions.js";
import { emoji } from "./emoji.js";
import { link, mrkdwn, unescape } from "./mrkdwn.js";
import { changed, state } from "./state.js";

const COLOURS = { good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" };

/** `options`: {channel, replies, isReply, isCompact}. */
export function message(one, options) {
  const author = authorOf(one);
  const place = placeOf({ channel: options.channel, ts: one.ts });
  const [when, isOpen] = [dateOf(one.ts), state.openThreads.has(one.ts)];
  const classes = [
    "message",
    one.is_ephemeral && "ephemeral",
    options.isCompact && "compact",
    options.isReply && "reply",
  ];
  return h(
    "article",
    {
      class: classes.filter(Boolean).join(" "),
      key: `${options.isReply ? "reply/" : ""}${one.ts}`,
      "data-ts": one.ts,
      "data-rev": JSON.stringify([one, options, isOpen, state.me.key, author.name, state.faults.get(one.ts)]),
      tabindex: "-1",
      "aria-label": `${author.name}, ${clockTime(when)}`,
    },
    h("span", { class: `avatar hue-${hue(author.name)}`, "aria-hidden": "true" }, author.letters),
    h(
      "div",
      { class: "body" },
      one.is_ephemeral && h("p", { class: "only-you" }, "Only visible to you"),
      one.subtype === "thread_broadcast" && !options.isReply && h("p", { class: "quiet" }, "replied to a thread"),
      h(
        "p",
        { class: "by" },
        h("b", {}, author.name),
        author.isApp && h("span", { class: "app-tag" }, "APP"),
        h("time", { datetime: when.toISOString(), title: fullTime(when) }, clockTime(when)),
        more(one, options.channel),
      ),
      content(one, place),
      fault(place.scope),
      reactions(one),
      options.replies?.length > 0 && thread(one, options, isOpen),
    ),
  );
}

function authorOf(one) {
  const person = state.screen.people[one.user];
  const isApp = Boolean(one.bot_id || person?.is_bot);
  const name =
    (!isApp && person?.real_name) ||
    one.username ||
    person?.real_name ||
    person?.name ||
    one.user ||
    one.bot_id ||
    "Somebody";
  const letters = name
    .split(/[\s_-]+/)
    .slice(0, 2)
    .map((word) => word[0]?.toUpperCase() ?? "")
    .join("");
  return { name, letters, isApp };
}

export const hue = (name) => [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 9973, 7) % 8;

function content(one, place) {
  const edited = one.edited && h("span", { class: "quiet edited" }, " (edited)");
  const main = one.blocks?.length
    ? h("div", { class: "blocks" }, blocks(one.blocks, place), edited)
    : one.text
      ? h("div", { class: "text" }, mrkdwn(one.text, place.names), edited)
      : null;
  return [main, (one.attachments ?? []).map((item, n) => attachment(item, n, place))];
}

function attachment(item, n, place) {
  const colour =
    COLOURS[item.color] ?? (/^#?[0-9a-f]{6}$/i.test(item.color ?? "") ? `#${item.color.replace("#", "")}` : null);
  const { names } = place;
  const title = item.title && unescape(item.title);
  return h(
    "div",
    { class: "attachment", key: `attachment-${n}`, colour },
    item.pretext && h("div", { class: "pretext" }, mrkdwn(item.pretext, names)),
    item.author_name && h("p", { class: "quiet" }, unescape(item.author_name)),
    title && h("p", { class: "title" }, item.title_link ? link(item.title_link, title) : title),
    item.blocks ? h("div", { class: "blocks" }, blocks(item.blocks, place)) : legacy(item, names),
    item.footer && h("p", { class: "quiet" }, mrkdwn(item.footer, names)),
  );
}

function legacy(item, names) {
  const told = item.text ?? (item.fields ? null : item.fallback);
  return [
    told && h("div", { class: "text" }, mrkdwn(told, names)),
    item.fields &&
      h(
        "div",
        { class: "fields" },
        item.fields.map((field) =>
          h(
            "div",
            { class: field.short ? null : "long" },
            h("b", {}, unescape(field.title ?? "")),
            h("br"),
            mrkdwn(String(field.value ?? ""), names),
          ),
        ),
      ),
  ];
}

function reactions(one) {
  if (!one.reactions?.length) return null;
  return h(
    "p",
    { class: "reactions" },
    one.reactions.map(({ name, count }) =>
      h("span", { class: "reaction", title: `:${name}:` }, emoji(name), " ", String(count)),
    ),
  );
}

function more(one, channel) {
  const shortcuts = state.seed.shortcuts.filter(({ type }) => type === "message");
  if (!shortcuts.length || one.is_ephemeral) return null;
  return h(
    "details",
    { class: "menu quiet-menu" },
    h("summary", { "aria-label": "More actions" }, "⋯"),
    h(
      "div",
      { class: "items" },
      shortcuts.map(({ name, callback_id }) =>
        h(
          "button",
          {
            type: "button",
            class: "item",
            on: {
              click: (event) => {
                event.currentTarget.closest("details").open = false;
                attempt("shortcut", { callback_id, channel, ts: one.ts, label: name }, `“${name}”`);
              },
            },
          },
          name,
        ),
      ),
    ),
  );
}

function thread(one, options, isOpen) {
  const { replies, channel } = options;
  const newest = replies.at(-1);
  const label = `${replies.length} ${replies.length === 1 ? "reply" : "replies"}`;
  const toggle = () => {
    if (!state.openThreads.delete(one.ts)) state.openThreads.add(one.ts);
    changed();
  };
  return h(
    "div",
    { class: "thread", key: "thread" },
    h(
      "button",
      { type: "button", class: "thread-toggle", "aria-expanded": String(isOpen), key: "toggle", on: { click: toggle } },
      h("b", {}, label),
      h("span", { class: "quiet" }, isOpen ? " Hide" : ` Last reply ${shortTime(dateOf(newest.ts))}`),
    ),
    isOpen &&
      h(
        "div",
        { class: "replies", key: "replies" },
        replies.map((reply) => message(reply, { channel, isReply: true })),
      ),
    isOpen && replyBox(one, channel),
  );
}

function replyBox(one, channel) {
  const send = async (event) => {
    event.preventDefault();
    const box = event.currentTarget.querySelector("input");
    const words = box.value.trim();
    if (!words) return;
    if (await attempt("message", { channel, text: withMentions(words), thread_ts: one.ts }, "Your reply"))
      box.value = "";
  };
  return h(
    "form",
    { class: "reply-box", key: "reply-box", on: { submit: send } },
    h("input", { type: "text", "aria-label": "Reply in thread", placeholder: "Reply…", autocomplete: "off" }),
    h("button", { type: "submit" }, "Reply"),
  );
}
