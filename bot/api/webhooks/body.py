"""A request's body as plain data: within bounds, and with one meaning only."""

import json
import re
from collections.abc import Collection, Mapping
from typing import Any, NoReturn
from urllib.parse import parse_qs

from bot.api.webhooks.delivery import NotUnderstood
from bot.change.one_line import one_line

FORM = "application/x-www-form-urlencoded"
DEEPEST = 40
"""Brackets within brackets: more than twice what any of the tools sends."""
LONGEST_NUMBER = 40
LONGEST_NAME = 60
# A text without an end is one token too, and nothing is tried twice: else a few quotes would take for ever.
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[][{}]', re.DOTALL)


def media_type(headers: Mapping[str, str]) -> str:
    """
    >>> media_type({"content-type": "Application/JSON; charset=UTF-8"})
    'application/json'
    """
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def payload_of(body: bytes, headers: Mapping[str, str], expected: Collection[str]) -> dict[str, Any]:
    """Raises: NotUnderstood."""
    if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        # Unpacked, it may be of any size; none of the tools packs what it sends.
        raise NotUnderstood("Content-Encoding: send it as it is, not compressed")
    kind = media_type(headers)
    if kind not in expected:
        one_by_one = ", one at a time" if "batch" in kind else ""
        raise NotUnderstood(f"Content-Type: send {' or '.join(each for each in expected if each)}{one_by_one}")
    payload = read_json(_field(body, "payload") if kind == FORM else body)
    if not isinstance(payload, dict):
        raise NotUnderstood("The body is no JSON object")
    return payload


def _field(body: bytes, name: str) -> bytes:
    """Of a form. GitHub's webhooks send theirs so when they are set to."""
    try:
        [value] = parse_qs(body.decode(), strict_parsing=True, max_num_fields=10, errors="strict")[name]
    except (ValueError, KeyError):
        raise NotUnderstood(f"The form has no field “{name}”, or more than one") from None
    return value.encode(errors="surrogatepass")


def read_json(text: bytes) -> Any:
    """Raises: NotUnderstood."""
    if _is_too_deep(text):
        raise NotUnderstood(f"The body has more than {DEEPEST} brackets within brackets")
    try:
        return json.loads(
            text.decode(),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_float,
            parse_constant=_no_number,
        )
    except (ValueError, RecursionError):
        raise NotUnderstood("The body is no JSON in UTF-8") from None


def _is_too_deep(text: bytes) -> bool:
    if text.count(b"[") + text.count(b"{") <= DEEPEST:
        return False
    depth = 0
    for token in _TOKEN.finditer(text):
        bracket = token[0][:1]
        depth += {b"[": 1, b"{": 1, b"]": -1, b"}": -1}.get(bracket, 0)
        if depth > DEEPEST:
            return True
    return False


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """One reader takes the first of two, another the last: what was signed and what is read would differ."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise NotUnderstood(f"{one_line(name)[:LONGEST_NAME]}: it stands twice in one object")
        found[name] = value
    return found


def _integer(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise NotUnderstood(f"The body has a number of more than {LONGEST_NUMBER} digits")
    return int(digits)


def _float(digits: str) -> float:
    if len(digits) > LONGEST_NUMBER or (number := float(digits)) in (float("inf"), float("-inf")):
        raise NotUnderstood("The body has a number that is too large")
    return number


def _no_number(name: str) -> NoReturn:
    raise NotUnderstood(f"{name} is no JSON")
