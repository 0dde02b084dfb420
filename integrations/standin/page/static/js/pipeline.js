// Announcing a deploy as the pipeline does: a post with metadata in a channel.

import { Trouble, post } from "./api.js";
import { h } from "./dom.js";
import { state } from "./state.js";

const form = { service: "", said: "" };

export function pipelinePanel(repaint) {
  const { seed } = state;
  const service = seed.services.find(({ name }) => name === form.service) ?? seed.services[0];
  const field = (name, label, control) =>
    h("div", { class: "field", key: name }, h("label", { for: `pipeline-${name}` }, label), control);
  const choice = (name, values, on) =>
    h(
      "select",
      { id: `pipeline-${name}`, name, key: name, on },
      values.map((one) =>
        typeof one === "string"
          ? h("option", { value: one }, one)
          : h("option", { value: one.value, selected: one.selected }, one.label),
      ),
    );
  const pick = {
    change: (event) => {
      form.service = event.currentTarget.value;
      repaint();
    },
  };
  return h(
    "form",
    { class: "record pipeline", key: "pipeline", on: { submit: (event) => announce(event, repaint) } },
    h(
      "header",
      {},
      h("h2", {}, "Announce a deploy"),
      h("p", { class: "quiet" }, "Posts in a channel as a pipeline would: one line for people, metadata for apps."),
    ),
    field(
      "app",
      "Posted by",
      choice(
        "app",
        seed.apps.map(({ name, label }) => ({ value: name, label })),
      ),
    ),
    field(
      "channel",
      "Channel",
      choice(
        "channel",
        seed.channels
          .filter(({ members }) => members.includes("pipeline"))
          .map(({ id, name }) => ({ value: id, label: `#${name}`, selected: name === service.name })),
      ),
    ),
    field(
      "service",
      "Service",
      choice(
        "service",
        seed.services.map(({ name }) => name),
        pick,
      ),
    ),
    field(
      "version",
      "Version",
      h("input", {
        id: "pipeline-version",
        name: "version",
        list: "pipeline-versions",
        required: true,
        key: `version-${service.name}`,
        value: service.versions.at(-1),
      }),
    ),
    h(
      "datalist",
      { id: "pipeline-versions", key: "versions" },
      service.versions.map((one) => h("option", { value: one })),
    ),
    field("environment", "Environment", choice("environment", ["production", "staging"])),
    field("kind", "Kind", choice("kind", ["deploy", "rollback"])),
    field("status", "Status", choice("status", seed.statuses)),
    h(
      "footer",
      { key: "go" },
      h("button", { type: "submit", class: "button primary" }, "Announce"),
      h("p", { role: "status", class: "quiet", key: "said" }, form.said),
    ),
  );
}

async function announce(event, repaint) {
  event.preventDefault();
  const { app, channel, ...payload } = Object.fromEntries(new FormData(event.currentTarget));
  form.said = await send(app, channel, payload);
  repaint();
}

async function send(app, channel, payload) {
  const { service, version, environment, kind, status } = payload;
  const text = `${kind === "rollback" ? "Rollback" : "Deploy"} of ${service} ${version} to ${environment}: ${status}`;
  try {
    const answer = await post(`/page/apps/${app}/message`, {
      channel,
      text,
      metadata: { event_type: "deploy_announced", event_payload: payload },
    });
    return answer.ok ? `Posted: ${text}.` : `Not posted: ${answer.error}.`;
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    return `Not posted: ${error.message}`;
  }
}
