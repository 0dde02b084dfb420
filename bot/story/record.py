"""Record: an accepted claim becomes ServiceNow's approver row, and is believed after row and change are read back."""

from dataclasses import replace
from datetime import datetime

from bot.change.approval import BEING_RECORDED, BEING_WRITTEN
from bot.change.errors import AlreadyDecided, NotNeeded, WrittenByAnother
from bot.change.model import ApprovalRow, Change, Claim, Decision, Projection, Recorded, RowState, State, Verdict
from bot.ledger.ledger import new_id
from bot.ports import Declined, LinkEnded, Unknown
from bot.story.judge import refuse, without_link
from bot.story.look import FIRST_LOOK, look, see
from bot.story.observe import observe
from bot.story.tools import Move, Tools

WANTED = {
    Verdict.APPROVED: RowState.APPROVED,
    Verdict.REJECTED: RowState.REJECTED,
    Verdict.WITHDRAWN: RowState.REQUESTED,
}
_BEFORE = {
    Verdict.APPROVED: RowState.REQUESTED,
    Verdict.REJECTED: RowState.REQUESTED,
    Verdict.WITHDRAWN: RowState.APPROVED,
}
WRITTEN = "written"
"""The projection that stands for a verdict that may be written, and since when it may show."""
DID = {Verdict.WITHDRAWN: "withdrew"}
"""What is said of somebody, where it is another word."""


def _is_due(_: Tools, change: Change, __: datetime) -> bool:
    return any(claim.progress in BEING_RECORDED for claim in change.claims)


def record(tools: Tools, change: Change) -> None:
    """Write the oldest accepted claim where it belongs."""
    claim = next(claim for claim in change.claims if claim.progress in BEING_RECORDED)
    if claim.verdict in WANTED:
        _record_row(tools, change, claim)
    else:
        _record_hold(tools, change, claim)


def _record_row(tools: Tools, change: Change, claim: Claim) -> None:
    before = next((row for row in change.rows if row.sys_id == claim.row), None)
    was_sent = claim.progress == BEING_WRITTEN
    with tools.ledger.begin() as tx:
        tx.settle(claim, progress=BEING_WRITTEN)
    claim = replace(claim, progress=BEING_WRITTEN)
    if was_sent:
        _check_had_time_to_show(tools, change, claim)
    try:
        row = _written(tools, change, claim)
    except Unknown:
        with tools.ledger.begin() as tx:
            tx.project(change.id, Projection(kind=WRITTEN, target=claim.id, shown=tools.now().isoformat()))
        raise
    except (Declined, LinkEnded) as declined:
        found = _row_now(tools, change, claim)
        # Already so: by our own write whose answer was lost. When we never wrote, it was somebody else's.
        if found is None or found.state is not WANTED[claim.verdict] or not was_sent:
            _not_written(tools, change, claim, declined, found)
            return
        row = found
    if claim.recorded is Recorded.SELF and not _is_own_hand(tools, claim, row):
        refuse(tools, change, claim, str(WrittenByAnother(change.number, row.updated_by or "somebody")))
        look(tools, change)
        return
    _believe(tools, change, claim, row, before)


def _check_had_time_to_show(tools: Tools, change: Change, claim: Claim) -> None:
    """A verdict whose answer was lost is not written again before it had time to show. Raises: Unknown."""
    written = change.projection(WRITTEN, claim.id).shown
    if not written or tools.now() >= datetime.fromisoformat(written) + tools.patience.message:
        return
    row = _row_now(tools, change, claim)
    if row is not None and row.state is _BEFORE[claim.verdict]:
        raise Unknown("ServiceNow", "the answer to a verdict was lost; I look for it before I write it again")


def _written(tools: Tools, change: Change, claim: Claim) -> ApprovalRow:
    """The row as it is once it was written, the way it was judged; read back by another account than a person's.

    Raises: Declined, LinkEnded."""
    if claim.recorded is not Recorded.SELF:
        assert tools.approvals is not None, "judged before recorded"
        return tools.approvals.record(claim.row, claim.verdict, comment_of(change, claim))
    if tools.own is None:
        raise LinkEnded("ServiceNow", "own accounts are not linked here any more")
    tools.own.write(claim.by, claim.row, claim.verdict, comment_of(change, claim))
    row = _row_now(tools, change, claim)
    if row is None or row.state is not WANTED[claim.verdict]:
        raise Declined("ServiceNow", f"the approver row is {row.state if row else 'gone'} although it was written")
    return row


def _row_now(tools: Tools, change: Change, claim: Claim) -> ApprovalRow | None:
    rows = tools.records.approvals([change.sys_id]).get(change.sys_id, ())
    return next((row for row in rows if row.sys_id == claim.row), None)


def _is_own_hand(tools: Tools, claim: Claim, row: ApprovalRow) -> bool:
    """ServiceNow itself says that the person wrote it."""
    link = tools.own.last_link(claim.by) if tools.own else None
    return link is not None and row.updated_by == link.user_name


