"""Other people's words, made harmless: one line, cut, escaped, and unable to format, mention or turn text around."""

import re
import unicodedata

# docs.slack.dev/messaging/formatting-message-text: these three, and nothing else can be escaped
ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
INVISIBLE = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
"""Control, format (directional marks among them), private, surrogate, line and paragraph separators."""
KEPT = "\u200c\u200d"
"""Joiners that scripts and emoji need."""
MOST_UNSEEN = 20
"""So many times the length that is shown is read at all: a name of a million characters costs no more than its head."""
ISOLATE, END_OF_ISOLATE = "\u2068", "\u2069"
ZERO_WIDTH = "\u200b"
# Bold, strike and code, and the start of :an_emoji:. Underscores stay: names are full of them.
FORMATTING = re.compile(r"[*~`]|:(?=[a-z0-9_+'-]+:)")


def said(text: str, limit: int = 200) -> str:
    """What somebody wrote, ready to stand in mrkdwn.

    >>> said("ship <!channel>\\nnow")
    'ship &lt;!channel&gt; now'
    """
    return escape(defuse(plain(text, limit)))


def plain(text: str, limit: int = 200) -> str:
    """What somebody wrote on one line, for plain_text objects, which format nothing."""
    head = text[: MOST_UNSEEN * limit]
    line = cut(" ".join(visible(head).split()) + ("…" if len(head) < len(text) else ""), limit)
    return f"{ISOLATE}{line}{END_OF_ISOLATE}" if _runs_leftwards(line) else line


def sentence(text: str) -> str:
    """A sentence of ours that may quote somebody: nobody is called by it, but a channel may be pointed at.

    >>> sentence("look in <#C0PAYMENTS>, <!channel>")
    'look in <#C0PAYMENTS>, &lt;!channel&gt;'
    """
    return re.sub(r"&lt;(#[CG][A-Z0-9]+)&gt;", r"<\1>", escape(visible(text)))


def visible(text: str) -> str:
    """Without what nobody sees and what turns text around; its lines stay lines."""
    return "".join(c if c == "\n" or not c.isspace() else " " for c in text if _is_visible(c))


def escape(text: str) -> str:
    return re.sub("[&<>]", lambda found: ESCAPES[found[0]], text)


def defuse(text: str) -> str:
    """Keep ``*bold*`` and ``:white_check_mark:`` from being more than letters: they could pose as ours."""
    return FORMATTING.sub(lambda found: found[0] + ZERO_WIDTH, text)


def cut(text: str, limit: int) -> str:
    """At most so many characters, the last being "…" when something is missing."""
    if size(text) <= limit:
        return text
    while size(text) > limit - 1:
        text = text[: len(text) - max(1, (size(text) - limit) // 2)]
    return text.rstrip() + "…"


def cut_mrkdwn(text: str, limit: int) -> str:
    """The same for text of ours, never leaving half a link or half an entity at the end."""
    if size(text) <= limit:
        return text
    short = cut(text, limit)[:-1]
    short = re.sub(r"<[^<>]*$", "", short)
    return re.sub(r"&[a-z]{0,3}$", "", short).rstrip() + "…"


def size(text: str) -> int:
    """Characters as JavaScript counts them, which is how Slack's clients do: an emoji may be two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _is_visible(character: str) -> bool:
    return character.isspace() or character in KEPT or unicodedata.category(character) not in INVISIBLE


def _runs_leftwards(text: str) -> bool:
    return any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in text)
