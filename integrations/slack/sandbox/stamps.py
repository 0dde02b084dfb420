"""Timestamps and ids in Slack's forms."""

import secrets
import string
import time
from decimal import Decimal, InvalidOperation

from integrations.standin.clock import Clock

_LETTERS = string.ascii_uppercase + string.digits


class Stamps:
    """Message timestamps by the sandbox's clock: never the same twice, always rising, even when the clock goes back."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> str:
        self._last = max(self._last + 1, int(self._clock.now().timestamp() * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"


def as_stamp(text: str) -> str:
    """Any number of seconds in the form of a message's timestamp, so that the two can be compared as texts.

    Raises: ValueError.

    >>> as_stamp("1700000001.5")
    '1700000001.500000'
    """
    try:
        seconds = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    if not seconds.is_finite() or seconds < 0:
        raise ValueError(text)
    return f"{seconds:017.6f}"


def new_id(prefix: str, length: int = 10) -> str:
    """E.g. ``F07QWERTY12``."""
    return f"{prefix}0{''.join(secrets.choice(_LETTERS) for _ in range(length - 1))}"


def short_id() -> str:
    """A block_id as Slack invents them."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(5))


def new_hash() -> str:
    """A view's hash, e.g. ``1596530361.3wRYuk3R``."""
    return f"{int(time.time())}.{''.join(secrets.choice(string.ascii_letters + string.digits) for _ in range(8))}"
