// Choosing from a list the app or the workspace gives: one, several, boxes to tick.

import { text } from "./blocks.js";
import { h } from "./dom.js";
import { acts, common } from "./elements.js";
import { unescape } from "./mrkdwn.js";
import { initialOf, readElement } from "./values.js";

/** The options of a select, flat; people and channels become options too. */
export function optionsOf(el, place) {
  if (el.options) return el.options;
  if (el.option_groups) return el.option_groups.flatMap((group) => group.options);
  const list = el.type.includes("users") ? place.lists.people : place.lists.channels;
  return list.map(({ id, name }) => ({ text: { type: "plain_text", text: name, emoji: false }, value: id }));
}

export function select(el, block, place, field) {
  const options = optionsOf(el, place);
  const chosen = initialOf(el, place)[0];
  const choice = (option) =>
    h("option", { value: option.value, selected: option.value === chosen }, unescape(option.text.text));
  const list = el.option_groups
    ? el.option_groups.map((group) => h("optgroup", { label: unescape(group.label.text) }, group.options.map(choice)))
    : options.map(choice);
  const base = common(el, block, place, field);
  return h(
    "select",
    { ...base, facts: { ...base.facts, options }, placeholder: null },
    h("option", { value: "" }, unescape(el.placeholder?.text ?? "Choose…")),
    list,
  );
}

export function multiSelect(el, block, place, field) {
  const options = optionsOf(el, place);
  const label = el.placeholder ? unescape(el.placeholder.text) : "Choose any";
  const ticks = boxes("checkbox", options, initialOf(el, place), el, block, place);
  return group(
    el,
    block,
    place,
    field,
    options,
    "multi",
    h("details", { class: "many", key: "many" }, h("summary", {}, label), h("div", { class: "many-list" }, ticks)),
  );
}

export function checkboxes(el, block, place, field) {
  return group(
    el,
    block,
    place,
    field,
    el.options,
    "ticks",
    boxes("checkbox", el.options, initialOf(el, place), el, block, place),
  );
}

export function radioButtons(el, block, place, field) {
  return group(
    el,
    block,
    place,
    field,
    el.options,
    "ticks",
    boxes("radio", el.options, initialOf(el, place), el, block, place),
  );
}

function group(el, block, place, field, options, kind, content) {
  const base = common(el, block, place, field);
  const change = acts(block, field)
    ? (event, facts) => facts.place.act(facts, readElement(event.currentTarget))
    : undefined;
  return h(
    "div",
    {
      ...base,
      role: el.type === "radio_buttons" ? "radiogroup" : "group",
      class: kind,
      placeholder: null,
      facts: { ...base.facts, options },
      on: { change },
    },
    content,
  );
}

function boxes(type, options, chosen, el, block, place) {
  const name = `${place.scope.view_id ?? place.scope.ts}/${block.block_id}/${el.action_id}`;
  return options.map((option) =>
    h(
      "label",
      { class: "tick", key: option.value },
      h("input", { type, name, value: option.value, checked: chosen.includes(option.value) }),
      h(
        "span",
        {},
        text(option.text, place.names),
        option.description && h("span", { class: "hint" }, text(option.description, place.names)),
      ),
    ),
  );
}
