"""Alarm: what managers have to know before the next digest, said in their channel at once."""

from datetime import datetime
from typing import Protocol

from bot import metrics
from bot.change.model import Change, Finding
from bot.ports import Message
from bot.story.send_once import send_once
from bot.story.tools import Tools

JOB = "alarm"
ALARMING = (
    "own approval",
    "deployed without a change",
    "deployed without clearance",
    "moved by hand",
    "binding changed",
    "credentials refused",
    "policy not valid",
    "ledger not anchored",
    "stuck",
)
"""Kinds of findings. What went wrong in the open is told in its own channel and in the digest."""


class Show(Protocol):
    """How an alarm is shown: the room's affair."""

    def __call__(self, finding: Finding, change: Change | None, *, marker: str, page: str) -> Message: ...


def take_alarms(tools: Tools) -> None:
    """Have each alarming finding that nobody was told of yet told: the clock's part."""
    channel = tools.policy().managers
    if not channel:
        return
    with tools.ledger.begin() as tx:
        new = [f for f in tx.untold(ALARMING) if tx.take_alarm(f) and tx.take_occasion(JOB, channel, f.id)]
        for finding in new:
            tools.queue.errand(tx.session, JOB, channel, finding.id)
    for finding in new:
        metrics.ALARMS.labels(finding.kind).inc()


def send_alarm(tools: Tools, channel: str, finding_id: str, *, show: Show) -> None:
    """The errand. Raises: what ``send_once`` raises."""

    def write(marker: str) -> tuple[Message, datetime] | None:
        with tools.ledger.reading() as tx:
            finding = tx.finding(finding_id)
            change = tx.change(finding.change_id) if finding.change_id else None
        page = tools.records.page(change.sys_id) if change and change.sys_id else ""
        return show(finding, change, marker=marker, page=page), tools.now()

    send_once(tools, JOB, channel, finding_id, write=write, what="an alarm")
