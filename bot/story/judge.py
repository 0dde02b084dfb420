"""Judge: a claim is a person pressing a button. Is it them, may they, is it what they saw?"""

from datetime import datetime

from bot.change.approval import BEING_RECORDED, check_may_decide, check_may_stop
from bot.change.errors import NothingToWithdraw, NotWaiting, Refusal
from bot.change.lifecycle import BLOCKING, where_it_stands
from bot.change.model import Change, Claim, Hands, Progress, Recorded, Verdict
from bot.change.policy import ApprovalPolicy
from bot.story.look import look
from bot.story.people import prove
from bot.story.tools import Move, Tools


class DecideThere(Refusal):
    sentence = "{} is approved in ServiceNow itself: {}"


class AlreadyHeld(Refusal):
    sentence = "{} is on hold already."


class HeldByRule(Refusal):
    sentence = "{} Cancel it (`/deploy cancel {}`) and ask again; it cannot be released."


class NotHeld(Refusal):
    sentence = "{} is not on hold."


def _is_due(_: Tools, change: Change, __: datetime) -> bool:
    return bool(change.sys_id) and _next_claim(change) is not None


def _next_claim(change: Change) -> Claim | None:
    """The oldest that nobody has judged; a person's second press waits until the first one is recorded."""
    being_recorded = {claim.by.id for claim in change.claims if claim.progress in BEING_RECORDED}
    waiting = (claim for claim in change.claims if claim.progress == "heard")
    return next((claim for claim in waiting if claim.by.id not in being_recorded), None)


def judge(tools: Tools, change: Change) -> None:
    """The next claim, on what ServiceNow says this moment."""
    claim = _next_claim(change)
    assert claim is not None, "due before made"
    try:
        row = _judged(tools, change, claim)
    except Refusal as refusal:
        refuse(tools, change, claim, str(refusal))
    else:
        with tools.ledger.begin() as tx:
            tx.update(tx.change(change.id))
            tx.settle(claim, progress="accepted", row=row)


def _judged(tools: Tools, change: Change, claim: Claim) -> str:
    """The sys_id of the approver row it belongs on; empty for hold and release. Raises: Refusal."""
    if change.progress in (Progress.STOPPED, Progress.STUCK):
        raise NotWaiting(change.number, where_it_stands(change))
    person, _ = prove(tools, claim.by)
    fresh = look(tools, change)
    if claim.verdict in (Verdict.HELD, Verdict.RELEASED):
        check_may_stop(claim, fresh, fresh.hands or Hands(), sys_user=person.sys_user)
        if fresh.on_hold and claim.verdict is Verdict.HELD:
            raise AlreadyHeld(change.number)
        if not fresh.on_hold and claim.verdict is Verdict.RELEASED:
            raise NotHeld(change.number)
        broken = next((finding for finding in fresh.findings if finding.kind in BLOCKING), None)
        if broken and claim.verdict is Verdict.RELEASED:
            raise HeldByRule(broken.sentence, change.number)
        return ""
    policy = tools.approval(change)
    if tools.approvals is None or not _is_decided_here(policy):
        raise DecideThere(change.number, tools.records.page(change.sys_id))
    row = check_may_decide(
        claim,
        fresh,
        fresh.hands or Hands(),
        sys_user=person.sys_user,
        stop_unresolved=policy.unresolved_author == "stop",
    )
    # The row of a stage that is decided stays as it is, although another stage is open now.
    if claim.verdict is Verdict.WITHDRAWN and not _was_given_in_this_stage(fresh, row.sys_id):
        raise NothingToWithdraw(change.number)
    return row.sys_id


def _is_decided_here(policy: ApprovalPolicy) -> bool:
    """A named owner has accepted that Cabbie records for others, and e-mails may say who somebody is."""
    return policy.record is Recorded.ON_BEHALF and bool(policy.on_behalf_accepted_by) and policy.bind_by_email


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