def _not_written(
    tools: Tools, change: Change, claim: Claim, failure: Declined | LinkEnded, row: ApprovalRow | None
) -> None:
    if isinstance(failure, LinkEnded):
        # Judged anew: the policy says what becomes of it without a link.
        with tools.ledger.begin() as tx:
            tx.update(tx.change(change.id))
            tx.settle(claim, progress="heard")
        return
    refuse(tools, change, claim, _why_not(change, claim, failure, row))
    look(tools, change)


def _why_not(change: Change, claim: Claim, declined: Declined, row: ApprovalRow | None) -> str:
    """The row was open when it was judged, and somebody was quicker than we."""
    if row and row.state is RowState.NOT_REQUIRED:
        return str(NotNeeded(change.number))
    if claim.verdict is Verdict.WITHDRAWN:
        return f"ServiceNow did not take it: {declined.what}. Use Hold to stop it."
    if row and row.state in (RowState.APPROVED, RowState.REJECTED):
        return str(AlreadyDecided(row.state, change.number))
    return f"ServiceNow did not take it: {declined.what}."


def _record_hold(tools: Tools, change: Change, claim: Claim) -> None:
    if claim.verdict is Verdict.HELD:
        reason = f"{claim.by.name} (Slack): {claim.reason or 'no reason given'}"
        tools.records.amend(change.sys_id, on_hold="true", on_hold_reason=reason[:4000])
    else:
        tools.records.amend(change.sys_id, on_hold="false", on_hold_reason="")
    _believe(tools, change, claim, None, None)


def _believe(tools: Tools, change: Change, claim: Claim, row: ApprovalRow | None, before: ApprovalRow | None) -> None:
    """Read back, then write the decision and what became of the claim together."""
    record_now, rows = observe(tools, change)
    decision = Decision(
        id=new_id(),
        by=claim.by,
        name=claim.by.name,
        verdict=claim.verdict,
        at=claim.at,
        stage=change.state or State.ASSESS,
        recorded=claim.recorded or Recorded.ON_BEHALF,
        reason=claim.reason,
        row=row.sys_id if row else "",
        mod_count=row.mod_count if row else 0,
    )
    sentence = f"Recorded in ServiceNow{_whose_hand(tools, change, claim)}."
    with tools.ledger.begin() as tx:
        tx.add_decision(change.id, decision, claim=claim.id)
        tx.settle(claim, progress="recorded", sentence=sentence)
        see(tx, tools, tx.change(change.id), record_now, rows)
        tx.nudge(change.id, look_at=tools.now() + FIRST_LOOK)  # the flow acts on it in a moment
        tx.enter("decided", change_id=change.id, actor=claim.by.id, **proof_of(change, claim, decision, row, before))


def _whose_hand(tools: Tools, change: Change, claim: Claim) -> str:
    """What the person is told: what they did, and where it went another way than the policy's first, why."""
    did = f": you {DID.get(claim.verdict, claim.verdict)} {change.number}"
    if claim.recorded is Recorded.SELF:
        return f" as you{did}"
    if claim.recorded is Recorded.ON_BEHALF and tools.own and tools.approval(change).record is Recorded.SELF:
        return f" on your behalf{did}, for {without_link(tools.own.last_link(claim.by))}"
    return did


def comment_of(change: Change, claim: Claim) -> str:
    """What ServiceNow keeps. Where the row is written by Cabbie's account, the comment says for whom."""
    said = f": {claim.reason}" if claim.reason else ""
    verb = {Verdict.APPROVED: "Approve", Verdict.REJECTED: "Reject", Verdict.WITHDRAWN: "Withdraw"}[claim.verdict]
    by = "Written by" if claim.recorded is Recorded.SELF else "Recorded by Cabbie for"
    through = " through Cabbie, with their own sign-in" if claim.recorded is Recorded.SELF else ""
    return (
        f"{by} {claim.by.name}{through}, who pressed {verb} in Slack at "
        f"{claim.at:%Y-%m-%d %H:%M:%S} UTC (Slack user {claim.by.slack_id}, team {claim.by.slack_team}){said}"
    )[:4000]


def proof_of(
    change: Change, claim: Claim, decision: Decision, row: ApprovalRow | None, before: ApprovalRow | None
) -> dict[str, object]:
    """Everything an auditor asks of one verdict."""
    return {
        "verdict": claim.verdict.value,
        "stage": decision.stage.value,
        "recorded": decision.recorded.value,
        "reason": claim.reason,
        "slack": {
            "team": claim.by.slack_team,
            "user": claim.by.slack_id,
            "channel": claim.channel,
            "message_ts": claim.message_ts,
            "action_ts": claim.action_ts,
            "delivery": claim.delivery,
            "received_at": claim.at.isoformat(),
            "transport": claim.transport.value,
        },
        "card": claim.card,
        "content_shown": claim.fingerprint,
        "content": change.fingerprint,
        "sha": change.release.sha if change.release else "",
        "row": row.sys_id if row else "",
        "row_before": before.state.value if before else "",
        "row_after": row.state.value if row else "",
        "written_by": row.updated_by if row else "change account",
        "sentence": f"{claim.by.name} {DID.get(claim.verdict, claim.verdict)} it ({decision.recorded})",
    }


RECORD = Move("record", _is_due, record)
