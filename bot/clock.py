"""The clock: one table of occasions, ticked by APScheduler; the database says which replica takes a tick."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import IntegrityError

from bot import metrics
from bot.change.digest import is_due
from bot.ledger.reads import ASKED
from bot.ports import Outage
from bot.story.alarm import take_alarms
from bot.story.anchor import anchor_ledger
from bot.story.tools import Tools

WATERMARK = "servicenow"
FORGET_AFTER = timedelta(days=7)
"""How long finished jobs and taken ticks are kept."""

log = structlog.get_logger("cabbie.clock")


@dataclass(frozen=True)
class Occasion:
    """A job and how often it is looked at."""

    name: str
    every: timedelta
    job: Callable[[Tools], None]


def wake(tools: Tools) -> None:
    """Changes whose own time has come: a window opens, a decision expires, a retry is due."""
    with tools.ledger.begin() as tx:
        for change_id in tx.asleep_until(tools.now()):
            tools.queue.look_at(tx.session, change_id)


def watch(tools: Tools) -> None:
    """Ask ServiceNow what changed since last time, for the changes under way; have those looked at."""
    with tools.ledger.reading() as tx:
        changes = tx.open_in_servicenow()
        since = tx.watermark(WATERMARK)
    if not changes:
        return
    changed, watermark = tools.records.changed_since(tuple(changes), since)
    with tools.ledger.begin() as tx:
        for sys_id in sorted(changed & set(changes)):  # in one order, or two of us wait for one another
            tx.nudge(changes[sys_id], look_at=tools.now())
            tools.queue.look_at(tx.session, changes[sys_id])
        tx.set_watermark(WATERMARK, watermark)
        tx.set_watermark(ASKED, tools.now().isoformat())


def send_digests(tools: Tools) -> None:
    """Each audience's digest, once a working day, at its own time in its own zone."""
    for digest in tools.policy().digests:
        slot = is_due(digest, tools.now())
        if slot is None:
            continue
        with tools.ledger.begin() as tx:
            if tx.take_occasion("digest", digest.channel, str(slot)):
                tools.queue.errand(tx.session, "digest", digest.channel, str(slot))


def sweep(tools: Tools) -> None:
    """Whatever should be moving and is not: look at it. The net below all other nets."""
    if tools.queue.is_behind():
        return  # its turn comes anyhow, and a longer queue would only come later
    with tools.ledger.begin() as tx:
        for change_id in tx.under_way_ids():
            tools.queue.look_at(tx.session, change_id)


def tidy(tools: Tools) -> None:
    """Forget finished jobs: the engine keeps them for ever otherwise."""
    while tools.queue.clean_up(older_than=FORGET_AFTER):
        pass


def occasions(*, tick: timedelta, look_every: timedelta, anchor_every: timedelta) -> tuple[Occasion, ...]:
    """anchor_every: so much of the ledger's chain could be rewritten unseen."""
    return (
        Occasion("wake", tick, wake),
        Occasion("watch", look_every, watch),
        Occasion("alarms", tick, take_alarms),
        Occasion("digests", max(tick, timedelta(seconds=10)), send_digests),
        Occasion("sweep", timedelta(minutes=5), sweep),
        Occasion("anchor", anchor_every, anchor_ledger),
        Occasion("tidy", timedelta(hours=1), tidy),
    )


ONE_OF_US = ("anchor", "sweep", "tidy", "watch")
"""Jobs that one replica does for all; the others are harmless twice or unique in themselves."""

DONE, LEFT, FAILED = "done", "left_to_another", "failed"
"""What became of a tick."""


class Clock:
    """Ticks until stopped."""

    def __init__(self, tools: Tools, table: tuple[Occasion, ...]) -> None:
        self._tools = tools
        self._scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._stopping = threading.Event()
        self._not_before: dict[str, datetime] = {}
        """Of the jobs that a system asked to come back later."""
        for occasion in table:
            metrics.expect(metrics.TICKS, [occasion.name], [DONE, LEFT, FAILED])
            self._scheduler.add_job(
                self._tick, "interval", seconds=occasion.every.total_seconds(), args=[occasion], id=occasion.name
            )

    def start(self) -> None:
        self._scheduler.start()

    @property
    def is_running(self) -> bool:
        return bool(self._scheduler.running) and not self._stopping.is_set()

    def stop(self) -> None:
        self._stopping.set()
        self._scheduler.pause()  # or a tick that falls due meanwhile finds its pool gone
        self._scheduler.shutdown(wait=True)

    def _tick(self, occasion: Occasion) -> None:
        if self._stopping.is_set() or self._is_to_wait(occasion):
            return
        try:
            if occasion.name in ONE_OF_US and not self._take(occasion):
                metrics.TICKS.labels(occasion.name, LEFT).inc()
                return
            occasion.job(self._tools)
            metrics.TICKS.labels(occasion.name, DONE).inc()
        except Exception as error:
            # The next tick tries again; an outage is no reason to stop the clock.
            metrics.TICKS.labels(occasion.name, FAILED).inc()
            if isinstance(error, Outage) and error.retry_after:
                self._not_before[occasion.name] = self._tools.now() + error.retry_after
            log.warning("clock.tick_failed", job=occasion.name, error=type(error).__name__, what=str(error)[:300])

    def _is_to_wait(self, occasion: Occasion) -> bool:
        until = self._not_before.get(occasion.name)
        return until is not None and self._tools.now() < until

    def _take(self, occasion: Occasion) -> bool:
        slot = str(int(self._tools.now().timestamp() // occasion.every.total_seconds()))
        try:
            with self._tools.ledger.begin() as tx:
                tx.forget_occasions(occasion.name, older_than=timedelta(hours=1))
                return tx.take_occasion(occasion.name, "", slot)
        except IntegrityError:
            return False
