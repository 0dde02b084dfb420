"""One deploy announced over and over: by several sources, in several shapes, in no order."""

import itertools
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from tests.stories.pipeline import announce, post
from tests.stories.town import CHANNELS, PEOPLE, Town
from tests.storms.place import Deploy

SEED = 23
AT_ONCE = 8
LATE = 0.2
"""Of all announcements: they come when the first ones have long become changes."""
REQUESTER = "linus@acme.example"

Said = Callable[[], None]


@dataclass
class Announcers:
    """Everybody who speaks of a deploy, and what they were told that is no good news."""

    town: Town
    errors: list[Any] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def ways(self, deploy: Deploy) -> tuple[Said, ...]:
        """Each is another announcement of the same deploy, and so it is whenever it is used again."""
        version, sha = deploy.version, deploy.sha
        facts: tuple[dict[str, str], ...] = (
            {"version": version},
            {"version": f"v{version}"},
            {"version": version, "sha": sha},
            {"sha": sha},
            {"version": version, "sha": sha[:12]},
        )
        return (
            lambda: self._posts(deploy, "modern", facts[0]),
            lambda: self._calls(deploy, "run-1", facts[2]),
            lambda: self._types(deploy, f"/deploy {deploy.service} {version}"),
            lambda: self._posts(deploy, "classic", facts[2]),
            lambda: self._calls(deploy, "run-1", facts[2]),  # again, its answer having been lost
            lambda: self._posts(deploy, "modern", facts[3]),
            lambda: self._mentions(deploy),
            lambda: self._calls(deploy, "", facts[1]),
            lambda: self._posts(deploy, "classic", facts[1]),
            lambda: self._calls(deploy, "", facts[3]),
            lambda: self._types(deploy, f"/deploy {deploy.service} v{version} to production because it rains"),
            lambda: self._posts(deploy, "modern", facts[4]),
            lambda: self._calls(deploy, "", facts[4]),
        )

    def _posts(self, deploy: Deploy, shape: str, facts: dict[str, str]) -> None:
        sent = {"service": deploy.service, "requested_by": REQUESTER, **facts}
        post(self.town, channel=deploy.channel, shape=shape, **sent)

    def _calls(self, deploy: Deploy, run: str, facts: dict[str, str]) -> None:
        run = run or f"run-{next(self._numbers) + 100}"
        sent: dict[str, Any] = {
            "service": deploy.service,
            "requested_by": REQUESTER,
            "id": f"{deploy.service}-{run}",
            **facts,
        }
        answer = announce(self.town, **sent)
        if answer.status_code != 202:
            self.errors.append(answer.text)

    def _types(self, deploy: Deploy, command: str) -> None:
        self._check(self.town.type("linus", command, channel=deploy.channel))

    def _mentions(self, deploy: Deploy) -> None:
        sent = {"channel": CHANNELS[deploy.channel], "text": f"<@U0CABBIE> deploy {deploy.service} {deploy.version}"}
        self._check(self.town.standins.post("slack", f"people/{PEOPLE['linus']}/message", **sent))

    def _check(self, answer: dict[str, Any]) -> None:
        if not answer["ok"]:
            self.errors.append(answer)


def storm(announcers: Announcers, deploys: list[Deploy], duplicates: int) -> tuple[list[Said], list[Said]]:
    """Every announcement there is, shuffled: those that come at once, and the late ones."""
    ways = (itertools.cycle(announcers.ways(deploy)) for deploy in deploys)
    said = [way for each in ways for way in itertools.islice(each, duplicates)]
    random.Random(SEED).shuffle(said)
    late = int(len(said) * LATE)
    return said[late:], said[:late]


def say_all(said: list[Said]) -> None:
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="announcers") as mouths:
        for spoken in [mouths.submit(way) for way in said]:
            spoken.result()


def deliver_again(town: Town, share: int) -> int:
    """Slack sends every so many-th event once more, though it was answered; how many."""
    heard = [d["event_id"] for d in town.standins.get("slack", "deliveries") if d["type"] == "message"][::share]
    for event_id in heard:
        assert town.standins.post("slack", "redeliver", event_id=event_id)["ok"]
    return len(heard)
