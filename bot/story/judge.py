"""Judge: a claim is a person pressing a button. Is it them, may they, is it what they saw? And whose word is it?"""

from datetime import datetime

from bot.change.approval import (
    BEING_RECORDED,
    BEING_WRITTEN,
    check_is_its_card,
    check_may_decide,
    check_may_stop,
    how_recorded,
)
from bot.change.errors import DecideThereOrLink, LinkFirst, NothingToWithdraw, NotWaiting, Refusal
from bot.change.lifecycle import BLOCKING, where_it_stands
from bot.change.linking import Link
from bot.change.model import Change, Claim, Person, Progress, Recorded, Verdict
from bot.change.policy import ApprovalPolicy
from bot.story.askers import are_known
from bot.story.look import look
from bot.story.people import prove
from bot.story.tools import Move, Tools
from bot.story.vouch import is_in_doubt, vouch


class DecideThere(Refusal):
    sentence = "{} is approved in ServiceNow itself: {}"


class AlreadyHeld(Refusal):
    sentence = "{} is on hold already."


class HeldByRule(Refusal):
    sentence = "{} Cancel it (`/deploy cancel {}`) and ask again; it cannot be released."


class NotHeld(Refusal):
    sentence = "{} is not on hold."


def _is_due(_: Tools, change: Change, __: datetime) -> bool:
    is_claimed = bool(change.sys_id) and _next_claim(change) is not None
    return is_in_doubt(change) or (is_claimed and are_known(change))


def _next_claim(change: Change) -> Claim | None:
    """The oldest that nobody has judged; a person's second press waits until the first one is recorded, and everybody
    while an answer of ServiceNow's to a verdict is lost."""
    if any(claim.progress == BEING_WRITTEN for claim in change.claims):
        return None
    being_recorded = {claim.by.id for claim in change.claims if claim.progress in BEING_RECORDED}
    waiting = (claim for claim in change.claims if claim.progress == "heard")
    return next((claim for claim in waiting if claim.by.id not in being_recorded), None)


def judge(tools: Tools, change: Change) -> None:
    """The next claim, on what ServiceNow says this moment; a word on how it went comes before, for it ends things."""
    if is_in_doubt(change):
        vouch(tools, change)
        return
    claim = _next_claim(change)
    assert claim is not None, "due before made"
    try:
        row, recorded = _judged(tools, change, claim)
    except Refusal as refusal:
        refuse(tools, change, claim, str(refusal))
    else:
        with tools.ledger.begin() as tx:
            tx.update(tx.change(change.id))
            tx.settle(claim, progress="accepted", row=row, recorded=recorded)


def _judged(tools: Tools, change: Change, claim: Claim) -> tuple[str, Recorded | None]:
    """The sys_id of the approver row it belongs on, and how it gets there; nothing for hold and release.

    Raises: Refusal."""
    if change.progress in (Progress.STOPPED, Progress.STUCK):
        raise NotWaiting(change.number, where_it_stands(change))
    policy = tools.approval(change)
    person, _ = prove(tools, claim.by, by_email=policy.bind_by_email or tools.own is None)
    check_is_its_card(change, claim.channel, claim.message_ts)
    fresh = look(tools, change)
    if claim.verdict in (Verdict.HELD, Verdict.RELEASED):
        check_may_stop(claim, fresh, fresh.excluded, sys_user=person.sys_user)
        if fresh.on_hold and claim.verdict is Verdict.HELD:
            raise AlreadyHeld(change.number)
        if not fresh.on_hold and claim.verdict is Verdict.RELEASED:
            raise NotHeld(change.number)
        broken = next((finding for finding in fresh.findings if finding.kind in BLOCKING), None)
        if broken and claim.verdict is Verdict.RELEASED:
            raise HeldByRule(broken.sentence, change.number)
        return "", None
    if how_recorded(policy, is_linked=True) is Recorded.DEEP_LINK or not _can_record(tools, policy):
        raise DecideThere(change.number, tools.records.page(change.sys_id))
    row = check_may_decide(
        claim,
        fresh,
        fresh.excluded,
        sys_user=person.sys_user,
        stop_unresolved=policy.unresolved_author == "stop",
    )
    # The row of a stage that is decided stays as it is, although another stage is open now.
    if claim.verdict is Verdict.WITHDRAWN and not _was_given_in_this_stage(fresh, row.sys_id):
        raise NothingToWithdraw(change.number)
    return row.sys_id, _way(tools, change, person, policy)


def _can_record(tools: Tools, policy: ApprovalPolicy) -> bool:
    """There is an account to do it with."""
    return (tools.own if policy.record is Recorded.SELF else tools.approvals) is not None


def _way(tools: Tools, change: Change, person: Person, policy: ApprovalPolicy) -> Recorded:
    """How this person's verdict gets into ServiceNow. Raises: LinkFirst, DecideThereOrLink."""
    if policy.record is not Recorded.SELF:
        return policy.record
    link = tools.own.last_link(person) if tools.own else None
    way = how_recorded(policy, is_linked=link is not None and link.ended_at is None)
    if way is Recorded.SELF or (way is Recorded.ON_BEHALF and tools.approvals is not None):
        return way
    why = without_link(link)
    if way is None:
        raise LinkFirst(change.number, why)
    raise DecideThereOrLink(change.number, tools.records.page(change.sys_id), why)


def without_link(link: Link | None) -> str:
    """Why somebody has none, for a sentence."""
    if link is None:
        return "your own account is not linked"
    return f"the link with your own account has ended ({link.ended_because})"


def _was_given_in_this_stage(change: Change, row: str) -> bool:
    return any(decision.row == row and decision.stage is change.state for decision in change.decisions)


def refuse(tools: Tools, change: Change, claim: Claim, sentence: str) -> None:
    with tools.ledger.begin() as tx:
        tx.update(tx.change(change.id))
        tx.settle(claim, progress="refused", sentence=sentence)
        tx.enter(
            "refused",
            change_id=change.id,
            actor=claim.by.id,
            claim=claim.id,
            verdict=claim.verdict.value,
            sentence=sentence,
        )


JUDGE = Move("judge", _is_due, judge, even_when_stopped=True)
