"""A town in one process: the three stand-ins on loopback, all of Cabbie over them, and no engine between.

What is queued is worked on before anybody looks; waits move the one clock instead of taking time.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import wiring
from bot.change.model import Change
from bot.change.policy import Policy
from bot.desk import FrontDesk
from bot.ledger.ledger import Ledger
from bot.ledger.reads import Reads
from bot.slack.room import SlackRoom
from bot.story import advance
from bot.story.tools import Tools
from config.settings import read_settings
from integrations.git.sandbox import build_repositories
from integrations.jira import sandbox as jira
from integrations.servicenow import sandbox as servicenow
from integrations.servicenow.sandbox.instance import Instance
from integrations.slack import sandbox as slack
from integrations.standin.clock import Clock
from integrations.standin.diary import Entry
from integrations.standin.environment import ApiTokens, environment
from integrations.standin.secrets import invent
from integrations.standin.wire import Server, Standin
from integrations.standin.world import World
from tests.doubles.queue import QueueDouble
from tests.stories.source import Repository

NO_LIMITS = {"message_rate_per_second": 10_000.0, "message_burst": 10_000, "tiers": {}}
MOST_STEPS = 300
"""More than any change takes: who needs more goes round in circles."""


@dataclass
class Town:
    """The systems as they are, Cabbie's parts, and the one clock of all of them."""

    workspace: slack.Workspace
    jira: Standin
    instance: Instance
    servicenow: Standin
    clock: Clock
    tools: Tools
    desk: FrontDesk
    reads: Reads
    queue: QueueDouble
    repositories: Path
    policy: Policy
    urls: dict[str, str]

    def settle(self) -> None:
        """Advance whatever is queued until nothing more is to be done without waiting long."""
        for _ in range(MOST_STEPS):
            if not self.queue.waiting:
                return
            change_id = self.queue.waiting[0]
            if (again := advance(self.tools, change_id)) is None:
                self.queue.waiting.popleft()
            else:
                self.clock.move(timedelta(seconds=again))
        raise AssertionError("it never rests")

    def look_at(self, number: str) -> None:
        """What ServiceNow tells of a change is news."""
        with self.tools.ledger.begin() as tx:
            change_id = self.change(number).id
            tx.nudge(change_id, look_at=self.clock.now())
            self.queue.look_at(tx.session, change_id)
        self.settle()

    def repository(self, service: str) -> Repository:
        return Repository(self.repositories / f"{service}.git")

    def change(self, number: str) -> Change:
        found = self.reads.change(number)
        assert found is not None, number
        return found

    def person(self, slack_id: str, team: str) -> str:
        """The opaque id of whoever presses as this user of this workspace."""
        with self.tools.ledger.reading() as tx:
            person = tx.known_in_slack(team, slack_id)
        assert person is not None, slack_id
        return person.id

    def effects(self, after: tuple[int, int, int]) -> dict[str, list[Entry]]:
        """What was written in each system since then, by system."""
        return {
            standin.system: [e for e in standin.diary if e.seq > seq and e.is_effect and "oauth_token" not in e.call]
            for standin, seq in zip(self.standins, after, strict=True)
        }

    @property
    def moment(self) -> tuple[int, int, int]:
        """How far each diary has come."""
        slack_, jira_, servicenow_ = (max((e.seq for e in standin.diary), default=0) for standin in self.standins)
        return slack_, jira_, servicenow_

    @property
    def standins(self) -> tuple[Standin, Standin, Standin]:
        return self.workspace.standin, self.jira, self.servicenow


@contextmanager
def town(world: World, directory: Path, database: Path) -> Iterator[Town]:
    """database: a migrated one, for this town alone."""
    secrets, clock, repositories = invent(), Clock(), directory / "repositories"
    workspace, tracker = slack.build(world, secrets, clock=clock), jira.build(world, secrets, clock=clock)
    instance, records = servicenow.open_instance(world, secrets, clock)
    instance.switches["flow_seconds"] = 0
    workspace.switches.update(NO_LIMITS)
    build_repositories(world, repositories)
    standins = {"slack": workspace.standin, "jira": tracker, "servicenow": records}
    with _served(standins) as urls, pytest.MonkeyPatch.context() as patch:
        workspace.address = urls["slack"]
        variables = environment(secrets, ApiTokens(), urls, repositories, bot_url=urls["slack"], socket_mode=False)
        for name, value in {**variables, "DATABASE_URL": f"sqlite:///{database}", "CABBIE_PACE": "0"}.items():
            patch.setenv(name, value)
        parts = wiring.build(read_settings())
        yield _put_together(parts, clock, workspace, tracker, instance, records, repositories, urls)
        parts.database.dispose()


def _put_together(
    parts: wiring.Parts,
    clock: Clock,
    workspace: slack.Workspace,
    tracker: Standin,
    instance: Instance,
    records: Standin,
    repositories: Path,
    urls: dict[str, str],
) -> Town:
    queue, ledger = QueueDouble(), Ledger(parts.database, clock.now)
    known: dict[str, Any] = {"ledger": ledger, "queue": queue, "now": clock.now, "own": None}
    found = Town(
        workspace, tracker, instance, records, clock, parts.tools,
        desk=FrontDesk(ledger, queue, lambda: found.policy),  # type: ignore[arg-type]  # the engine's, without an engine
        reads=Reads(ledger), queue=queue, repositories=repositories, policy=parts.policy(),
        urls=urls,
    )  # fmt: skip
    room = SlackRoom(parts.messenger, page=parts.tools.records.page, policy=lambda: found.policy)
    found.tools = replace(parts.tools, **known, room=room, policy=lambda: found.policy)
    return found


@contextmanager
def _served(standins: dict[str, Standin]) -> Iterator[dict[str, str]]:
    """Their addresses, for as long as they answer."""
    servers = {name: Server(standin.app) for name, standin in standins.items()}

    async def serve() -> None:
        await asyncio.gather(*(server.serve() for server in servers.values()))

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="stand-ins", daemon=True)
    thread.start()
    try:
        yield {name: server.url for name, server in servers.items()}
    finally:
        for server in servers.values():
            server.stop()
        thread.join(timeout=10)
