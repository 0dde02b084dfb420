"""The front desk: everything said anywhere is written down here, in one transaction, and then worked on."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

import structlog
from sqlalchemy.exc import IntegrityError

from bot.change.announcement import Announcement, Answer, Heard, Press, Report, ReportWord, Speaker, names_of
from bot.change.errors import (
    CannotCancel,
    CannotReport,
    EmergencyNotYet,
    NotYours,
    Refusal,
    UnknownChange,
)
from bot.change.lifecycle import DEPLOYED, OUTCOMES, is_cleared, where_it_stands
from bot.change.model import (
    Change,
    Claim,
    Hands,
    Outcome,
    Person,
    Progress,
    State,
    Status,
    Want,
)
from bot.change.policy import Policy, Service, environment_of
from bot.engine import Queue
from bot.ledger.ledger import Ledger, Overtaken, Transaction, new_id
from bot.story.retry import take_up

AGAIN = 10
"""So often a transaction that somebody else was quicker than is tried again: nobody sends a click a second time."""
LONGEST_WHY = 1000
ECHOES = {
    Status.SUCCEEDED: (Outcome.SUCCEEDED,),
    Status.FAILED: (Outcome.FAILED, Outcome.ROLLED_BACK),
    Status.CANCELED: (Outcome.CANCELED, Outcome.REJECTED, Outcome.EXPIRED),
}
"""Which outcomes a pipeline's word says again."""
LONGEST_VERSION = 200
NEWS = {
    ReportWord.START: "has started",
    ReportWord.DONE: "succeeded",
    ReportWord.FAILED: "failed",
    ReportWord.ROLLED_BACK: "was rolled back",
}

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
        for _ in range(AGAIN):
            try:
                return self._hear(heard)
            except (IntegrityError, Overtaken):
                # The same thing arrived twice at one moment, or a worker moved the change since it was read.
                continue
        return self._hear(heard)

    def _hear(self, heard: Heard) -> Answer:
        with self._ledger.begin() as tx:
            if before := tx.heard_before(heard.once):
                return Answer(before.sentence, before.change_id or "", before.number, before.is_refusal)
            speaker = _person(tx, heard.by)
            try:
                answer = self._take(tx, heard, speaker)
            except Refusal as refusal:
                answer = Answer(str(refusal), is_refusal=True, number=getattr(heard.body, "number", ""))
                tx.enter(
                    "refused",
                    actor=speaker.id if speaker else heard.by.app_id,
                    sentence=answer.sentence,
                    said=_said(heard),
                )
            self._write(tx, heard, speaker, answer)
        log.info("desk.heard", kind=type(heard.body).__name__, refused=answer.is_refusal, number=answer.number)
        return answer

    def _take(self, tx: Transaction, heard: Heard, speaker: Person | None) -> Answer:
        body = heard.body
        if isinstance(body, Press):
            return self._press(tx, heard, body, speaker)
        if isinstance(body, Report):
            return self._report(tx, heard, body, speaker)
        return self._announce(tx, heard, body, speaker)

    # -------------------------------------------------------------------------------------------------- announcements

    def _announce(self, tx: Transaction, heard: Heard, said: Announcement, speaker: Person | None) -> Answer:
        if said.is_emergency:
            raise EmergencyNotYet
        service = self._policy().service(said.service)
        environment = environment_of(service, said.environment)
        known = _known(tx, said, service.service, environment)
        if said.status is Status.REQUESTED:
            return self._request(tx, heard, said, service, environment, known, speaker)
        return self._hear_of_run(tx, heard, said, service, environment, known, speaker)

    def _request(
        self,
        tx: Transaction,
        heard: Heard,
        said: Announcement,
        service: Service,
        environment: str,
        known: Change | None,
        speaker: Person | None,
    ) -> Answer:
        if known and known.progress in (Progress.STOPPED, Progress.STUCK):
            take_up(tx, self._queue, known, actor=speaker.id if speaker else "")
            return Answer(f"{known.number or known.title} was stopped; I take it up again.", known.id, known.number)
        if known and known.outcome is None and known.progress is not Progress.DONE:
            return Answer(
                f"{known.title} is already under way: {known.number or 'its change'} is {where_it_stands(known)}.",
                known.id,
                known.number,
            )
        requester = speaker if speaker and speaker.slack_id else _claimed(tx, said, heard.by, self._policy().team)
        change_id = tx.add_change(
            requester,
            service=service.service,
            environment=environment,
            kind=said.kind,
            version=said.version[:LONGEST_VERSION] or said.sha[:12],
            requested_at=heard.at,
            why=said.why[:LONGEST_WHY],
            source="slack" if speaker and speaker.slack_id else f"pipeline {heard.by.app_id}",
            channel=service.channel,
            announced_sha=said.sha,
            announced_commits=said.commits,
            url=said.url,
            want=Want.DEPLOY,
            progress=Progress.LISTENING,
        )
        for alias in names_of(said.version, said.sha):
            tx.name(change_id, service=service.service, environment=environment, kind=said.kind, alias=alias)
        change = tx.change(change_id)
        tx.enter(
            "requested",
            change_id=change_id,
            actor=requester.id,
            by=heard.by.transport.value,
            source=change.source,
            service=service.service,
            environment=environment,
            version=change.version,
            sentence=f"{requester.name or change.source} asked to {change.title[0].lower()}{change.title[1:]}",
        )
        self._queue.look_at(tx.session, change_id)
        return Answer(
            f"{change.title}: heard. I'm opening the change; the card will appear in <#{service.channel}>.", change_id
        )

    def _hear_of_run(
        self,
        tx: Transaction,
        heard: Heard,
        said: Announcement,
        service: Service,
        environment: str,
        known: Change | None,
        speaker: Person | None,
    ) -> Answer:
        """Started, succeeded, failed or canceled: of a change we know, or of none."""
        by = speaker or _claimed(tx, said, heard.by, self._policy().team)
        if known is not None and _is_echo(known, said.status, heard.at):
            return Answer(f"{known.number} is already {known.outcome}.", known.id, known.number)
        if known is None or known.outcome is not None:
            return self._find_unasked(tx, heard, said, service, environment, known)
        word = {
            Status.STARTED: ReportWord.START,
            Status.SUCCEEDED: ReportWord.DONE,
            Status.FAILED: ReportWord.FAILED,
        }.get(said.status, ReportWord.CANCEL)
        return self._told(
            tx,
            known,
            word,
            by=by,
            source=f"pipeline {heard.by.app_id}".strip(),
            why=said.why,
            at=heard.at,
            is_pipeline=True,
        )

    def _find_unasked(
        self,
        tx: Transaction,
        heard: Heard,
        said: Announcement,
        service: Service,
        environment: str,
        known: Change | None,
    ) -> Answer:
        """A run that no change covers, or not any more. What was canceled never ran."""
        what = f"{service.service} {said.version or said.sha[:12]} {said.status} in {environment}"
        sentence = f"{what} without a change" + (f": {known.number} is {known.outcome}." if known else ".")
        if said.status is not Status.CANCELED:
            run = f"{service.service}:{environment}:{said.kind}:{said.version}:{said.sha}:{said.status}"
            tx.find_out(
                "deployed without a change",
                sentence,
                once=f"unknown:{run}:{known.id if known else ''}:{heard.at:%Y-%m-%d}",
                change_id=known.id if known else "",
                service=service.service,
            )
        return Answer(sentence, number=known.number if known else "")

    # -------------------------------------------------------------------------------------------------------- reports

    def _report(self, tx: Transaction, heard: Heard, said: Report, speaker: Person | None) -> Answer:
        change = tx.change_numbered(said.number)
        if change is None or speaker is None:
            raise UnknownChange(said.number)
        _check_may_report(tx, change, speaker)
        return self._told(
            tx, change, said.word, by=speaker, source="Slack", why=said.why, at=heard.at, is_pipeline=False
        )

    def _told(
        self,
        tx: Transaction,
        change: Change,
        word: ReportWord,
        *,
        by: Person,
        source: str,
        why: str,
        at: datetime,
        is_pipeline: bool,
    ) -> Answer:
        """How the deploy goes. What contradicts the gate is a finding from a pipeline, a refusal to a person."""
        if word is ReportWord.CANCEL:
            return self._cancel(tx, change, by=by, source=source, why=why, at=at)
        if change.outcome is not None or change.state in (State.REVIEW, State.CLOSED, State.CANCELED):
            raise CannotReport(change.number or change.title, word, where_it_stands(change))
        if change.state is not State.IMPLEMENT or (word is ReportWord.START and not _may_start(change, at)):
            if not is_pipeline:
                raise CannotReport(change.number or change.title, word, where_it_stands(change))
            return self._find_uncleared(tx, change, word, at)
        facts: dict[str, Any] = {}
        if word is ReportWord.START:
            facts["started_at"] = change.started_at or at
        else:
            facts |= {
                "outcome": OUTCOMES[word],
                "outcome_by": by,
                "outcome_source": source,
                "outcome_why": why[:LONGEST_WHY],
                "finished_at": at,
                "started_at": change.started_at,
            }
        tx.update(change, **facts)
        tx.enter("reported", change_id=change.id, actor=by.id, word=word.value, source=source, why=why[:LONGEST_WHY],
                 sentence=f"{by.name or source} reported {word}")  # fmt: skip
        self._queue.look_at(tx.session, change.id)
        return Answer(f"Noted: {change.number} {NEWS[word]}.", change.id, change.number)

    def _find_uncleared(self, tx: Transaction, change: Change, word: ReportWord, at: datetime) -> Answer:
        is_where = f"{change.number or 'its change'} is {where_it_stands(change)}"
        sentence = f"{change.title}: the pipeline reports “{word}”, but {is_where}."
        tx.find_out(
            "deployed without clearance",
            sentence,
            once=f"uncleared:{change.id}",
            change_id=change.id,
            service=change.service,
        )
        tx.nudge(change.id, started_at=change.started_at or at)
        self._queue.look_at(tx.session, change.id)
        return Answer(sentence, change.id, change.number)

    def _cancel(self, tx: Transaction, change: Change, *, by: Person, source: str, why: str, at: datetime) -> Answer:
        if (
            change.outcome is not None
            or change.progress is Progress.DONE
            or change.state in (State.REVIEW, State.CLOSED)
        ):
            raise CannotCancel(change.number or change.title, where_it_stands(change))
        tx.update(
            change,
            want=Want.CANCEL,
            outcome=Outcome.CANCELED,
            outcome_by=by,
            outcome_source=source,
            outcome_why=why[:LONGEST_WHY],
            finished_at=at,
        )
        tx.enter(
            "canceled",
            change_id=change.id,
            actor=by.id,
            source=source,
            why=why[:LONGEST_WHY],
            sentence=f"{by.name or source} canceled it",
        )
        self._queue.look_at(tx.session, change.id)
        return Answer(f"{change.number or change.title}: canceling it.", change.id, change.number)

    # -------------------------------------------------------------------------------------------------------- presses

    def _press(self, tx: Transaction, heard: Heard, said: Press, speaker: Person | None) -> Answer:
        change = tx.change_numbered(said.number)
        if change is None or speaker is None:
            raise UnknownChange(said.number)
        claim = Claim(
            id=new_id(),
            change_id=change.id,
            by=speaker,
            verdict=said.verdict,
            at=heard.at,
            reason=said.reason[:LONGEST_WHY],
            fingerprint=said.fingerprint,
            card=said.card,
            channel=said.channel,
            message_ts=said.message_ts,
            action_ts=said.action_ts,
            delivery=heard.once,
            transport=heard.by.transport,
            response_url=said.response_url,
        )
        tx.add_claim(claim)
        tx.nudge(change.id)
        tx.enter(
            "claimed",
            change_id=change.id,
            actor=speaker.id,
            claim=claim.id,
            verdict=said.verdict.value,
            card=said.card,
            content=said.fingerprint,
            transport=heard.by.transport.value,
            sentence=f"{speaker.name or 'Somebody'} pressed {_button(said)}",
        )
        self._queue.look_at(tx.session, change.id)
        return Answer(
            f"Got it: checking whether you may, and recording it for {change.number}.", change.id, change.number
        )

    def _write(self, tx: Transaction, heard: Heard, speaker: Person | None, answer: Answer) -> None:
        tx.add_heard(
            once=heard.once,
            kind=type(heard.body).__name__.lower(),
            person=speaker.id if speaker else None,
            occurred_at=heard.at,
            change_id=answer.change_id or None,
            sentence=answer.sentence,
            number=answer.number,
            is_refusal=answer.is_refusal,
        )


