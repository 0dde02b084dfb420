// Standard Markdown, as Slack's `markdown` block takes it → nodes. A small, common subset.

import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { link } from "./mrkdwn.js";

export function markdown(text) {
  const lines = text.replace(/\r/g, "").split("\n");
  const out = [];
  while (lines.length) {
    const read = BLOCKS.find(({ starts }) => starts(lines));
    if (read) out.push(read.take(lines));
    else lines.shift();
  }
  return out;
}

const isRow = (line) => /^\s*\|.*\|\s*$/.test(line ?? "");
const takeWhile = (lines, test) => {
  const taken = [];
  while (lines.length && test(lines[0])) taken.push(lines.shift());
  return taken;
};

const BLOCKS = [
  { starts: ([line]) => line.startsWith("```"), take: fence },
  { starts: ([line]) => /^#{1,6} /.test(line), take: heading },
  { starts: ([line]) => /^(-{3,}|\*{3,})\s*$/.test(line), take: (lines) => (lines.shift(), h("hr")) },
  { starts: ([line, next]) => isRow(line) && /^[\s|:-]+$/.test(next ?? ""), take: table },
  { starts: ([line]) => /^\s*([-*+]|\d+[.)]) /.test(line), take: list },
  { starts: ([line]) => line.startsWith(">"), take: quote },
  { starts: ([line]) => line.trim() !== "", take: paragraph },
];

function fence(lines) {
  lines.shift();
  const code = takeWhile(lines, (line) => !line.startsWith("```"));
  lines.shift();
  return h("pre", {}, h("code", {}, code.join("\n")));
}

function heading(lines) {
  const [, marks, words] = /^(#+) (.*)$/.exec(lines.shift());
  return h(
    "p",
    { class: `md-h md-h${Math.min(marks.length, 3)}`, role: "heading", "aria-level": marks.length + 2 },
    spans(words),
  );
}

function table(lines) {
  const cells = (line) =>
    line
      .trim()
      .slice(1, -1)
      .split("|")
      .map((cell) => spans(cell.trim()));
  const head = cells(lines.shift());
  lines.shift();
  const rows = takeWhile(lines, isRow).map(cells);
  return h(
    "div",
    { class: "sheet" },
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          head.map((cell) => h("th", { scope: "col" }, cell)),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map((row) =>
          h(
            "tr",
            {},
            row.map((cell) => h("td", {}, cell)),
          ),
        ),
      ),
    ),
  );
}

function list(lines) {
  const isOrdered = /^\s*\d/.test(lines[0]);
  const items = takeWhile(lines, (line) => /^\s*([-*+]|\d+[.)]) /.test(line));
  return h(
    isOrdered ? "ol" : "ul",
    {},
    items.map((item) => h("li", {}, spans(item.replace(/^\s*([-*+]|\d+[.)]) /, "")))),
  );
}

function quote(lines) {
  const quoted = takeWhile(lines, (line) => line.startsWith(">"));
  return h("blockquote", {}, markdown(quoted.map((line) => line.replace(/^> ?/, "")).join("\n")));
}

function paragraph(lines) {
  const words = takeWhile(lines, (line) => line.trim() !== "" && !/^(#{1,6} |```|>)/.test(line));
  return h(
    "p",
    {},
    words.flatMap((line, n) => (n ? [h("br"), ...spans(line)] : spans(line))),
  );
}

const SPAN = /(`[^`]+`|\*\*.+?\*\*|__.+?__|~~.+?~~|\*[^*\s][^*]*\*|\[[^\]]+\]\([^)\s]+\))/;

function spans(text) {
  return text
    .split(SPAN)
    .filter(Boolean)
    .map((piece) => {
      const anchor = /^\[([^\]]+)\]\(([^)\s]+)\)$/.exec(piece);
      if (anchor) return link(anchor[2], anchor[1]);
      if (/^`.+`$/.test(piece)) return h("code", {}, piece.slice(1, -1));
      if (/^(\*\*|__).+\1$/.test(piece)) return h("strong", {}, spans(piece.slice(2, -2)));
      if (/^~~.+~~$/.test(piece)) return h("s", {}, spans(piece.slice(2, -2)));
      if (/^\*.+\*$/.test(piece)) return h("em", {}, spans(piece.slice(1, -1)));
      return withEmoji(piece);
    });
}
