"""The words of a query: which need quotation marks, and what they mean once their escapes are undone."""

import re

RESERVED_CHARACTERS = frozenset("{}[]*/%+$#@?;|^&`!\"'")
# a part of Atlassian's list of reserved words: confluence.atlassian.com, "Advanced searching"
RESERVED = """
abort access add after alias all alter and any as asc audit avg before begin between boolean break by byte catch
cf changed char check checkpoint collate column commit connect continue count create current date decimal
declare decrement default defaults define delete delimiter desc difference distinct divide do double drop else
empty encoding end equals escape exclusive exec execute exists explain false fetch field file first float for
from function go goto grant greater group having identified if immediate in increment index initial inner inout
input insert int integer intersect into is isempty isnull join last left less like limit lock long max min minus
mode modify modulo more multiply next noaudit not notin nowait null number object of on option or order outer
output power previous prior privileges public raise raw remainder rename resource return returns revoke right
row rowid select session set share size sqrt start strict string subtract sum synonym table then to trans
transaction trigger true uid union unique update user validate values view was when whenever where while with
"""
RESERVED_WORDS = frozenset(RESERVED.split())
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
