"""What a change says once beside its card: who is called to a later stage, each decision, and each outcome."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime

from bot.change.model import Change, Decision, Outcome, State, Verdict
from bot.ports import Message, Notice
from bot.slack import asked, times
from bot.slack.blocks import section
from bot.slack.cards import message
from bot.slack.text import said
from bot.slack.verdicts import verdict_line
from bot.slack.words import OUTCOMES, may_be_decided, name_of, standing_decisions, what

LOUD = (Outcome.REJECTED, Outcome.FAILED, Outcome.ROLLED_BACK)
"""Outcomes the whole channel hears of, not only those who follow the thread."""


def notices(change: Change, *, now: datetime, people: Mapping[str, str] | None = None) -> tuple[Notice, ...]:
    """All that is to be said by now; what was said before stands among them. people: sys_user → Slack id."""
    in_channel = [*_called(change, people or {}), *_decided(change), *_ended(change), *_stopped(change)]
    in_dms = _dms(change, now) if change.requested_by.slack_id else ()
    return (*(in_channel if change.channel else ()), *in_dms)


# -------------------------------------------------------------------------------------------------------------- thread


def _called(change: Change, people: Mapping[str, str]) -> Iterator[Notice]:
    """Whoever is asked after the first stage: the card was edited, and an edit notifies nobody."""
    if change.state is not State.AUTHORIZE or not may_be_decided(change) or not asked.asked(change):
        return
    whom = asked.mentions(change, people) or asked.names(change)
    window = f", window {times.window_utc(change.plan.window)}" if change.plan else ""
    text = f"⏳ {whom}: {said(name_of(change))} waits for the CAB's approval: {what(change)}{window}"
    yield _thread(change, "authorize", text, broadcast=True)


def _decided(change: Change) -> Iterator[Notice]:
    for decision in change.decisions:
        is_rejection = decision.verdict is Verdict.REJECTED
        text = f"{verdict_line(decision)}" + ("" if decision.is_valid else " · ⚠️ does not count")
        if is_rejection:
            text = f"⛔ {said(name_of(change))} rejected: {what(change)}\n{text}"
        yield _thread(change, f"decision:{decision.id}", text, broadcast=is_rejection and decision.is_valid)


def _ended(change: Change) -> Iterator[Notice]:
    """The outcome; a rejection was said with its decision already."""
    if change.outcome is None or (change.outcome is Outcome.REJECTED and _rejection(change)):
        return
    yield _thread(change, "outcome", _outcome_text(change), broadcast=change.outcome in LOUD)


def _stopped(change: Change) -> Iterator[Notice]:
    """A pipeline's request has nobody waiting for its answer: the service's channel is told what stopped it."""
    if change.source == "slack" or not change.stopped_because or change.alias_of or change.outcome is not None:
        return
    target, text = f"stopped:{_mark(change.stopped_because)}", _stopped_text(change)
    if change.projection("card").ref:
        yield _thread(change, target, text, broadcast=True)
    else:
        yield Notice("channel", target, change.channel, _message(change, "channel", target, text))


# ------------------------------------------------------------------------------------------------------------------ dm


def _dms(change: Change, now: datetime) -> Iterator[Notice]:
    """Every outcome for whoever asked, with who did it and from where."""
    if change.outcome is not None:
        yield _dm(change, str(change.outcome), _outcome_text(change))
        return
    if _is_approved(change):
        yield _dm(change, "approved", f"👍 {said(name_of(change))} is approved: {what(change)}\n{_by_whom(change)}")
    if change.state is State.IMPLEMENT and change.cleared_until and now < change.cleared_until and not change.on_hold:
        until = f"{times.moment(change.cleared_until)} ({times.utc(change.cleared_until)})"
        yield _dm(change, "cleared", f"🟢 {said(name_of(change))} is cleared to go until {until}: {what(change)}")
    if change.stopped_because:
        yield _dm(change, f"stopped:{_mark(change.stopped_because)}", _stopped_text(change))
    elif change.trouble and not change.projection("card").ref:
        text = f"⏱️ {said(name_of(change))} has to wait: {what(change)}\n{said(change.trouble, 300)}"
        yield _dm(change, f"trouble:{_mark(change.trouble)}", text)
    for decision in change.decisions:
        if decision.verdict is Verdict.HELD:
            text = f"⏸️ {said(name_of(change))} is on hold: {what(change)}\n{verdict_line(decision)}"
            yield _dm(change, f"held:{decision.id}", text)


def _stopped_text(change: Change) -> str:
    if change.alias_of:
        return f"🔁 {what(change)}: {said(change.stopped_because, 300)}"
    return f"⛔ {said(name_of(change))} is stopped: {what(change)}\n{said(change.stopped_because, 300)}"


def _mark(sentence: str) -> str:
    return hashlib.sha256(sentence.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _is_approved(change: Change) -> bool:
    """ServiceNow moved it on, and somebody did approve it."""
    past = change.state in (State.SCHEDULED, State.IMPLEMENT)
    return past and any(d.verdict is Verdict.APPROVED for d in standing_decisions(change))


def _by_whom(change: Change) -> str:
    return "\n".join(verdict_line(d) for d in standing_decisions(change) if d.verdict is Verdict.APPROVED)


def _rejection(change: Change) -> Decision | None:
    return next((d for d in reversed(change.decisions) if d.verdict is Verdict.REJECTED), None)


def _outcome_text(change: Change) -> str:
    assert change.outcome is not None
    here = OUTCOMES[change.outcome]
    parts = [f"{here.emoji} {said(name_of(change))}: {here.words}: {what(change)}"]
    decision = _rejection(change) if change.outcome is Outcome.REJECTED else None
    if decision is not None:
        parts.append(verdict_line(decision))
        return "\n".join(parts)
    by = said(change.outcome_by.name, 80) if change.outcome_by else ""
    told = " · ".join(part for part in (by, said(change.outcome_source, 60), said(change.outcome_why, 300)) if part)
    return "\n".join([*parts, told] if told else parts)


def _thread(change: Change, target: str, text: str, *, broadcast: bool) -> Notice:
    return Notice("thread", target, change.channel, _message(change, "thread", target, text), broadcast)


def _dm(change: Change, target: str, text: str) -> Notice:
    return Notice("dm", target, change.requested_by.slack_id, _message(change, "dm", target, text))


def _message(change: Change, kind: str, target: str, text: str) -> Message:
    return message(text, [section(text)], marker=f"{kind}:{target}:{change.id}")
