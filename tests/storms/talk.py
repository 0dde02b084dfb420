"""A busy channel: people talk, answer and correct themselves, bots make noise; none of it is meant for Cabbie."""

import itertools
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from tests.stories.town import CHANNELS, PEOPLE, Town

SEED = 7
AT_ONCE = 8
PEOPLE_TALKING = ("linus", "margaret", "ada", "grace", "barbara")
WORDS = (
    "is the deploy of payments 2.4.1 through?",
    "/deploy payments 2.4.1 is what I would type",
    "lunch?",
    "payments 2.4.1: requested, started, succeeded :rocket:",
    "CHG0030042 was yesterday's; see PAY-101",
)
LOOKALIKE = {"event_type": "deploy_announced", "event_payload": {"service": "payments", "version": "2.4.1"}}


@dataclass
class Crowd:
    """Who talks in one channel, without end."""

    town: Town
    channel: str
    said: int = 0
    _dice: random.Random = field(default_factory=lambda: random.Random(SEED))
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _heads: list[tuple[str, str]] = field(default_factory=list)
    """Messages that started something: (who, ts)."""

    def talk(self, messages: int) -> None:
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="crowd") as mouths:
            for spoken in [mouths.submit(self._next()) for _ in range(messages)]:
                spoken.result()
        self.said += messages

    def _next(self) -> Callable[[], None]:
        number = next(self._numbers)
        ways = (
            self._says,
            self._says,
            self._says,
            self._answers,
            self._corrects,
            self._app_posts,
            self._stranger_posts,
        )
        return lambda: ways[number % len(ways)](f"{WORDS[number % len(WORDS)]} ({number})")

    def _says(self, text: str) -> None:
        who = self._dice.choice(PEOPLE_TALKING)
        self._heads.append((who, str(self._person(who, "message", text=text)["ts"])))

    def _answers(self, text: str) -> None:
        if not self._heads:
            return self._says(text)
        _, ts = self._dice.choice(self._heads)
        self._person(self._dice.choice(PEOPLE_TALKING), "message", text=text, thread_ts=ts)
        return None

    def _corrects(self, text: str) -> None:
        if not self._heads:
            return self._says(text)
        who, ts = self._dice.choice(self._heads)
        self._person(who, "edit", text=text, ts=ts)
        return None

    def _app_posts(self, text: str) -> None:
        """The pipeline itself, chatting."""
        self._app("pipeline", text=text)

    def _stranger_posts(self, text: str) -> None:
        """An app that nobody allowed to announce anything."""
        self._app("rogue", text=text, metadata=LOOKALIKE)

    def _person(self, who: str, deed: str, **sent: Any) -> dict[str, Any]:
        return self._sent(f"people/{PEOPLE[who]}/{deed}", **sent)

    def _app(self, name: str, **sent: Any) -> dict[str, Any]:
        return self._sent(f"apps/{name}/message", **sent)

    def _sent(self, path: str, **sent: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.town.standins.post("slack", path, channel=CHANNELS[self.channel], **sent)
        assert answer["ok"], answer
        return answer
