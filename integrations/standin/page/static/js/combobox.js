// A select whose options the app finds while one types.

import { text } from "./blocks.js";
import { h } from "./dom.js";
import { common } from "./elements.js";
import { unescape } from "./mrkdwn.js";
import { readElement } from "./values.js";

export const externalSelect = (el, block, place, field) => combobox(el, block, place, field, false);
export const multiExternalSelect = (el, block, place, field) => combobox(el, block, place, field, true);

function combobox(el, block, place, field, isMany) {
  const {
    id,
    "aria-describedby": described,
    "aria-invalid": invalid,
    "aria-label": label,
    placeholder,
    ...base
  } = common(el, block, place, field);
  const start = el.initial_options ?? (el.initial_option ? [el.initial_option] : []);
  const name = id ?? `find-${block.block_id}-${el.action_id}`;
  const box = h("input", {
    id: name,
    type: "text",
    role: "combobox",
    autocomplete: "off",
    placeholder: placeholder ?? "Type to find",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": `${name}-list`,
    "aria-describedby": described,
    "aria-invalid": invalid,
    "aria-label": label,
    on: {
      input: (event) => look(rootOf(event)),
      focus: (event) => look(rootOf(event)),
      keydown: keys,
      blur: (event) => close(rootOf(event)),
      change: (event) => event.stopPropagation(),
    },
  });
  const root = h(
    "div",
    { ...base, class: "combobox", "data-mine": true, "data-many": isMany ? "yes" : null, on: {} },
    h("div", { class: "chips" }),
    box,
    h("ul", { id: `${name}-list`, role: "listbox", hidden: true }),
  );
  root.dataset.chosen = JSON.stringify(start);
  show(root);
  return root;
}

const rootOf = (event) => event.currentTarget.closest(".combobox");
const boxOf = (root) => root.querySelector("input");
const listOf = (root) => root.querySelector("ul");
const chosenIn = (root) => JSON.parse(root.dataset.chosen);

async function look(root) {
  const { el, block, place } = root.facts;
  const typed = boxOf(root).value;
  if (typed.length < (el.min_query_length ?? 3)) return close(root);
  const turn = (root.turn = (root.turn ?? 0) + 1);
  const options = await place.suggest({ el, block }, typed);
  if (turn === root.turn && document.activeElement === boxOf(root)) offer(root, options);
}

function offer(root, options) {
  root.options = options;
  listOf(root).replaceChildren(
    ...(options.length
      ? options.map((option, n) => item(root, option, n))
      : [h("li", { class: "quiet" }, "Nothing found.")]),
  );
  listOf(root).hidden = false;
  boxOf(root).setAttribute("aria-expanded", "true");
  point(root, options.length ? 0 : -1);
}

function item(root, option, n) {
  return h(
    "li",
    {
      role: "option",
      id: `${boxOf(root).id}-${n}`,
      on: {
        mousedown: (event) => {
          event.preventDefault(); // the box keeps the focus
          take(root, option);
        },
      },
    },
    text(option.text, root.facts.place.names),
    option.description && h("span", { class: "hint" }, unescape(option.description.text)),
  );
}

function keys(event) {
  const root = rootOf(event);
  const isOpen = !listOf(root).hidden;
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps && isOpen)
    point(root, (root.at + steps[event.key] + root.options.length) % root.options.length);
  else if (event.key === "Enter" && isOpen && root.at >= 0) take(root, root.options[root.at]);
  else if (event.key === "Escape" && isOpen) close(root);
  else if (event.key === "Backspace" && !boxOf(root).value) drop(root, chosenIn(root).length - 1);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function point(root, n) {
  root.at = n;
  [...listOf(root).children].forEach((child, at) => child.setAttribute("aria-selected", String(at === n)));
  const active = listOf(root).children[n];
  boxOf(root).setAttribute("aria-activedescendant", active?.id ?? "");
  active?.scrollIntoView({ block: "nearest" });
}

function take(root, option) {
  const kept = root.dataset.many ? chosenIn(root).filter((one) => one.value !== option.value) : [];
  choose(root, [...kept, option]);
}

const drop = (root, n) =>
  choose(
    root,
    chosenIn(root).filter((_, at) => at !== n),
  );

function choose(root, options) {
  root.dataset.chosen = JSON.stringify(options);
  boxOf(root).value = "";
  show(root);
  close(root);
  const { block, place } = root.facts;
  if (block.type !== "input" || block.dispatch_action) place.act(root.facts, readElement(root));
}

function show(root) {
  root
    .querySelector(".chips")
    .replaceChildren(
      ...chosenIn(root).map((option, n) =>
        h(
          "button",
          {
            type: "button",
            class: "chip",
            "aria-label": `Remove ${unescape(option.text.text)}`,
            on: { click: () => drop(root, n) },
          },
          unescape(option.text.text),
          " ×",
        ),
      ),
    );
}

function close(root) {
  listOf(root).hidden = true;
  boxOf(root).setAttribute("aria-expanded", "false");
  boxOf(root).removeAttribute("aria-activedescendant");
}
