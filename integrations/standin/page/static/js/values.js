// What stands in an element now, in the words of Slack's `state.values`.

const ONE = {
  users_select: "selected_user",
  conversations_select: "selected_conversation",
  channels_select: "selected_channel",
};
const MANY = {
  multi_users_select: "selected_users",
  multi_conversations_select: "selected_conversations",
  multi_channels_select: "selected_channels",
};

export function readElement(node) {
  const type = node.dataset.type;
  const read = READERS[type];
  return { type, ...read(node) };
}

/** `{block_id: {action_id: …}}` of everything with a value in a view or message. */
export function readValues(root) {
  const values = {};
  for (const node of root.querySelectorAll("[data-type]")) {
    (values[node.dataset.block] ??= {})[node.dataset.actionId] = readElement(node);
  }
  return values;
}

const optionOf = (node, value) => node.facts.options.find((option) => option.value === value) ?? null;
const ticked = (node) => [...node.querySelectorAll("input:checked")].map((box) => box.value);
const chosen = (node) => JSON.parse(node.dataset.chosen ?? "[]");

const READERS = {
  static_select: (node) => ({ selected_option: optionOf(node, node.value) }),
  external_select: (node) => ({ selected_option: chosen(node)[0] ?? null }),
  multi_external_select: (node) => ({ selected_options: chosen(node) }),
  multi_static_select: (node) => ({ selected_options: ticked(node).map((value) => optionOf(node, value)) }),
  checkboxes: (node) => ({ selected_options: ticked(node).map((value) => optionOf(node, value)) }),
  radio_buttons: (node) => ({ selected_option: optionOf(node, ticked(node)[0]) }),
  datepicker: (node) => ({ selected_date: node.value || null }),
  timepicker: (node) => ({ selected_time: node.value || null }),
  datetimepicker: (node) => ({
    selected_date_time: node.value ? Math.floor(new Date(node.value).getTime() / 1000) : null,
  }),
  rich_text_input: (node) => ({ rich_text_value: node.value ? asRichText(node.value) : null }),
};
for (const type of ["plain_text_input", "email_text_input", "url_text_input", "number_input"]) {
  READERS[type] = (node) => ({ value: node.value || null });
}
for (const [type, field] of Object.entries(ONE)) READERS[type] = (node) => ({ [field]: node.value || null });
for (const [type, field] of Object.entries(MANY)) READERS[type] = (node) => ({ [field]: ticked(node) });

/** The values an element starts with. */
export function initialOf(el, place) {
  if (el.initial_options) return el.initial_options.map((option) => option.value);
  if (el.initial_option) return [el.initial_option.value];
  if (el.default_to_current_conversation && place.here) return [place.here];
  const one = el.initial_user ?? el.initial_conversation ?? el.initial_channel;
  return one ? [one] : (el.initial_users ?? el.initial_conversations ?? el.initial_channels ?? []);
}

function asRichText(text) {
  return { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] };
}
