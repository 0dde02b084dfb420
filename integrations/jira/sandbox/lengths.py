"""How long a text is to Jira, and which JSON it reads: it is written in Java."""

import json
from typing import Any

SURROGATE = b"\\ud"


def length(text: str) -> int:
    """Characters as Java counts them, so that most emoji are two.

    >>> length("a"), length("😀")
    (1, 2)
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parsed(raw: bytes) -> Any:
    """A body as JSON. Raises: ValueError, also for NaN and half an emoji, which Python itself would let pass."""
    content = json.loads(raw, parse_constant=_refuse)
    if SURROGATE in raw.lower():
        json.dumps(content, ensure_ascii=False).encode()
    return content


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")
