// The line that is always there: is Cabbie up, which sandbox is this, what time is it taken to be, what goes wrong.

import { Trouble, get } from "./api.js";
import { shortTime } from "./dates.js";
import { fill, h } from "./dom.js";
import { become, changed, forget, state } from "./state.js";

const SOON = 1000;
const HIDDEN = 4000;
const CABBIE = { ready: "Cabbie is up", up: "Cabbie is not ready", down: "Cabbie does not answer" };
const ALONE = { cabbie: { state: "down" }, phase: "", problem: "", wrong: [], clock: { seconds: 0 } };
let open = () => {};

/** Ask once a second. `toRehearse` leads to where all this can be changed. */
export async function startPulse(toRehearse) {
  open = toRehearse;
  for (;;) {
    await feel();
    await new Promise((resolve) => setTimeout(resolve, document.hidden ? HIDDEN : SOON));
  }
}

/** Ask now, after something was turned. */
export async function feel() {
  try {
    take(await get("/page/pulse"));
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    paint({ ...(state.pulse ?? ALONE), gone: true });
  }
}

function take(pulse) {
  const before = state.pulse;
  state.pulse = pulse;
  paint(pulse);
  if (before && before.generation !== pulse.generation) {
    forget();
    become(state.me); // the old generation's screen is nobody's any more
  } else if (JSON.stringify({ ...before, clock: 0 }) !== JSON.stringify({ ...pulse, clock: 0 })) changed();
}

export const clockNow = () => new Date(Date.now() + (state.pulse?.clock.seconds ?? 0) * 1000);

function paint(pulse) {
  const { cabbie, clock, wrong } = pulse;
  const look = pulse.gone ? "down" : pulse.phase ? "up" : cabbie.state;
  fill(
    document.getElementById("pulse"),
    h("span", { class: `light ${look}`, key: "light", "aria-hidden": "true" }),
    h("span", { role: "status", key: "cabbie" }, words(pulse)),
    pulse.generation && h("span", { key: "generation" }, `Sandbox no. ${pulse.generation}`),
    clock.seconds !== 0 && lead(`Clock ${shift(clock.seconds)}: ${shortTime(clockNow())}`, "clock", "moved"),
    wrong.length > 0 && lead(count(wrong.length), "wrong", "bad"),
  );
}

function words({ gone, phase, problem, cabbie }) {
  if (gone) return "The sandbox does not answer";
  if (phase) return `Starting over: ${phase} …`;
  if (problem) return problem;
  if (cabbie.is_stale) return "Cabbie remembers what is gone: restart it with an empty database";
  return cabbie.says ? `${CABBIE[cabbie.state]}: ${cabbie.says}` : CABBIE[cabbie.state];
}

const count = (n) => (n === 1 ? "1 thing goes wrong" : `${n} things go wrong`);

const lead = (text, key, look) =>
  h("button", { type: "button", key, class: `plain ${look}`, on: { click: () => open() } }, text);

/** By how much, in the largest units that say it: `+1 day 2 h`. */
export function shift(seconds) {
  const minutes = Math.round(Math.abs(seconds) / 60);
  const parts = [
    [Math.floor(minutes / 1440), minutes >= 2880 ? "days" : "day"],
    [Math.floor((minutes % 1440) / 60), "h"],
    [minutes % 60, "min"],
  ].filter(([n]) => n > 0);
  const said = parts.map(([n, unit]) => `${n} ${unit}`).join(" ") || "under a minute";
  return `${seconds < 0 ? "−" : "+"}${said}`;
}
