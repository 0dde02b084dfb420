// The conversation: a channel, a direct message, or an app's Home; and the list of them.

import { attempt, fault, placeOf } from "./act.js";
import { blocks } from "./blocks.js";
import { dateOf, dayLabel } from "./dates.js";
import { fill, h } from "./dom.js";
import { hue, message } from "./message.js";
import { channels, changed, dms, here, state } from "./state.js";
import { toolsButton } from "./tools.js";

const TOGETHER = 5 * 60; // seconds: later messages of one author stand without a new name
const byId = (id) => document.getElementById(id);

export function go(place) {
  state.place = place;
  changed();
  const scroll = byId("scroll");
  scroll.scrollTop = place === "home" ? 0 : scroll.scrollHeight;
  if (place === "home") attempt("home", {}, "Opening the Home tab");
}

export function paintPlaces() {
  const item = (id, sign, name, isUnread) =>
    h(
      "li",
      { key: id },
      h(
        "button",
        {
          type: "button",
          class: isUnread ? "place unread" : "place",
          "aria-current": state.place === id ? "page" : null,
          on: { click: () => goAndShow(id) },
        },
        h("span", { class: "sign", "aria-hidden": "true" }, sign),
        name,
        isUnread && h("span", { class: "unseen" }, " (new)"),
      ),
    );
  fill(
    byId("places"),
    h("h2", { key: "c" }, "Channels"),
    h(
      "ul",
      { key: "cl" },
      channels().map((one) =>
        item(one.id, "#", [one.name, one.is_ext_shared && h("span", { class: "tag" }, "shared")], isUnread(one)),
      ),
    ),
    h("h2", { key: "d" }, "Direct messages"),
    h(
      "ul",
      { key: "dl" },
      dms().map((one) =>
        item(one.id, "●", one.name ?? state.screen.people[one.user]?.real_name ?? "Cabbie", isUnread(one)),
      ),
    ),
    isInstalled() && h("h2", { key: "a" }, "Apps"),
    isInstalled() && h("ul", { key: "al" }, item("home", "⌂", "Cabbie Home", false)),
  );
}

// The app lives in one workspace; a stranger who shares a channel has no Home of it.
const isInstalled = () => Boolean(state.screen) && state.me.is_ours;

function goAndShow(id) {
  byId("app").dataset.pane = "talk";
  go(id);
}

const newest = (one) => one.messages.at(-1)?.ts ?? "";
const isUnread = (one) => one.id !== state.place && newest(one) > (state.read[`${state.me.key}/${one.id}`] ?? "");

export function paintTalk() {
  const scroll = byId("scroll");
  const wasAtEnd = isAtEnd();
  const place = here();
  const isHome = state.place === "home";
  byId("composer").hidden = isHome || Boolean(state.locked);
  paintHead(place, isHome);
  if (isHome) paintHome();
  else if (place) paintMessages(place);
  else fill(byId("messages"), h("p", { class: "empty" }, whyEmpty()));
  if (place) state.read[`${state.me.key}/${place.id}`] = newest(place);
  if (wasAtEnd && !isHome) scroll.scrollTop = scroll.scrollHeight;
  noteEnd(wasAtEnd);
}

const whyEmpty = () => state.locked || (state.screen ? "Nothing to see here." : "Opening Slack…");

// Who reads further up stays there; a button leads to what came meanwhile.
const ends = new Map(); // place → its end when one last stood there

const endOf = (place) => `${newest(place)}/${state.notices.length}`;

function noteEnd(wasAtEnd) {
  const place = here();
  if (place && (wasAtEnd || !ends.has(place.id))) ends.set(place.id, endOf(place));
  byId("latest").hidden = !place || ends.get(place.id) === endOf(place);
}

export function startTalk() {
  byId("scroll").addEventListener("scroll", () => isAtEnd() && noteEnd(true), { passive: true });
  byId("latest").addEventListener("click", () => {
    byId("scroll").scrollTop = byId("scroll").scrollHeight;
    byId("say").focus();
  });
}

function isAtEnd() {
  const scroll = byId("scroll");
  return scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60;
}

function paintHead(place, isHome) {
  const isChannel = channels().includes(place);
  const title = isHome ? "Cabbie" : place ? `${isChannel ? "# " : ""}${place.name ?? "Cabbie"}` : "";
  const note = isHome ? "App Home" : place?.is_ext_shared ? "shared with another company" : "";
  fill(byId("talk-head"), h("h1", {}, title), note && h("p", { class: "quiet" }, note), isChannel && toolsButton(place));
  const say = byId("say");
  say.placeholder = `Message ${title.replace("# ", "#") || "…"}`;
}

function paintHome() {
  const view = state.screen?.home;
  fill(
    byId("messages"),
    view
      ? h(
          "div",
          { class: "home blocks", key: `home/${state.me.key}`, "data-view": view.id },
          blocks(view.blocks, placeOf({ view_id: view.id })),
          fault({ view_id: view.id }),
        )
      : h("p", { class: "empty" }, "Cabbie has not drawn its Home for you yet."),
  );
}

function paintMessages(place) {
  const all = place.messages;
  const replies = Map.groupBy ? Map.groupBy(all.filter(isReply), (one) => one.thread_ts) : grouped(all.filter(isReply));
  const top = all.filter((one) => !isReply(one) || one.subtype === "thread_broadcast");
  const rows = top.flatMap((one, n) => row(one, top[n - 1], replies, place));
  const notices = state.notices.filter((notice) => notice.place === place.id).map(noticeRow);
  fill(
    byId("messages"),
    rows.length ? null : h("p", { class: "empty", key: "empty" }, "This is the very beginning."),
    rows,
    notices,
  );
}

const isReply = (one) => one.thread_ts && one.thread_ts !== one.ts;

function grouped(list) {
  const groups = new Map();
  for (const one of list) groups.set(one.thread_ts, [...(groups.get(one.thread_ts) ?? []), one]);
  return groups;
}

function row(one, before, replies, place) {
  const day = dayLabel(dateOf(one.ts));
  const isNewDay = !before || day !== dayLabel(dateOf(before.ts));
  const isCompact =
    !isNewDay &&
    !one.is_ephemeral &&
    !before.is_ephemeral &&
    before.user === one.user &&
    before.bot_id === one.bot_id &&
    before.username === one.username &&
    !isReply(one) &&
    !isReply(before) &&
    Number(one.ts) - Number(before.ts) < TOGETHER;
  showWhispers(one, replies);
  return [
    isNewDay && h("p", { class: "day", key: `day-${one.ts}` }, h("span", {}, day)),
    message(one, { channel: place.id, replies: isReply(one) ? [] : (replies.get(one.ts) ?? []), isCompact }),
  ];
}

// What only this person was told in a thread is not to be missed: it opens, once.
const whispered = new Set();

function showWhispers(one, replies) {
  for (const reply of replies.get(one.ts) ?? []) {
    if (!reply.is_ephemeral || whispered.has(reply.ts)) continue;
    whispered.add(reply.ts);
    state.openThreads.add(one.ts);
  }
}

function noticeRow(notice) {
  return h(
    "article",
    { class: "message ephemeral notice", key: `notice-${notice.at}` },
    h("span", { class: `avatar hue-${hue("Slackbot")}`, "aria-hidden": "true" }, "S"),
    h(
      "div",
      { class: "body" },
      h("p", { class: "only-you" }, "Only visible to you"),
      h("p", { class: "by" }, h("b", {}, "Slackbot")),
      h("div", { class: "text" }, notice.text),
    ),
  );
}
