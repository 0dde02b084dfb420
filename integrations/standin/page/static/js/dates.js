// Times in the reader's own zone, the way Slack writes them.

const format = (options) => (date) => new Intl.DateTimeFormat(undefined, options).format(date);

const time = format({ hour: "numeric", minute: "2-digit" });
const long = format({ weekday: "long", year: "numeric", month: "long", day: "numeric" });
const short = format({ year: "numeric", month: "short", day: "numeric" });
const plain = format({ year: "numeric", month: "long", day: "numeric" });

const pretty = (write) => (date) => near(date) ?? write(date);

// docs.slack.dev/messaging/formatting-message-text, "Date formatting"
const TOKENS = {
  date_num: (date) => isoDay(date),
  date_slash: format({ year: "numeric", month: "2-digit", day: "2-digit" }),
  date: plain,
  date_short: short,
  date_long: long,
  date_long_full: long,
  date_pretty: pretty(plain),
  date_short_pretty: pretty(short),
  date_long_pretty: pretty(long),
  day_divider_pretty: pretty(long),
  time,
  time_secs: format({ hour: "numeric", minute: "2-digit", second: "2-digit" }),
  ago: (date) => ago(date),
};

/** `<!date^1392734382^{date_short} {time}^link|fallback>` → words, or the fallback where the token is unknown. */
export function writeDate(seconds, pattern, fallback) {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return fallback;
  let known = true;
  const words = pattern.replace(/\{(\w+)\}/g, (_, token) => {
    if (TOKENS[token]) return TOKENS[token](date);
    known = false;
    return "";
  });
  return known ? words : fallback;
}

export const dateOf = (ts) => new Date(Number(String(ts).split(".")[0]) * 1000);
export const clockTime = (date) => time(date);
export const secondTime = format({ hour: "numeric", minute: "2-digit", second: "2-digit" });
export const fullTime = format({ dateStyle: "full", timeStyle: "medium" });
export const shortTime = format({ month: "short", day: "numeric", hour: "numeric", minute: "2-digit" });
export const dayLabel = pretty(format({ weekday: "long", month: "long", day: "numeric" }));

export function isoDay(date) {
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
}

function near(date) {
  const days = Math.round((midnight(date) - midnight(new Date())) / 86_400_000);
  return { "-1": "Yesterday", 0: "Today", 1: "Tomorrow" }[days];
}

function midnight(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate());
}

function ago(date) {
  const seconds = Math.round((date - Date.now()) / 1000);
  const words = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  for (const [unit, size] of [
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
  ]) {
    if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit);
  }
  return words.format(seconds, "second");
}
