// Slack's rich_text → nodes.

import { writeDate } from "./dates.js";
import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { link, mention } from "./mrkdwn.js";

export const richText = (block, names) => block.elements.map((element) => part(element, names));

function part(element, names) {
  const inside = () => element.elements.flatMap((child) => leaf(child, names));
  switch (element.type) {
    case "rich_text_section":
      return h("div", {}, lines(inside()));
    case "rich_text_preformatted":
      return h("pre", {}, h("code", {}, inside()));
    case "rich_text_quote":
      return h("blockquote", {}, lines(inside()));
    case "rich_text_list":
      return h(
        element.style === "ordered" ? "ol" : "ul",
        { class: `indent-${element.indent ?? 0}` },
        element.elements.map((item) => h("li", {}, lines(item.elements.flatMap((child) => leaf(child, names))))),
      );
    default:
      return null;
  }
}

const lines = (nodes) =>
  nodes.flatMap((node) =>
    typeof node === "string" ? node.split("\n").flatMap((words, n) => (n ? [h("br"), words] : [words])) : [node],
  );

function leaf(element, names) {
  switch (element.type) {
    case "text":
      return [dressed(element.text, element.style)];
    case "link":
      return [link(element.url, dressed(element.text ?? element.url, element.style))];
    case "user":
      return [mention(names, element.user_id)];
    case "channel":
      return [h("span", { class: "mention" }, `#${names.channel(element.channel_id)}`)];
    case "usergroup":
      return [h("span", { class: "mention" }, "@group")];
    case "broadcast":
      return [h("span", { class: "mention loud" }, `@${element.range}`)];
    case "emoji":
      return [emoji(element.name)];
    case "date":
      return [h("time", {}, writeDate(element.timestamp, element.format, element.fallback ?? ""))];
    case "color":
      return [h("code", {}, element.value)];
    default:
      return [];
  }
}

function dressed(text, style) {
  const tags = [
    ["bold", "strong"],
    ["italic", "em"],
    ["strike", "s"],
    ["code", "code"],
  ];
  return tags.reduce((node, [name, tag]) => (style?.[name] ? h(tag, {}, node) : node), text);
}
