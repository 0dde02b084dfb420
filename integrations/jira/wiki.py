"""Plain text as Jira's wiki markup, so that no character of it means anything but itself."""

import re

LONGEST = 10_000
"""Characters of plain text. Jira takes 32,767 of markup; on Cloud the stored document counts, which is longer."""
_CUT = "\n… ({} more characters were cut)"
_NOTHING = "\u200b"  # a blank of no width: parts what would be markup together

# Marks that change the reading direction, invisible tags, and control characters but for line and tab.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_LINE_END = re.compile("\r\n|[\r\u2028\u2029]")
# jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all. Addresses stay whole: Jira makes them clickable
# before it reads anything else, and these characters cannot leave them.
_MARKUP = re.compile(
    r"(?P<address>https?://[A-Za-z0-9._~/?#=&%:+,;@-]+)"
    r"|(?P<mark>[{}\[\]|*_!^~]|(?<![^\W_])[-+]|[-+](?![^\W_])|\?(?=\?)|(?<=\?)\?|^[ \t]*\#)"
    r"|(?P<word>\\|^[ \t]*(?:h[1-6]|bq)(?=\.)|:(?=[()DP])|;(?=\))|<(?=/?3)"
    r"|\((?=(?:[xyi/?+-]|\\?[!*][rgby]?|on|off|flag|flagoff)\)))",
    re.MULTILINE,
)


def wiki_of(text: str) -> str:
    """The text as markup that shows it as it is; the rest of a very long one is cut, and says so.

    >>> wiki_of("{panel} *a* snake-case [~accountid:1]")
    '\\\\{panel\\\\} \\\\*a\\\\* snake-case \\\\[\\\\~accountid:1\\\\]'
    """
    return _MARKUP.sub(_escaped, cut(clean(text), LONGEST))


def clean(text: str) -> str:
    """The text without what a reader cannot see and a renderer stumbles over."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return _UNWANTED.sub("", _LINE_END.sub("\n", whole))


def cut(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    room = longest - len(_CUT.format(len(text)))
    return text[:room] + _CUT.format(len(text) - room)


def one_line(text: str, longest: int = 255) -> str:
    """For titles, which have no markup: one line, at most so long."""
    line = " ".join(clean(text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _escaped(found: re.Match[str]) -> str:
    if found["address"]:
        return found[0]
    if found["word"]:
        return found[0] + _NOTHING  # a backslash too: two of them would be a line break, and one would unmask a mark
    return f"{found[0][:-1]}\\{found[0][-1]}"
