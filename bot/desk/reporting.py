"""How a deploy goes: from people who may say so, and from pipelines."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.change.announcement import Answer, Report, ReportWord
from bot.change.approval import check_is_its_card
from bot.change.errors import CannotCancel, CannotReport, NotYours
from bot.change.lifecycle import OUTCOMES, is_cleared, where_it_stands
from bot.change.model import Change, Outcome, Person, Progress, State, Want
from bot.desk.hearing import LONGEST_WHY, Hearing

NEWS = {
    ReportWord.START: "has started",
    ReportWord.DONE: "succeeded",
    ReportWord.FAILED: "failed",
    ReportWord.ROLLED_BACK: "was rolled back",
}


@dataclass(frozen=True)
class Word:
    """One word on how it goes, and who says it."""

    word: ReportWord
    by: Person
    source: str
    why: str
    at: datetime
    is_pipeline: bool

    @property
    def teller(self) -> str:
        """Whom a pipeline names as its asker has told us nothing."""
        return self.source if self.is_pipeline else self.by.name or self.source


def report(hearing: Hearing, said: Report) -> Answer:
    """A person's word. Raises: UnknownChange, NotYours, ForeignCard, CannotReport, CannotCancel."""
    change, speaker = hearing.numbered(said.number)
    check_may_report(change, speaker)
    check_is_its_card(change, said.channel, said.message_ts)
    word = Word(said.word, by=speaker, source="Slack", why=said.why, at=hearing.heard.at, is_pipeline=False)
    return take_word(hearing, change, word)


def take_word(hearing: Hearing, change: Change, said: Word) -> Answer:
    """What contradicts the gate is a finding from a pipeline, a refusal to a person."""
    if said.word is ReportWord.CANCEL:
        return _cancel(hearing, change, said)
    if change.outcome is not None or change.state in (State.REVIEW, State.CLOSED, State.CANCELED):
        raise CannotReport(change.number or change.title, said.word, where_it_stands(change))
    if change.state is not State.IMPLEMENT or (said.word is ReportWord.START and not _may_start(change, said.at)):
        if not said.is_pipeline:
            raise CannotReport(change.number or change.title, said.word, where_it_stands(change))
        return _find_uncleared(hearing, change, said)
    hearing.tx.update(change, **_facts(change, said))
    hearing.tx.enter(
        "reported",
        change_id=change.id,
        actor=said.by.id,
        word=said.word.value,
        source=said.source,
        why=said.why[:LONGEST_WHY],
        sentence=f"{said.teller} reported {said.word}",
    )
    hearing.have_looked_at(change.id)
    return Answer(f"Noted: {change.number} {NEWS[said.word]}.", change.id, change.number)


def _facts(change: Change, said: Word) -> dict[str, Any]:
    if said.word is ReportWord.START:
        return {"started_at": change.started_at or said.at}
    return {
        "outcome": OUTCOMES[said.word],
        "outcome_by": said.by,
        "outcome_source": said.source,
        "outcome_why": said.why[:LONGEST_WHY],
        "finished_at": max(said.at, change.started_at or said.at),  # heard in another order than it was said
    }


def _find_uncleared(hearing: Hearing, change: Change, said: Word) -> Answer:
    is_where = f"{change.number or 'its change'} is {where_it_stands(change)}"
    sentence = f"{change.title}: the pipeline reports “{said.word}”, but {is_where}."
    hearing.tx.find_out(
        "deployed without clearance",
        sentence,
        once=f"uncleared:{change.id}",
        change_id=change.id,
        service=change.service,
    )
    hearing.tx.nudge(change.id, started_at=change.started_at or said.at)
    hearing.have_looked_at(change.id)
    return Answer(sentence, change.id, change.number)


def _cancel(hearing: Hearing, change: Change, said: Word) -> Answer:
    is_over = change.outcome is not None or change.progress is Progress.DONE
    if is_over or change.state in (State.REVIEW, State.CLOSED):
        raise CannotCancel(change.number or change.title, where_it_stands(change))
    facts = _facts(change, said) | {"want": Want.CANCEL, "outcome": Outcome.CANCELED}
    hearing.tx.update(change, **facts)
    hearing.tx.enter(
        "canceled",
        change_id=change.id,
        actor=said.by.id,
        source=said.source,
        why=said.why[:LONGEST_WHY],
        sentence=f"{said.teller} canceled it",
    )
    hearing.have_looked_at(change.id)
    return Answer(f"{change.number or change.title}: canceling it.", change.id, change.number)


def check_may_report(change: Change, speaker: Person) -> None:
    """The requester, those who wrote it, and those whom ServiceNow asked."""
    asked = {row.approver for row in change.rows}
    hands = change.excluded
    may_by_user = bool(speaker.sys_user) and (speaker.sys_user in asked or hands.excludes(speaker.sys_user))
    if speaker.id != change.requested_by.id and not may_by_user:
        group = change.plan.assignment_group if change.plan else "its team"
        raise NotYours(change.requested_by.name or "the requester", group, change.number)


def _may_start(change: Change, at: datetime) -> bool:
    """Started already, or what the gate would have said yes to."""
    is_open = is_cleared(change) and not change.on_hold
    return change.started_at is not None or (is_open and change.cleared_until is not None and at < change.cleared_until)
