"""Replicas of Cabbie on one PostgreSQL behind one address, and what befalls them."""

import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psycopg

from tests.postgres import Postgres
from tests.replicas.balancer import Balancer
from tests.stories.processes import Bot, eventually, free_port
from tests.stories.telling import let_slack_be_quick
from tests.stories.town import Town

ALL = ("serve",)
WEB, WORKER, CLOCK = (("serve", "--role", role) for role in ("web", "worker", "clock"))
AT_WORK = "SELECT count(*) FROM dbos.workflow_status WHERE status = 'PENDING' AND executor_id LIKE %s"
LEFT = "SELECT workflow_uuid, name, status, executor_id FROM dbos.workflow_status WHERE status = 'PENDING'"
BEATS = "SELECT id, beat_at FROM cabbie_replicas WHERE beat_at < extract(epoch FROM clock_timestamp())"
TOOK_OVER = "engine.took_over"


@dataclass
class Fleet:
    """Its first member is the town's own Cabbie."""

    town: Town
    postgres: Postgres
    balancer: Balancer
    directory: Path
    members: list[Bot] = field(default_factory=list)
    begun: int = 0
    silent: dict[int, tuple[float, int]] = field(default_factory=dict)
    """By pid: since when, and how often it had been taken for dead before."""

    def begin(self, arguments: tuple[str, ...] = ALL, kind: Callable[..., Bot] = Bot, **environment: str) -> Bot:
        """One more replica, ready."""
        self.begun += 1
        port = free_port()
        variables = {**self.town.environment, **environment, "PORT": str(port)}
        bot = kind(variables, self.directory / f"replica-{self.begun}.log", port, arguments)
        self.members.append(bot)
        bot.start()
        self._introduce(bot)
        return bot

    def adopt(self, bot: Bot) -> None:
        self.members.append(bot)
        self._introduce(bot)

    def end(self, bot: Bot) -> int:
        """As a rolling release does: told to stop, it finishes what it has in hand. Its exit code."""
        code = bot.stop()
        self._forget(bot)
        return code

    def kill(self, bot: Bot) -> None:
        bot.kill()
        self._forget(bot)

    def freeze(self, bot: Bot) -> None:
        """Stop it, as SIGSTOP or a machine that stalls does, while it has work in hand."""

        def is_caught() -> bool:
            send(bot, signal.SIGSTOP)
            self.silent[pid(bot)] = (time.monotonic(), self._taken_over(bot))
            if self.work_of(bot):
                return True
            send(bot, signal.SIGCONT)
            return False

        eventually(is_caught, within=120, what="a moment in which the replica is at work")

    @property
    def workers(self) -> list[Bot]:
        return [bot for bot in self.members if bot.arguments in (ALL, WORKER)]

    def thaw(self, bot: Bot) -> None:
        send(bot, signal.SIGCONT)

    def work_of(self, bot: Bot) -> int:
        """Jobs that the engine holds to be in its hands."""
        return int(str(self.ask(AT_WORK, f"%-{pid(bot)}-%")[0][0]))

    def until_taken_over(self, bot: Bot) -> None:
        """Another one has taken what was in its hands since it fell silent, and says so."""
        since, before = self.silent[pid(bot)]
        eventually(lambda: self._taken_over(bot) > before, within=180, what="word of a take-over")
        print(f"\nTaken over {time.monotonic() - since:.1f} s after a replica fell silent.")

    def _taken_over(self, bot: Bot) -> int:
        """How often it was said."""
        told = re.compile(rf"{TOOK_OVER} .*dead=\[[^]]*-{pid(bot)}-")
        return sum(len(told.findall(path.read_text())) for path in self.logs())

    def until_idle(self) -> None:
        """No job is in anybody's hands."""
        eventually(lambda: not self.ask(LEFT), within=120, what=f"an end of all work; left: {self.ask(LEFT)}")

    def logs(self) -> list[Path]:
        return [*self.directory.glob("replica-*.log"), *self.directory.glob("cabbie.log")]

    def ask(self, question: str, *words: object) -> list[tuple[object, ...]]:
        """Past every relay: the test's own look."""
        with self._connected() as connection:
            return connection.execute(question, words).fetchall()

    def tell(self, words: str, *values: object) -> None:
        with self._connected() as connection:
            connection.execute(words, values)

    @contextmanager
    def locked(self, table: str) -> Iterator[Callable[..., object]]:
        """Nobody else reads or writes it meanwhile. Gives what speaks in that transaction."""
        with self._connected() as connection, connection.transaction():
            connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            yield lambda words, *values: connection.execute(words, values)

    def until_beaten(self, times: int) -> None:
        """Every replica has said so often that it lives."""
        for _ in range(times):
            before = dict(self.ask(BEATS))
            eventually(partial(self._has_beaten, before), within=120, what="a beat of everybody")

    def _has_beaten(self, before: dict[object, object]) -> bool:
        now = dict(self.ask(BEATS))
        return all(now.get(replica) != beat for replica, beat in before.items())

    def _connected(self) -> "psycopg.Connection[tuple[object, ...]]":
        return self.postgres.connect(self.postgres.name_in(self.town.database_url))

    def _introduce(self, bot: Bot) -> None:
        if bot.arguments in (ALL, WEB):
            self.balancer.join(bot.port)

    def _forget(self, bot: Bot) -> None:
        self.members.remove(bot)
        if bot.arguments in (ALL, WEB):
            self.balancer.leave(bot.port)


@contextmanager
def fleet(town: Town, postgres: Postgres, directory: Path, *further: tuple[str, ...]) -> Iterator[Fleet]:
    """The town's Cabbie and further ones with these arguments; Slack finds them behind the balancer."""
    with Balancer().running() as balancer:
        ours = Fleet(town, postgres, balancer, directory)
        try:
            ours.adopt(town.bot)
            for arguments in further:
                ours.begin(arguments)
            let_slack_be_quick(town)
            town.standins.post("slack", "delivery", url=f"http://127.0.0.1:{balancer.port}/slack/events")
            yield ours
        finally:
            _end_all(ours)


def _end_all(ours: Fleet) -> None:
    for bot in ours.members:
        if bot.process and bot.process.poll() is None:
            send(bot, signal.SIGCONT)
    for bot in ours.members:
        bot.stop()


def send(bot: Bot, number: signal.Signals) -> None:
    assert bot.process
    bot.process.send_signal(number)


def pid(bot: Bot) -> int:
    assert bot.process
    return bot.process.pid
