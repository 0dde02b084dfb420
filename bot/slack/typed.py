"""What people's keyboards, and Slack itself, make of what they type: turned back into what they meant."""

import re

LONGEST = 1000
"""Characters of a command that are read at all."""
QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "…": "..."})
DASHES = str.maketrans({"\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2212": "-"})
ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
# With should_escape: <@U1|ada>, <#C1|payments>, <http://x.y|x.y>; docs.slack.dev, implementing-slash-commands
MARKED = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")


def normalise(text: str) -> str:
    """
    >>> normalise("payments\u00a02.4.1 “pay” <http://x.y|x.y> &amp; <@U1|ada>")
    'payments 2.4.1 "pay" x.y & @ada'
    """
    more = "…" if len(text) > LONGEST else ""  # whoever reads it sees that there was more
    text = MARKED.sub(_as_typed, text[: LONGEST - len(more)])
    for entity, character in ENTITIES:
        text = text.replace(entity, character)
    return " ".join(text.translate(QUOTES).translate(DASHES).replace("\ufeff", "").split()) + more


def _as_typed(found: re.Match[str]) -> str:
    sign, what, label = found.groups()
    return f"{sign.replace('!', '@')}{label or what}"
