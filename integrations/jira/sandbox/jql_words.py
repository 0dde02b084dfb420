"""The words of a query as they were meant: their escapes undone, and what Jira says to an escape that is none."""

import re

ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|[\s\S]?)")
MEANT = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\", "'": "'", '"': '"', " ": " "}
VALID = r"""The valid escape sequences are \', \", \t, \n, \r, \\, '\ ' and \uXXXX."""


class BadEscape(ValueError):
    """A backslash before something that needs none; says so in Jira's words."""


def unescaped(text: str) -> str:
    r"""The word without its backslashes.

    >>> unescaped(r"it\'s"), unescaped(r"\u0041\ b")
    ("it's", 'A b')
    """
    # two halves of an emoji, each written as \\u…, are one character
    return ESCAPE.sub(_meant, text).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _meant(found: re.Match[str]) -> str:
    said = found[1]
    if len(said) == 5:
        return chr(int(said[1:], 16))
    if said not in MEANT:
        raise BadEscape(f"'\\{said}' is an illegal JQL escape sequence. {VALID}")
    return MEANT[said]
