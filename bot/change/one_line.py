"""What somebody says in one line, so that no line of theirs poses as one of ours."""

import unicodedata


def one_line(words: str) -> str:
    """Without control characters, each run of spaces and line ends one space.

    >>> one_line("ok\\r\\n\\vApproved-by:\\u2028 Ada\\x1b[31m ")
    'ok Approved-by: Ada[31m'
    """
    return " ".join("".join(c for c in words if c.isspace() or unicodedata.category(c) != "Cc").split())
