// Where one types: text becomes a message, a leading slash a command.

import { attempt } from "./act.js";
import { fill, h } from "./dom.js";
import { escape, idOf, withMentions } from "./mentions.js";
import { say, state } from "./state.js";

const box = document.getElementById("say");
const hints = document.getElementById("hints");

export function startComposer() {
  box.addEventListener("input", () => {
    grow();
    offer();
  });
  box.addEventListener("keydown", keys);
  box.addEventListener("blur", () => setTimeout(() => (hints.hidden = true), 150));
  document.getElementById("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
}

function keys(event) {
  if (event.key === "Escape") hints.hidden = true;
  if (event.key === "Tab" && !event.shiftKey && !hints.hidden) {
    event.preventDefault();
    take(matching()[0]);
  }
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    send();
  }
}

async function send() {
  const words = box.value.trim();
  const channel = state.place;
  if (!words) return;
  box.value = "";
  hints.hidden = true;
  grow();
  const isSent = words.startsWith("/")
    ? await command(channel, words)
    : await attempt("message", { channel, text: withMentions(words) }, "Your message");
  if (!isSent && !box.value) box.value = words; // nothing typed is lost
  grow();
}

function command(channel, words) {
  const [name] = words.split(/\s/);
  if (name === "/invite") return invite(channel, words.slice(name.length).trim());
  const text = escape(words.slice(name.length).trim()); // names are the server's to find: should_escape is the app's choice
  return attempt("command", { channel, command: name, text }, name);
}

// Slack's own command: no app hears of it.
async function invite(channel, who) {
  const answer = await attempt("invite", { channel, invitee: idOf(who) }, "/invite");
  if (answer) say(`${who} is in the channel now.`, channel);
  return answer;
}

const matching = () =>
  state.seed.commands.filter(
    ({ command: name }) => name.startsWith(box.value.split(" ")[0]) && !box.value.includes(" "),
  );

function offer() {
  const found = box.value.startsWith("/") ? matching() : [];
  fill(
    hints,
    found.map((one, n) =>
      h(
        "li",
        {
          role: "option",
          "aria-selected": String(n === 0),
          on: {
            mousedown: (event) => {
              event.preventDefault();
              take(one);
            },
          },
        },
        h("b", {}, one.command),
        ` ${one.usage_hint ?? ""} `,
        h("span", { class: "quiet" }, one.description ?? ""),
      ),
    ),
  );
  hints.hidden = found.length === 0;
}

function take(one) {
  if (!one) return;
  box.value = `${one.command} `;
  hints.hidden = true;
  box.focus();
}

function grow() {
  box.style.setProperty("height", "auto");
  box.style.setProperty("height", `${Math.min(box.scrollHeight, 160)}px`);
}
