// The emoji that deploy posts use, by Slack's names.

const NAMES = {
  white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", no_entry: "⛔", no_entry_sign: "🚫", warning: "⚠️",
  rotating_light: "🚨", rocket: "🚀", hourglass: "⌛", hourglass_flowing_sand: "⏳", stopwatch: "⏱️", clock1: "🕐",
  alarm_clock: "⏰", calendar: "📆", spiral_calendar_pad: "🗓️", lock: "🔒", unlock: "🔓", key: "🔑", link: "🔗",
  mag: "🔍", memo: "📝", pencil: "📝", pencil2: "✏️", page_facing_up: "📄", clipboard: "📋", package: "📦",
  ship: "🚢", fire: "🔥", bug: "🐛", wrench: "🔧", hammer: "🔨", hammer_and_wrench: "🛠️", gear: "⚙️", robot_face: "🤖",
  eyes: "👀", thumbsup: "👍", "+1": "👍", thumbsdown: "👎", "-1": "👎", tada: "🎉", bell: "🔔", no_bell: "🔕",
  large_green_circle: "🟢", large_yellow_circle: "🟡", large_orange_circle: "🟠", red_circle: "🔴",
  large_blue_circle: "🔵", white_circle: "⚪", black_circle: "⚫", arrows_counterclockwise: "🔄", rewind: "⏪",
  leftwards_arrow_with_hook: "↩️", arrow_right: "➡️", arrow_up: "⬆️", arrow_down: "⬇️", question: "❓",
  grey_question: "❔", exclamation: "❗", information_source: "ℹ️", bulb: "💡", construction: "🚧",
  vertical_traffic_light: "🚦", traffic_light: "🚥", checkered_flag: "🏁", triangular_flag_on_post: "🚩", taxi: "🚕",
  oncoming_taxi: "🚖", speech_balloon: "💬", pushpin: "📌", chart_with_upwards_trend: "📈", shield: "🛡️",
  raised_hand: "✋", hand: "✋", wave: "👋", pray: "🙏", octagonal_sign: "🛑", double_vertical_bar: "⏸️",
  black_square_for_stop: "⏹️", arrow_forward: "▶️", snowflake: "❄️", zap: "⚡", boom: "💥", herb: "🌿",
  busts_in_silhouette: "👥", bust_in_silhouette: "👤", ballot_box_with_check: "☑️", heavy_multiplication_x: "✖️",
};

export const emoji = (name) => NAMES[name] ?? `:${name}:`;

export const withEmoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (_, name) => emoji(name));
