"""Who may decide, on what, and what a verdict is worth."""

from collections.abc import Iterable

from bot.change.errors import (
    AlreadyDecided,
    AuthorApproval,
    ForeignCard,
    FourEyesNotProven,
    NotAnApprover,
    NothingToWithdraw,
    NotNeeded,
    NotWaiting,
    SelfApproval,
    StaleCard,
)
from bot.change.lifecycle import WAITING, where_it_stands
from bot.change.model import ApprovalRow, Change, Claim, Decision, Hands, Recorded, RowState, State, Verdict
from bot.change.policy import ApprovalPolicy, WithoutLink

BEING_WRITTEN = "being written"
BEING_RECORDED = ("accepted", BEING_WRITTEN)
"""A claim's progress from being judged good to being recorded."""
WITHOUT_LINK = {
    WithoutLink.DEEP_LINK: Recorded.DEEP_LINK,
    WithoutLink.ON_BEHALF: Recorded.ON_BEHALF,
    WithoutLink.REFUSE: None,
}


def eligible(rows: Iterable[ApprovalRow], hands: Hands) -> tuple[ApprovalRow, ...]:
    """Those asked now who may answer."""
    return tuple(row for row in rows if row.state is RowState.REQUESTED and not hands.excludes(row.approver))


def check_is_its_card(change: Change, channel: str, message_ts: str) -> None:
    """The button stood on this change's own message; where no message was pressed there is none to tell.

    Raises: ForeignCard."""
    card = change.projection("card").ref
    if message_ts and card and card != f"{channel}/{message_ts}":
        raise ForeignCard(change.number)


def check_may_decide(
    claim: Claim, change: Change, hands: Hands, *, sys_user: str, stop_unresolved: bool
) -> ApprovalRow:
    """The row this person's verdict belongs on.

    Raises: NotWaiting, StaleCard, SelfApproval, AuthorApproval, FourEyesNotProven, AlreadyDecided, NotNeeded,
    NotAnApprover, NothingToWithdraw."""
    if claim.verdict is Verdict.WITHDRAWN:
        return _row_to_withdraw(change, sys_user)
    if change.state not in WAITING or change.outcome or change.on_hold:
        raise NotWaiting(change.number, where_it_stands(change))
    if claim.fingerprint and not change.fingerprint.startswith(claim.fingerprint):
        raise StaleCard(change.number)
    check_has_clean_hands(change, hands, sys_user, stop_unresolved=stop_unresolved)
    own = [row for row in change.rows if row.approver == sys_user]
    if row := next((row for row in own if row.state is RowState.REQUESTED), None):
        return row
    if row := next((row for row in own if row.state in (RowState.APPROVED, RowState.REJECTED)), None):
        raise AlreadyDecided(row.state, change.number)
    if any(row.state is RowState.NOT_REQUIRED for row in own):
        raise NotNeeded(change.number)
    raise NotAnApprover(change.number, asked_now(change))


def check_may_stop(claim: Claim, change: Change, hands: Hands, *, sys_user: str) -> None:
    """Hold and release are for those whom ServiceNow asked, whatever they answered, while it can be stopped.

    Whoever requested it or wrote part of it may stop it, and may not lift what stops it.
    Raises: NotWaiting, NotAnApprover, SelfApproval, AuthorApproval."""
    if change.outcome or change.state not in (*WAITING, State.SCHEDULED, State.IMPLEMENT):
        raise NotWaiting(change.number, where_it_stands(change))
    if not any(row.approver == sys_user for row in change.rows):
        raise NotAnApprover(change.number, asked_now(change))
    if claim.verdict is Verdict.RELEASED:
        check_has_clean_hands(change, hands, sys_user, stop_unresolved=False)


def check_has_clean_hands(change: Change, hands: Hands, sys_user: str, *, stop_unresolved: bool) -> None:
    if hands.requested(sys_user):
        raise SelfApproval(change.number)
    if sys_user in hands.authors:
        raise AuthorApproval(change.number)
    if hands.unresolved and stop_unresolved:
        raise FourEyesNotProven(change.number, ", ".join(hands.unresolved))


def asked_now(change: Change) -> str:
    """Whom ServiceNow asks, by group, for a sentence; names of people stay out of it."""
    groups = sorted({row.group or row.approver_name for row in change.rows if row.state is RowState.REQUESTED})
    return " and ".join(groups) or "nobody"


def is_quorum_open(change: Change) -> bool:
    """The stage is not decided yet: somebody is still asked."""
    return change.state in WAITING and any(row.state is RowState.REQUESTED for row in change.rows)


def is_anybody_behind(change: Change) -> bool:
    """At least one approval stands. ServiceNow may move on with nobody asked."""
    return bool(standing_approvals(change))


def standing_approvals(change: Change) -> tuple[Decision, ...]:
    """Valid, and not taken back."""
    last = {decision.row: decision for decision in change.decisions if decision.row}
    return tuple(d for d in last.values() if d.verdict is Verdict.APPROVED and d.is_valid)


def is_cab_skipped(change: Change) -> bool:
    """ServiceNow has it past the approvals, and nobody validly approved in Authorize."""
    is_past = change.state in (State.SCHEDULED, State.IMPLEMENT, State.REVIEW, State.CLOSED)
    return is_past and not any(d.stage is State.AUTHORIZE for d in standing_approvals(change))


def undecided_rows(change: Change) -> tuple[ApprovalRow, ...]:
    return tuple(row for row in change.rows if row.state is RowState.REQUESTED)


def news_of(change: Change) -> tuple[ApprovalRow, ...]:
    """Rows that were decided in ServiceNow and that we have not written down yet."""
    ours = {claim.row for claim in change.claims if claim.progress in BEING_RECORDED}
    last = {d.row: _row_state(d.verdict) for d in change.decisions}
    decided = (row for row in change.rows if row.state in (RowState.APPROVED, RowState.REJECTED))
    return tuple(row for row in decided if row.sys_id not in ours and last.get(row.sys_id) != row.state.value)


def how_recorded(policy: ApprovalPolicy, *, is_linked: bool) -> Recorded | None:
    """How a verdict pressed in Slack gets into ServiceNow; None where it does not without a link.

    On behalf only where a named owner accepted that, and where e-mails may say who somebody is."""
    way: Recorded | None = policy.record
    if way is Recorded.SELF and not is_linked:
        way = WITHOUT_LINK[policy.without_link]
    if way is Recorded.ON_BEHALF and not (policy.on_behalf_accepted_by and policy.bind_by_email):
        return Recorded.DEEP_LINK
    return way


def _row_state(verdict: Verdict) -> str:
    return {Verdict.APPROVED: RowState.APPROVED.value, Verdict.REJECTED: RowState.REJECTED.value}.get(verdict, "")


def _row_to_withdraw(change: Change, sys_user: str) -> ApprovalRow:
    own = next((row for row in change.rows if row.approver == sys_user and row.state is RowState.APPROVED), None)
    if own is None or not is_quorum_open(change) or change.outcome:
        raise NothingToWithdraw(change.number)
    return own
