"""What single words mean: a status, nobody, no deploy."""

from collections.abc import Iterable, Mapping

from bot.change.model import Status
from bot.reading.formats import Words

GRAVEST_FIRST = (Status.FAILED, Status.CANCELED, Status.SUCCEEDED, Status.STARTED, Status.REQUESTED)
"""Failure words before start words: "Deploying … failed" has both."""


class Vocabulary:
    """Words, whatever their case."""

    def __init__(self, words: Words, own: Mapping[Status, tuple[str, ...]] | None = None) -> None:
        self._words = words
        self._statuses = _by_word(words.statuses) | _by_word(own or {})
        self._telling = frozenset(word.lower() for word in words.telling)
        self._nobody = frozenset(word.lower() for word in words.nobody)
        self.not_deploys = frozenset(word.lower() for word in words.not_deploys)

    def with_words(self, own: Mapping[Status, tuple[str, ...]]) -> "Vocabulary":
        """With a tool's own words before the common ones."""
        return Vocabulary(self._words, own) if own else self

    def status_of(self, word: str) -> Status | None:
        return self._statuses.get(_plain(word))

    def telling(self, word: str) -> str:
        """The word, when it says more than its status does."""
        return _plain(word) if _plain(word) in self._telling else ""

    def is_nobody(self, actor: str) -> bool:
        return _plain(actor) in self._nobody


def gravest(statuses: Iterable[Status]) -> Status | None:
    found = set(statuses)
    return next((status for status in GRAVEST_FIRST if status in found), None)


def _by_word(words: Mapping[Status, tuple[str, ...]]) -> dict[str, Status]:
    return {_plain(word): status for status in reversed(GRAVEST_FIRST) for word in words.get(status, ())}


def _plain(word: str) -> str:
    return " ".join(word.lower().replace("_", " ").split()).strip(" .!…")