def _person(tx: Transaction, by: Speaker) -> Person | None:
    if not by.slack_id:
        return None
    return tx.person(slack_team=by.slack_team, slack_id=by.slack_id, name=by.name)


def _claimed(tx: Transaction, said: Announcement, by: Speaker, team: str) -> Person:
    """Whom a pipeline names: a claim, which excludes that person from approving and proves nothing."""
    named = said.requested_by.strip().lstrip("<@").rstrip(">")
    if "@" in named:
        return tx.person(email=named)
    if named:
        return tx.person(slack_team=team, slack_id=named)
    return tx.person(name=by.name or by.app_id)


def _known(tx: Transaction, said: Announcement, service: str, environment: str) -> Change | None:
    for alias in names_of(said.version, said.sha):
        change = tx.named(service=service, environment=environment, kind=said.kind, alias=alias)
        if change and not (change.progress is Progress.DONE and not change.number) and _is_about(change, said.sha):
            return change
    return None


def _is_about(change: Change, sha: str) -> bool:
    """The same version at another sha is another deploy: a tag may have moved."""
    known = change.release.sha if change.release else change.announced_sha
    return not sha or not known or known.startswith(sha) or sha.startswith(known)


def _is_echo(change: Change, status: Status, at: datetime) -> bool:
    """Said before, or heard late: it adds nothing to how it ended."""
    if status is Status.STARTED:
        return change.outcome in DEPLOYED and change.finished_at is not None and at <= change.finished_at
    return change.outcome in ECHOES.get(status, ())


def _check_may_report(tx: Transaction, change: Change, speaker: Person) -> None:
    """The requester, those who wrote it, and those whom ServiceNow asked."""
    asked = {row.approver for row in change.rows}
    hands = change.hands or Hands()
    may_by_user = bool(speaker.sys_user) and (speaker.sys_user in asked or hands.excludes(speaker.sys_user))
    if speaker.id != change.requested_by.id and not may_by_user:
        group = change.plan.assignment_group if change.plan else "its team"
        raise NotYours(change.requested_by.name or "the requester", group, change.number)


def _may_start(change: Change, at: datetime) -> bool:
    """Started already, or what the gate would have said yes to."""
    is_open = is_cleared(change) and not change.on_hold
    return change.started_at is not None or (is_open and change.cleared_until is not None and at < change.cleared_until)


def _button(said: Press) -> str:
    return {"approved": "Approve", "rejected": "Reject", "held": "Hold", "released": "Release"}.get(
        said.verdict, "Withdraw"
    )


def _said(heard: Heard) -> str:
    body = heard.body
    if isinstance(body, Announcement):
        return f"{body.status} {body.service} {body.version}"[:200]
    return f"{getattr(body, 'word', getattr(body, 'verdict', ''))} {body.number}"[:200]
