// What Cabbie remembers of a change, asked of its own API.

import { Trouble, get } from "./api.js";
import { shortTime } from "./dates.js";
import { h } from "./dom.js";
import { changesOf, chosen, picker } from "./servicenow.js";

let known = { number: null, text: "" }; // the last answer, as text to tell news from old

/** Ask again; true when there is something new to show. */
export async function refreshLedger() {
  const number = chosen.number ?? changesOf()[0]?.number;
  if (!number) return false;
  let answer;
  try {
    answer = await get(`/page/ledger/${encodeURIComponent(number)}`);
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    answer = { problem: error.message };
  }
  const text = JSON.stringify(answer);
  const isNew = known.number !== number || known.text !== text;
  known = { number, text, ...answer };
  return isNew;
}

export function ledgerPanel(repaint) {
  const changes = changesOf();
  if (!changes.length) return h("p", { class: "empty" }, "No change, so nothing in the ledger yet.");
  const open = changes.find((one) => one.number === chosen.number) ?? changes[0];
  const again = () => refreshLedger().then(repaint);
  return h(
    "div",
    { key: "ledger" },
    changes.length > 1 && picker(changes, open, again, "which-ledger"),
    content(open.number),
  );
}

function content(number) {
  if (known.number !== number) return h("p", { class: "empty" }, "Opening…");
  if (known.problem) return h("p", { class: "empty", role: "status" }, known.problem);
  const { change } = known;
  return h(
    "article",
    { class: "record", key: number },
    h(
      "header",
      {},
      h("p", { class: "quiet" }, change.number, change.state && ` · ${change.state}`),
      h("h2", {}, "Ledger"),
    ),
    h(
      "ol",
      { class: "journal" },
      (change.history ?? []).map((entry) =>
        h(
          "li",
          { key: entry.seq },
          h(
            "p",
            { class: "quiet" },
            h("b", {}, `#${entry.seq}`),
            ` · ${entry.kind}`,
            entry.by && ` · ${entry.by}`,
            " · ",
            when(entry.at),
          ),
          h("p", {}, entry.sentence),
        ),
      ),
    ),
  );
}

function when(at) {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : h("time", { datetime: at }, shortTime(date));
}
