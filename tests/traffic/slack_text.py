"""Texts as Slack formats them: what must be escaped is, and what stands in angle brackets is a documented form."""

import re
from collections.abc import Iterator

# docs.slack.dev/messaging/formatting-message-text: & < > are written as entities; angle brackets mean something.
BARE_AMPERSAND = re.compile(r"&(?!amp;|lt;|gt;)")
BRACKETED = re.compile(r"<([^<>]*)>")
FORMS = re.compile(
    r"@[UW][A-Z0-9]+(\|[^|]*)?"
    r"|#[CG][A-Z0-9]+(\|[^|]*)?"
    r"|!subteam\^S[A-Z0-9]+(\|[^|]*)?"
    r"|!date\^\d+\^[^|^]+(\^https?://[^|]+)?\|[^|]+"
    r"|(https?|mailto):[^\s|]+(\|[^|]+)?"
)
TO_ALL = ("!channel", "!here", "!everyone")


def text_complaints(text: str, where: str, *, is_plain: bool = False) -> Iterator[str]:
    """is_plain: of a plain_text object, in which nothing is formatted."""
    if BARE_AMPERSAND.search(text):
        yield f"{where}: an & that is not escaped: {_around(text, BARE_AMPERSAND)}"
    for found in BRACKETED.finditer(text):
        if found[1].partition("|")[0] in TO_ALL:
            yield f"{where}: it calls everybody: {found[0]}"
        elif is_plain or not FORMS.fullmatch(found[1]):
            yield f"{where}: {found[0][:80]} is no documented form"
    if re.search(r"[<>]", BRACKETED.sub("", text)):
        yield f"{where}: a < or > that is not escaped: {_around(BRACKETED.sub('', text), re.compile('[<>]'))}"


def _around(text: str, wanted: re.Pattern[str]) -> str:
    found = wanted.search(text)
    return text[max(0, found.start() - 20) : found.start() + 20] if found else ""
