"""Slack's text as the words a person sees: links, marks, emoji and entities read alike however they were sent."""

import html
import re
from typing import NamedTuple

# docs.slack.dev/messaging/formatting-message-text: <url|label>, <@U…>, <#C…>, <!…>; a bare address may come unwrapped.
TOKEN = re.compile(r"<([^<>\n]{1,3000})>|https?://[^\s<>|\0]+")
BARE_END = ".,;:!?)'\"*_~`]}"
PLACEHOLDER = re.compile("\0([0-9]+)\0")
BOLD = re.compile(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])")
ITALIC = re.compile(r"(?<!\w)_([^\s_]+(?:_[^\s_]+)*)_(?!\w)|(?<!\w)_([^_\n]+)_(?!\w)")
CODE = re.compile(r"`+([^`\n]*)`+")
SHORTCODE = re.compile(r"(?<!\S):[a-z0-9_+'-]+:(?!\S)|^:[a-z][a-z0-9_+'-]*:")
PICTURES = "\u2300-\u23ff\u2600-\u2793\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55\U0001f000-\U0001faff"
EMOJI = re.compile(f"(?<!\\S)[{PICTURES}][{PICTURES}\ufe0f\u200d\u20e3]*(?!\\S)|^[{PICTURES}][{PICTURES}\ufe0f\u200d]*")
BULLET = re.compile(r"^(?:>+ ?)?(?:[•◦▪‣] )?")  # not "-": so commits are listed
SPACES = re.compile("[ \t\v\f\u00a0]+")
# Python's lower() and RE2's (?i) take the Kelvin sign for a k, and the long s for an s.
LOOK_ALIKES = str.maketrans({"\u212a": "\ufffd", "\u017f": "\ufffd", "\0": None})


class Link(NamedTuple):
    target: str
    label: str


class Words(NamedTuple):
    """One line as it is seen, and the links in it."""

    line: str
    links: tuple[Link, ...]


def lines_of(text: str) -> list[Words]:
    """
    >>> lines_of("Deploying <https://git/c/1|`3dce5c8`> to *prod* :rocket:")[0].line
    'Deploying 3dce5c8 to prod'
    """
    clean = sound(text).replace("\r\n", "\n").replace("\r", "\n")
    return [words for part in clean.split("\n") if (words := _words(part)).line]


def sound(text: str) -> str:
    """Text that can be encoded, and in which nothing folds into an ASCII letter."""
    try:
        text.encode()
    except UnicodeEncodeError:  # half a surrogate pair, which JSON allows
        text = text.encode(errors="replace").decode()
    return text.translate(LOOK_ALIKES)


def _words(text: str) -> Words:
    labels: list[str] = []
    links: list[Link] = []

    def keep(found: re.Match[str]) -> str:
        whole, rest = found[0], ""
        if found[1] is None:
            whole = found[0].rstrip(BARE_END)
            rest = found[0][len(whole) :]
        label, link = _token(whole)
        labels.append(label)
        if link:
            links.append(link)
        return f"\0{len(labels) - 1}\0{rest}"

    seen = _unmarked(TOKEN.sub(keep, text)) if "<" in text or "://" in text else _unmarked(text)
    if labels:
        seen = PLACEHOLDER.sub(lambda found: labels[int(found[1])], seen)
    return Words(SPACES.sub(" ", seen).strip(), tuple(links))


def _token(token: str) -> tuple[str, Link | None]:
    """What is seen of a token, and the link that it is."""
    if not token.startswith("<"):
        return token, Link(token, token)
    target, _, label = token[1:-1].partition("|")
    if target.startswith(("http://", "https://")):
        target = html.unescape(target).replace(" ", "%20")
        seen = _unmarked(label) if label else target
        return seen, Link(target, SPACES.sub(" ", seen).strip())
    if target.startswith("!"):
        return _unmarked(label), None  # a date, a group, everybody: never a link
    if target.startswith(("@", "#")):
        return target if target[0] == "@" or not label else f"#{label}", None
    if target.startswith(("mailto:", "tel:")):
        return _unmarked(label or target.partition(":")[2]), None
    return _entities(token), None


def _unmarked(text: str) -> str:
    """Without formatting, emoji, bullets and entities. What is struck through stays as it is: it was taken back."""
    if "*" in text:
        text = BOLD.sub(r"\1", text)
    if "_" in text:
        text = ITALIC.sub(lambda found: found[1] or found[2], text)
    if "`" in text:
        text = CODE.sub(r"\1", text)
    if ":" in text:
        text = SHORTCODE.sub("", text)
    if not text.isascii():
        text = EMOJI.sub("", text)
    return BULLET.sub("", SPACES.sub(" ", _entities(text)).strip())


def _entities(text: str) -> str:
    """Slack escapes these three alone."""
    if "&" not in text:
        return text
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
