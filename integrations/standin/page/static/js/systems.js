// The right side: three systems' own views, Cabbie's ledger, the diary, what can be turned; fresh once a second.

import { Trouble, get } from "./api.js";
import { fill, h } from "./dom.js";
import { diaryPanel, forgetDiary, refreshDiary } from "./diary.js";
import { jiraPanel } from "./jira.js";
import { ledgerPanel, refreshLedger } from "./ledger.js";
import { pipelinePanel } from "./pipeline.js";
import { rehearsePanel } from "./rehearse.js";
import { servicenowPanel } from "./servicenow.js";
import { changed, onForget, state } from "./state.js";
import { refreshChoices } from "./trouble.js";

const PANELS = {
  servicenow: servicenowPanel,
  jira: jiraPanel,
  ledger: ledgerPanel,
  pipeline: pipelinePanel,
  diary: diaryPanel,
  rehearse: rehearsePanel,
};
const REFRESH = { ledger: refreshLedger, diary: refreshDiary }; // asked for only while they are looked at
const byId = (id) => document.getElementById(id);
let shown = "servicenow";

export function startSystems() {
  const tabs = [...document.querySelectorAll("[role=tab]")];
  for (const tab of tabs) {
    tab.addEventListener("click", () => open(tab.dataset.tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
      open(next.dataset.tab);
      next.focus();
    });
  }
  onForget(forgetDiary);
  open(shown);
  watch();
}

export function open(name) {
  shown = name;
  for (const tab of document.querySelectorAll("[role=tab]")) {
    const isShown = tab.dataset.tab === name;
    tab.setAttribute("aria-selected", String(isShown));
    tab.tabIndex = isShown ? 0 : -1;
    byId(`panel-${tab.dataset.tab}`).hidden = !isShown;
  }
  paintSystems();
  REFRESH[name]?.().then(paintSystems);
  if (name === "rehearse") refreshChoices(paintSystems);
}

export function paintSystems() {
  if (!state.seed) return;
  fill(byId(`panel-${shown}`), PANELS[shown](paintSystems));
}

async function watch() {
  for (;;) {
    try {
      const seen = state.systems ? `?seen=${state.systems.revision}` : "";
      const systems = await get(`/page/systems${seen}`);
      const isNew = systems.revision !== state.systems?.revision;
      if (isNew) state.systems = systems;
      const hasMore = await REFRESH[shown]?.();
      if (isNew) changed();
      else if (hasMore) paintSystems();
    } catch (error) {
      if (!(error instanceof Trouble)) throw error; // the conversation's own poll tells the person
    }
    await new Promise((resolve) => setTimeout(resolve, document.hidden ? 4000 : 1000));
  }
}

export const waiting = () => h("p", { class: "empty" }, "Opening…");
