// Modals: an app's views, and the question before a button that asks for one.

import { Trouble, deed } from "./api.js";
import { blocks, text } from "./blocks.js";
import { fill, h } from "./dom.js";
import { state } from "./state.js";
import { readValues } from "./values.js";

const modal = document.getElementById("modal");
const errors = new Map(); // view id → {block_id: sentence}, and "" for the view itself

/** Show the views the person has open, the newest on top; the ones below keep what was typed. `kit`: {placeOf, fault}. */
export function paintViews(kit) {
  const views = state.screen?.views ?? [];
  for (const id of errors.keys()) if (!views.some((view) => view.id === id)) errors.delete(id);
  const before = modal.dataset.top;
  fill(
    modal,
    views.map((view, n) => form(view, n === views.length - 1, kit)),
  );
  modal.dataset.top = views.at(-1)?.id ?? "";
  if (views.length && !modal.open) modal.showModal();
  if (!views.length && modal.open) modal.close();
  if (views.length && before !== modal.dataset.top) focusFirst(views.at(-1).id);
}

function form(view, isTop, kit) {
  const wrong = errors.get(view.id) ?? {};
  const place = kit.placeOf({ view_id: view.id }, { errors: wrong });
  const { names } = place;
  const title = isTop ? "modal-title" : null;
  return h(
    "form",
    {
      class: "view",
      key: view.id,
      "data-view": view.id,
      hidden: !isTop,
      inert: !isTop,
      novalidate: true,
      facts: { view },
      on: { submit: (event, facts) => submit(event, facts.view, kit) },
    },
    h(
      "header",
      { key: "head" },
      h("h2", { id: title }, text(view.title, names)),
      h(
        "button",
        { type: "button", class: "plain close", "aria-label": "Close", on: { click: () => close(view) } },
        "×",
      ),
    ),
    h("div", { class: "blocks", key: "blocks", tabindex: "-1" }, blocks(view.blocks, place)),
    kit.fault(place.scope),
    wrong[""] && h("p", { class: "error", role: "alert", key: "wrong" }, wrong[""]),
    h(
      "footer",
      { key: "foot" },
      h(
        "button",
        { type: "button", class: "button", key: "no", on: { click: () => close(view) } },
        view.close ? text(view.close, names) : "Close",
      ),
      view.submit && h("button", { type: "submit", class: "button primary", key: "yes" }, text(view.submit, names)),
    ),
  );
}

function focusFirst(id) {
  const view = modal.querySelector(`[data-view="${CSS.escape(id)}"]`);
  const target =
    view.querySelector("[data-focus]") ??
    view.querySelector(".blocks :is(input, select, textarea)") ??
    view.querySelector(".blocks"); // nothing to fill in: the arrow keys read it, from its top
  target.focus();
}

async function submit(event, view, kit) {
  event.preventDefault();
  const root = event.currentTarget;
  if (root.getAttribute("aria-busy")) return;
  const values = onlyInputs(view, readValues(root));
  const missing = emptyOnes(view, values);
  if (Object.keys(missing).length) return complain(view, missing, kit);
  root.setAttribute("aria-busy", "true");
  complain(view, {}, kit);
  const answer = await ask("submit", { view_id: view.id, values });
  root.removeAttribute("aria-busy");
  if (answer.errors) complain(view, answer.errors, kit);
  else if (answer.ok === false) complain(view, { "": trouble(answer.error) }, kit);
}

// Slack's own client looks after empty required fields; the app never hears of them.
function emptyOnes(view, values) {
  const required = view.blocks.filter((block) => block.type === "input" && !block.optional);
  const isEmpty = ({ type: _, ...value }) =>
    Object.values(value).every((one) => one === null || one === "" || one?.length === 0);
  return Object.fromEntries(
    required
      .filter((block) => isEmpty(values[block.block_id]?.[block.element.action_id] ?? {}))
      .map((block) => [block.block_id, "Please complete this required field."]),
  );
}

const onlyInputs = (view, values) =>
  Object.fromEntries(Object.entries(values).filter(([id]) => view.blocks.some((block) => block.block_id === id)));

function complain(view, wrong, kit) {
  errors.set(view.id, wrong);
  paintViews(kit);
  modal.querySelector('[aria-invalid="true"]:is(input, select, textarea), [aria-invalid="true"] input')?.focus();
}

const trouble = (error) =>
  error === "operation_timeout" || error?.startsWith("dispatch")
    ? `We had some trouble connecting. Try again? (${error})`
    : `That did not work: ${error}`;

async function ask(name, body) {
  try {
    return await deed(state.me.slack, name, body);
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    return { ok: false, error: error.message };
  }
}

const close = (view) => ask("close", { view_id: view.id });

export function startDialogs() {
  modal.addEventListener("cancel", (event) => {
    event.preventDefault(); // the app's view closes when the workspace says so
    const top = state.screen?.views.at(-1);
    if (top) close(top);
  });
}

/** The block's own confirm dialog; Slack shows it before the app hears of the press. */
export function confirmFirst(asked, names) {
  const dialog = document.getElementById("confirm");
  const before = document.activeElement;
  return new Promise((resolve) => {
    const end = (isSure) => () => {
      dialog.close();
      resolve(isSure);
    };
    fill(
      dialog,
      h(
        "div",
        { class: "view", key: Math.random() },
        h("header", {}, h("h2", { id: "confirm-title" }, text(asked.title, names))),
        h("div", { class: "blocks" }, h("div", { class: "text" }, text(asked.text, names))),
        h(
          "footer",
          {},
          h("button", { type: "button", class: "button", on: { click: end(false) } }, text(asked.deny, names)),
          h(
            "button",
            {
              type: "button",
              class: `button ${asked.style === "danger" ? "danger" : "primary"}`,
              autofocus: true,
              on: { click: end(true) },
            },
            text(asked.confirm, names),
          ),
        ),
      ),
    );
    dialog.oncancel = () => resolve(false);
    dialog.onclose = () => before?.isConnected && before.focus();
    dialog.showModal();
  });
}
