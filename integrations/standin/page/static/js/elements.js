// What can be pressed, chosen or filled in. An element in an input block waits for submit; elsewhere it acts at once.

import { checkboxes, multiSelect, radioButtons, select } from "./choices.js";
import { externalSelect, multiExternalSelect } from "./combobox.js";
import { h } from "./dom.js";
import { text } from "./blocks.js";
import { isSafeLink, unescape } from "./mrkdwn.js";
import { readElement } from "./values.js";

/** `field` is given inside an input block: {id, described, invalid, labelledby}. */
export function element(el, block, place, field = null) {
  const draw = ELEMENTS[el.type];
  if (!draw) return h("span", { class: "quiet" }, `This page cannot draw a “${el.type}”.`);
  return draw(el, block, place, field);
}

export const isInteractive = (block) =>
  Boolean(block.element || block.accessory || block.elements?.some((el) => el.action_id));

const ELEMENTS = {
  button,
  workflow_button: button,
  overflow,
  icon_button: button,
  feedback_buttons: (el, block, place) =>
    [el.positive_button, el.negative_button].map((choice) =>
      button({ ...choice, action_id: el.action_id, type: "feedback_buttons" }, block, place),
    ),
  static_select: select,
  users_select: select,
  conversations_select: select,
  channels_select: select,
  external_select: externalSelect,
  multi_static_select: multiSelect,
  multi_users_select: multiSelect,
  multi_conversations_select: multiSelect,
  multi_channels_select: multiSelect,
  multi_external_select: multiExternalSelect,
  checkboxes,
  radio_buttons: radioButtons,
  datepicker: picker("date", "initial_date"),
  timepicker: picker("time", "initial_time"),
  datetimepicker: picker("datetime-local", "initial_date_time"),
  plain_text_input: (el, block, place, field) =>
    el.multiline
      ? h("textarea", { ...common(el, block, place, field), rows: 4 }, el.initial_value ?? "")
      : typed("text")(el, block, place, field),
  rich_text_input: (el, block, place, field) => h("textarea", { ...common(el, block, place, field), rows: 4 }),
  email_text_input: typed("email"),
  url_text_input: typed("url"),
  number_input: typed("number"),
};

/** What every element carries: its name for the app, its facts for handlers, and its label for readers. */
export function common(el, block, place, field) {
  return {
    key: `${block.block_id}/${el.action_id}`,
    "data-action-id": el.action_id,
    "data-block": block.block_id,
    "data-type": el.type,
    facts: { el, block, place },
    id: field?.id,
    placeholder: el.placeholder ? unescape(el.placeholder.text) : null,
    minlength: el.min_length,
    maxlength: el.max_length,
    "aria-label": field ? null : (el.accessibility_label ?? el.placeholder?.text ?? null),
    "aria-describedby": field?.described || null,
    "aria-invalid": field?.invalid ? "true" : null,
    "aria-labelledby": field?.labelledby,
    "data-focus": el.focus_on_load ? "yes" : null,
    on: {
      change: acts(block, field) ? (event, facts) => place.act(facts, readElement(event.currentTarget)) : undefined,
    },
  };
}

/** Outside of inputs an element acts when it changes; inside only when the app asked for it. */
export const acts = (block, field) => !field || block.dispatch_action === true;

function button(el, block, place) {
  const label = el.text ? text({ ...el.text, type: "plain_text" }, place.names) : "★";
  const facts = { el, block, place };
  const press = { click: (_, { el: pressed }) => place.act({ el: pressed, block, place }, { value: pressed.value }) };
  const look = {
    class: `button ${el.style ?? ""}`,
    key: `${block.block_id}/${el.action_id}/${el.value ?? ""}`,
    facts,
    on: press,
    "data-action-id": el.action_id,
    "aria-label": el.accessibility_label,
  };
  if (el.url && isSafeLink(el.url))
    return h("a", { ...look, href: el.url, target: "_blank", rel: "noopener noreferrer" }, label);
  return h("button", { ...look, type: "button" }, label);
}

function overflow(el, block, place) {
  const choose = (option) => ({
    click: (event) => {
      event.currentTarget.closest("details").open = false;
      place.act({ el, block, place }, { selected_option: option });
    },
  });
  const items = el.options.map((option) => {
    const label = text(option.text, place.names);
    if (option.url && isSafeLink(option.url)) {
      return h(
        "a",
        { class: "item", href: option.url, target: "_blank", rel: "noopener noreferrer", on: choose(option) },
        label,
      );
    }
    return h("button", { type: "button", class: "item", on: choose(option) }, label);
  });
  return h(
    "details",
    { class: "menu", key: `${block.block_id}/${el.action_id}`, "data-action-id": el.action_id },
    h("summary", { class: "button", "aria-label": "More choices" }, "⋯"),
    h("div", { class: "items" }, items),
  );
}

function typed(type) {
  return (el, block, place, field) => {
    const base = common(el, block, place, field);
    const submits = el.dispatch_action_config?.trigger_actions_on?.includes("on_enter_pressed") ?? true;
    base.on.keydown = (event, facts) => {
      if (event.key !== "Enter" || !acts(block, field) || !submits) return;
      event.preventDefault();
      facts.place.act(facts, readElement(event.currentTarget));
    };
    base.on.change = undefined; // a text acts on Enter, not when it is left
    return h("input", {
      ...base,
      type,
      value: el.initial_value,
      min: el.min_value,
      max: el.max_value,
      step: el.is_decimal_allowed ? "any" : null,
    });
  };
}

function picker(type, initial) {
  return (el, block, place, field) => {
    const value = type === "datetime-local" ? localDateTime(el[initial]) : el[initial];
    return h("input", { ...common(el, block, place, field), type, value });
  };
}

function localDateTime(seconds) {
  if (!seconds) return null;
  const date = new Date(seconds * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
