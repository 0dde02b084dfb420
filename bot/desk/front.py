"""The desk itself: each thing once, written down before it is answered, a refusal too."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, Protocol

import structlog
from sqlalchemy.exc import IntegrityError

from bot import metrics
from bot.change.announcement import Announcement, Answer, Completion, Heard, Press, Report, Speaker, Told
from bot.change.errors import Refusal
from bot.change.model import Person
from bot.change.policy import Policy
from bot.desk.asking import announce
from bot.desk.hearing import Hearing
from bot.desk.pressing import press
from bot.desk.reporting import report
from bot.desk.telling import complete, tell
from bot.engine import Queue
from bot.ledger.ledger import Ledger, Overtaken, Transaction

AGAIN = 10
"""So often a transaction that somebody else was quicker than is tried again: nobody sends a click a second time."""

TAKEN, REFUSED, REPEATED, FAILED = ANSWERS = ("taken", "refused", "repeated", "failed")
"""What becomes of what is said; what failed was not written down, and whoever said it was not told that it was."""
KINDS = tuple(said.__name__.lower() for said in (Announcement, Press, Report, Told, Completion))

log = structlog.get_logger("cabbie.desk")


class Desk(Protocol):
    """What the doors know of the desk."""

    def hear(self, heard: Heard) -> Answer:
        """Write it down and queue the work. Returns after the commit.

        A refusal (unknown service, unknown change, not allowed to) comes back as an Answer with is_refusal and one
        sentence; it is in the ledger too. Anything else raises: nothing was written, the door must not acknowledge."""
        ...


class FrontDesk:
    """The desk over the ledger and the queue. Calls no vendor."""

    def __init__(self, ledger: Ledger, queue: Queue, policy: Callable[[], Policy]) -> None:
        self._ledger = ledger
        self._queue = queue
        self._policy = policy

    def hear(self, heard: Heard) -> Answer:
        heard = replace(heard, body=_without_nul(heard.body))
        try:
            return self._hear_at_last(heard)
        except Exception:
            _count(heard, FAILED)
            raise

    def _hear_at_last(self, heard: Heard) -> Answer:
        for _ in range(AGAIN):
            try:
                return self._hear(heard)
            except (IntegrityError, Overtaken):
                # The same thing arrived twice at one moment, or a worker moved the change since it was read.
                continue
        return self._hear(heard)

    def _hear(self, heard: Heard) -> Answer:
        with self._ledger.begin(is_urgent=True) as tx:
            if before := tx.heard_before(heard.once):
                _count(heard, REPEATED)
                return Answer(before.sentence, before.change_id or "", before.number, before.is_refusal)
            hearing = Hearing(tx, self._queue, self._policy(), heard, _person(tx, heard.by))
            try:
                answer = _take(hearing)
            except Refusal as refusal:
                answer = _refuse(hearing, refusal)
            _write(hearing, answer)
        _count(heard, REFUSED if answer.is_refusal else TAKEN)
        log.info("desk.heard", kind=type(heard.body).__name__, refused=answer.is_refusal, number=answer.number)
        return answer


def _count(heard: Heard, answer: str) -> None:
    metrics.HEARD.labels(type(heard.body).__name__.lower(), heard.by.transport.name.lower(), answer).inc()


def _without_nul(said: Any) -> Any:
    """PostgreSQL keeps no text with NUL in it, and nobody types one."""
    words: dict[str, Any] = {field.name: getattr(said, field.name) for field in fields(said)}
    clean = {n: w.replace("\0", "") for n, w in words.items() if isinstance(w, str) and "\0" in w}
    return replace(said, **clean) if clean else said


def _take(hearing: Hearing) -> Answer:
    said = hearing.heard.body
    if isinstance(said, Press):
        return press(hearing, said)
    if isinstance(said, Report):
        return report(hearing, said)
    if isinstance(said, Told):
        return tell(hearing, said)
    if isinstance(said, Completion):
        return complete(hearing, said)
    return announce(hearing, said)


def _refuse(hearing: Hearing, refusal: Refusal) -> Answer:
    heard, speaker = hearing.heard, hearing.speaker
    actor = speaker.id if speaker else heard.by.app_id
    number = getattr(heard.body, "number", "")
    change = hearing.tx.change_numbered(number) if number else None
    change_id = change.id if change else ""
    hearing.tx.enter("refused", change_id=change_id, actor=actor, sentence=str(refusal), said=_said(heard))
    return Answer(str(refusal), is_refusal=True, number=number)


def _write(hearing: Hearing, answer: Answer) -> None:
    hearing.tx.add_heard(
        once=hearing.heard.once,
        kind=type(hearing.heard.body).__name__.lower(),
        person=hearing.speaker.id if hearing.speaker else None,
        occurred_at=hearing.heard.at,
        change_id=answer.change_id or None,
        sentence=answer.sentence,
        number=answer.number,
        is_refusal=answer.is_refusal,
    )


def _person(tx: Transaction, by: Speaker) -> Person | None:
    if not by.slack_id:
        return None
    return tx.person(slack_team=by.slack_team, slack_id=by.slack_id, name=by.name)


def _said(heard: Heard) -> str:
    body = heard.body
    if isinstance(body, Announcement):
        return f"{body.status} {body.service} {body.version}"[:200]
    if isinstance(body, Told):
        return f"{body.reading.status} {body.reading.service} {body.reading.version} ({body.source})"[:200]
    if isinstance(body, Completion):
        return f"completed {body.channel} {body.message_ts}"[:200]
    return f"{getattr(body, 'word', getattr(body, 'verdict', ''))} {body.number}"[:200]
