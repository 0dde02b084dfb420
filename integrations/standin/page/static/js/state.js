// What the page knows: who one is, where one looks, and Slack's screen as that person sees it.

import { Trouble, get } from "./api.js";
import { inWords } from "./words.js";

export const state = {
  seed: null,
  me: null, // one of seed.people
  place: "", // a channel's or DM's id, or "home"
  screen: null,
  faults: new Map(), // message ts or view id → what went wrong with the last press there
  notices: [], // what only this browser was told: {place, text, at}
  openThreads: new Set(),
  read: {}, // the newest ts seen in each place
  systems: null,
  pulse: null, // the sandbox as a whole
  locked: "", // why this person cannot open Slack
};

const listeners = new Set();

export const onChange = (listener) => listeners.add(listener);
export const changed = () => listeners.forEach((listener) => listener());

export const channels = () => state.screen?.channels ?? [];
export const dms = () => state.screen?.dms ?? [];
export const here = () => [...channels(), ...dms()].find(({ id }) => id === state.place) ?? null;

/** Names for ids, as the current person knows them. */
export function names() {
  const people = state.screen?.people ?? {};
  const seeded = (id) => state.seed.channels.find((channel) => channel.id === id)?.name;
  return {
    me: state.me.slack,
    person: (id) => people[id]?.real_name || people[id]?.name || null,
    channel: (id) => channels().find((channel) => channel.id === id)?.name ?? seeded(id) ?? id,
  };
}

export const lists = () => ({
  people: Object.entries(state.screen?.people ?? {})
    .filter(([, person]) => !person.is_bot)
    .map(([id, person]) => ({ id, name: person.real_name || person.name })),
  channels: channels().map(({ id, name }) => ({ id, name: `#${name}` })),
});

export function say(text, place = state.place) {
  state.notices.push({ place, text, at: Date.now() });
  changed();
}

/** Keep the screen fresh; a change of person starts over. */
export async function follow(onTrouble) {
  for (;;) {
    const [who, revision] = [state.me, state.screen?.revision];
    try {
      const wait = revision === undefined ? "" : `?wait=${revision}`;
      const screen = await get(`/page/people/${who.slack}/screen${wait}`, leaving.signal);
      if (screen.ok === false) throw new Locked(`${who.name} cannot open Slack: ${inWords(screen.error)}.`);
      onTrouble("");
      if (who === state.me && screen.revision !== state.screen?.revision) show(screen);
    } catch (error) {
      if (error.name === "AbortError") continue;
      lock(who, error instanceof Locked ? error.message : "");
      onTrouble(error instanceof Locked ? "" : error instanceof Trouble ? error.message : String(error));
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

class Locked extends Trouble {}

function lock(who, sentence) {
  if (who !== state.me || state.locked === sentence) return;
  state.locked = sentence;
  changed();
}

let leaving = new AbortController();

const forgetters = new Set();

/** Have `forgetter` called when the sandbox starts over. */
export const onForget = (forgetter) => forgetters.add(forgetter);

/** Everything that was seen belongs to a sandbox that is gone. */
export function forget() {
  state.systems = null;
  state.read = {};
  state.notices = [];
  state.faults.clear();
  state.openThreads.clear();
  forgetters.forEach((forgetter) => forgetter());
}

export function become(person) {
  state.me = person;
  state.screen = null;
  state.locked = "";
  leaving.abort();
  leaving = new AbortController();
  changed();
}

function show(screen) {
  state.screen = screen;
  state.locked = "";
  if (state.place !== "home" && !here()) state.place = channels()[0]?.id ?? dms()[0]?.id ?? "home";
  changed();
}
