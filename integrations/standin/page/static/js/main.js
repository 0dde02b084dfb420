// Starts the page: who one is, where one looks, and what keeps it fresh.

import { fault, placeOf } from "./act.js";
import { get } from "./api.js";
import { startComposer } from "./composer.js";
import { paintViews, startDialogs } from "./dialogs.js";
import { h } from "./dom.js";
import { startFaithful } from "./faithful.js";
import { startPulse } from "./pulse.js";
import { paintStart } from "./start.js";
import { become, follow, onChange, state } from "./state.js";
import { open, paintSystems, startSystems } from "./systems.js";
import { go, paintPlaces, paintTalk, startTalk } from "./talk.js";

const byId = (id) => document.getElementById(id);

async function start() {
  state.seed = await get("/page/seed");
  const asked = new URLSearchParams(location.hash.slice(1));
  state.place = asked.get("in") ?? state.seed.channels[0].id;
  startPeople(asked.get("as"));
  startComposer();
  startDialogs();
  startFaithful();
  startTalk();
  startPanes();
  startMenus();
  onChange(paint);
  startSystems();
  startPulse(rehearse);
  follow(trouble);
}

function startPeople(asked) {
  const { people, team } = state.seed;
  const picker = byId("me");
  byId("team").textContent = team;
  picker.append(...people.map(({ key, name, role }) => h("option", { value: key }, `${name} · ${role}`)));
  picker.addEventListener("change", () => become(people.find(({ key }) => key === picker.value)));
  const first = people.find(({ key }) => key === asked) ?? people[0];
  picker.value = first.key;
  become(first);
}

function startPanes() {
  for (const button of document.querySelectorAll("[data-to]")) {
    button.addEventListener("click", () => {
      byId("app").dataset.pane = button.dataset.to;
      if (button.dataset.to === "talk") go(state.place);
      else paint();
    });
  }
}

// Menus close when one looks elsewhere.
function startMenus() {
  const closeOthers = (target) => {
    for (const menu of document.querySelectorAll("details.menu[open], details.many[open]"))
      if (!menu.contains(target)) menu.open = false;
  };
  document.addEventListener("pointerdown", ({ target }) => closeOthers(target));
  document.addEventListener("focusin", ({ target }) => closeOthers(target));
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.activeElement?.closest("details.menu[open], details.many[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
    event.preventDefault();
  });
}

function paint() {
  history.replaceState(null, "", `#${new URLSearchParams({ as: state.me.key, in: state.place })}`);
  for (const button of document.querySelectorAll("[data-to]")) {
    button.setAttribute("aria-pressed", String(byId("app").dataset.pane === button.dataset.to));
  }
  byId("me").value = state.me.key;
  paintPlaces();
  paintTalk();
  paintViews({ placeOf, fault });
  paintSystems();
  paintStart();
}

function rehearse() {
  byId("app").dataset.pane = "systems";
  open("rehearse");
  paint();
}

function trouble(sentence) {
  byId("trouble").hidden = !sentence;
  byId("trouble").textContent = sentence;
}

start();
