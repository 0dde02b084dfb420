// Block Kit → nodes: what an app sent, drawn as Slack draws it.

import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { element, isInteractive } from "./elements.js";
import { markdown } from "./markdown.js";
import { mrkdwn, unescape } from "./mrkdwn.js";
import { richText } from "./richtext.js";

/**
 * `place` says where the blocks stand: {names, lists, scope, act, suggest, errors}; `scope` is {channel, ts} or {view_id}.
 */
export function blocks(list, place) {
  return (list ?? []).map((block, n) => {
    const draw = BLOCKS[block.type] ?? unknown;
    const key = `${block.block_id ?? n}/${block.type}`;
    return h("div", { class: `block ${block.type}`, key, "data-block-id": block.block_id }, draw(block, place));
  });
}

/** A text object, or plain words. */
export function text(object, names) {
  if (!object) return [];
  if (object.type === "mrkdwn") return mrkdwn(object.text, names);
  const words = unescape(object.text ?? "");
  const shown = object.emoji === false ? words : withEmoji(words);
  return shown.split("\n").flatMap((line, n) => (n ? [h("br"), line] : [line]));
}

const BLOCKS = {
  header: (block, { names }) => h("p", { role: "heading", "aria-level": 3 }, text(block.text, names)),
  divider: () => h("hr"),
  section,
  context: (block, { names }) =>
    block.elements.map((item) => (item.type === "image" ? picture(item, "icon") : h("span", {}, text(item, names)))),
  actions: (block, place) => block.elements.map((item) => element(item, block, place)),
  context_actions: (block, place) => block.elements.map((item) => element(item, block, place)),
  image: (block, { names }) =>
    h("figure", {}, block.title && h("figcaption", {}, text(block.title, names)), picture(block)),
  rich_text: (block, { names }) => richText(block, names),
  markdown: (block) => markdown(block.text),
  table: (block, { names }) => table(block.rows, block.column_settings, names),
  data_table: (block, { names }) => table(block.rows, block.column_settings, names, true),
  input,
  alert: (block, { names }) => h("p", { class: `alert-${block.level ?? "info"}` }, text(block.text, names)),
};

function section(block, place) {
  const { names } = place;
  return [
    h(
      "div",
      { class: "section-main" },
      block.text && h("div", { class: "text" }, text(block.text, names)),
      block.fields &&
        h(
          "div",
          { class: "fields" },
          block.fields.map((field) => h("div", {}, text(field, names))),
        ),
    ),
    block.accessory &&
      h(
        "div",
        { class: "accessory" },
        block.accessory.type === "image" ? picture(block.accessory, "thumb") : element(block.accessory, block, place),
      ),
  ];
}

function input(block, place) {
  const { names, errors } = place;
  const id = `in-${place.scope.view_id ?? place.scope.ts}-${block.block_id}`;
  const error = errors?.[block.block_id];
  const described = [block.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  const label = [...text(block.label, names), block.optional && h("span", { class: "quiet" }, " (optional)")];
  const isGroup =
    ["checkboxes", "radio_buttons"].includes(block.element.type) || block.element.type.startsWith("multi_");
  const labelled = isGroup
    ? h("p", { class: "label", id: `${id}-label` }, label)
    : h("label", { for: id, id: `${id}-label` }, label);
  return [
    labelled,
    element(block.element, block, place, {
      id,
      described,
      invalid: Boolean(error),
      labelledby: isGroup ? `${id}-label` : null,
    }),
    block.hint && h("p", { class: "hint", id: `${id}-hint` }, text(block.hint, names)),
    error && h("p", { class: "error", id: `${id}-error` }, error),
  ];
}

// The page loads nothing from elsewhere, so a picture is told by its alternative text.
function picture(image, kind = "picture") {
  const isOurs = /^(data:image\/|\/)/.test(image.image_url ?? "");
  if (isOurs) return h("img", { class: kind, src: image.image_url, alt: image.alt_text });
  return h(
    "span",
    { class: `${kind} untold`, role: "img", "aria-label": image.alt_text, title: image.alt_text },
    kind === "icon" ? image.alt_text.slice(0, 1).toUpperCase() : `Image: ${image.alt_text}`,
  );
}

function table(rows, settings, names, hasHeader = true) {
  const [head, ...body] = rows;
  const look = (n) => `align-${settings?.[n]?.align ?? "left"}`;
  const cell = (item) => (item.type === "rich_text" ? richText(item, names) : String(item.text ?? item.value ?? ""));
  const row = (items, tag, extra) =>
    h(
      "tr",
      {},
      items.map((item, n) => h(tag, { class: look(n), ...extra }, cell(item))),
    );
  return h(
    "div",
    { class: "sheet", tabindex: 0 },
    h(
      "table",
      {},
      hasHeader && h("thead", {}, row(head, "th", { scope: "col" })),
      h(
        "tbody",
        {},
        (hasHeader ? body : rows).map((items) => row(items, "td")),
      ),
    ),
  );
}

function unknown(block) {
  return h("p", { class: "quiet" }, isInteractive(block) ? "" : `This page cannot draw a “${block.type}” block.`);
}
