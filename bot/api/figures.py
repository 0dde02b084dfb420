"""Figures of how things stand: looked up when Prometheus asks, beside those that were counted meanwhile."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import structlog
from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from bot.change.model import Progress
from bot.ledger.changes import UNDER_WAY
from bot.ledger.standing import AGES, OLDER, Standing

HALTED = (Progress.STOPPED, Progress.STUCK)

log = structlog.get_logger("cabbie.api")


@dataclass(frozen=True)
class Sockets:
    """Slack's sockets: whether ours is open, and how many of this app Slack counted when it was opened."""

    is_open: bool
    counted: int


@dataclass(frozen=True)
class Sources:
    """Whom to ask. Each answers or raises within a moment; None where this process has no such part."""

    role: str
    version: str
    is_ready: Callable[[], tuple[bool, str]]
    standing: Callable[[], Standing]
    sockets: Callable[[], Sockets] | None = None
    lease_age: Callable[[], float] | None = None


class Figures(Collector):
    """All figures of this process; ``page`` gives them as whoever asks can read them."""

    def __init__(self, sources: Sources, counted: Collector = REGISTRY) -> None:
        self._sources = sources
        self._counted = counted

    def page(self, accept: str) -> tuple[bytes, str]:
        """(text, content type)."""
        encode, content_type = choose_encoder(accept)
        return encode(self), content_type

    def collect(self) -> Iterable[Metric]:
        yield from self._counted.collect()
        yield from self._of_this_process()
        yield from _of_changes(self._standing())

    def _of_this_process(self) -> Iterator[Metric]:
        sources = self._sources
        build = GaugeMetricFamily("cabbie_build_info", "Which Cabbie this is.", labels=["version", "role"])
        build.add_metric([sources.version, sources.role], 1)
        yield build
        yield _gauge("cabbie_ready", "Whether it can do its part: what /readyz says.", sources.is_ready()[0])
        if sources.lease_age:
            told = "Seconds since the last heartbeat; 0 on SQLite, where one process holds the file."
            yield _gauge("cabbie_lease_age_seconds", told, sources.lease_age())
        if sources.sockets:
            sockets = sources.sockets()
            yield _gauge("cabbie_slack_sockets_open", "Socket Mode connections of this process.", sockets.is_open)
            told = "Connections of this app as Slack counted them when ours was opened, those just being closed too."
            yield _gauge("cabbie_slack_sockets_counted", told, sockets.counted)

    def _standing(self) -> Standing | None:
        try:
            return self._sources.standing()
        except Exception as error:  # the other figures are wanted all the more
            log.warning("metrics.no_database", error=type(error).__name__)
            return None


def _of_changes(standing: Standing | None) -> Iterator[Metric]:
    """Of the whole database, whichever process tells them: to be combined with max, not sum."""
    yield _gauge("cabbie_database_up", "Whether the database answered in time.", standing is not None)
    if standing is None:
        return
    told = "Changes under way, by what is done about them and how long they have stood there."
    waiting = GaugeMetricFamily("cabbie_changes_waiting", told, labels=["progress", "age"])
    for progress in UNDER_WAY:
        for age in (*AGES, OLDER):
            if progress not in HALTED:
                waiting.add_metric([str(progress), age], standing.get((progress, age), 0))
    yield waiting
    stuck, stopped = (_sum(standing, progress) for progress in (Progress.STUCK, Progress.STOPPED))
    yield _gauge("cabbie_changes_stuck", "Changes tried too often: `cabbie retry` takes them up again.", stuck)
    yield _gauge("cabbie_changes_stopped", "Changes for which a person has to do something first.", stopped)


def _sum(standing: Standing, of: Progress) -> int:
    return sum(count for (progress, _), count in standing.items() if progress is of)


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(name, told, value=float(value))
