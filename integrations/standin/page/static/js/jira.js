// The stories: their status, what links to them, what was said on them.

import { h } from "./dom.js";
import { isSafeLink } from "./mrkdwn.js";
import { section } from "./servicenow.js";
import { state } from "./state.js";

let showsAll = false;

export function jiraPanel(repaint) {
  if (!state.systems) return h("p", { class: "empty" }, "Opening…");
  const stories = state.systems.jira.stories;
  const touched = stories.filter((story) => story.links.length || story.comments.length);
  const list = showsAll ? stories : touched;
  const toggle = (event) => {
    showsAll = event.currentTarget.checked;
    repaint();
  };
  return [
    h(
      "label",
      { class: "pick tick", key: "all" },
      h("input", { type: "checkbox", on: { change: toggle } }),
      h("span", {}, `Show all ${stories.length} stories, not only the ${touched.length} with a link or comment`),
    ),
    list.length ? list.map(story) : h("p", { class: "empty", key: "none" }, "No story is linked with a change yet."),
  ];
}

function story(one) {
  return h(
    "article",
    { class: "record story", key: one.key },
    h(
      "header",
      {},
      h(
        "p",
        { class: "quiet" },
        one.key,
        h("span", { class: one.done ? "state approved" : "state" }, one.status),
        one.notes.map((note) => h("span", { class: "tag" }, note)),
      ),
      h("h2", {}, one.summary),
    ),
    one.links.length > 0 && section("Links", h("ul", { class: "plain-list" }, one.links.map(remoteLink))),
    one.comments.length > 0 &&
      section(
        "Comments",
        h(
          "ol",
          { class: "journal" },
          one.comments.map((comment, n) =>
            h(
              "li",
              { key: n },
              comment.visibility && h("p", { class: "quiet" }, `Only for ${comment.visibility}`),
              h("p", { class: "pre" }, comment.text),
            ),
          ),
        ),
      ),
  );
}

function remoteLink(link) {
  const title = isSafeLink(link.url)
    ? h("a", { href: link.url, target: "_blank", rel: "noopener noreferrer" }, link.title)
    : link.title;
  return h(
    "li",
    {},
    link.relationship && h("span", { class: "quiet" }, `${link.relationship} `),
    h(
      "span",
      {
        class: link.resolved ? "link-icon resolved" : "link-icon",
        role: "img",
        "aria-label": link.icon || (link.resolved ? "resolved" : "open"),
        title: link.icon,
      },
      link.resolved ? "✓" : "○",
    ),
    " ",
    h("span", { class: link.resolved ? "resolved" : null }, title),
  );
}
