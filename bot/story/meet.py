"""Meet: who is asked now, who of them may answer, and who they are in Slack. Before anybody is pinged."""

from datetime import datetime

from bot.change.approval import eligible, undecided_rows
from bot.change.errors import NobodyLeft, Refusal
from bot.change.lifecycle import WAITING
from bot.change.model import Change, Projection, Verdict
from bot.story.people import meet
from bot.story.tools import Move, Tools

MET = "met"


class NobodyAsked(Refusal):
    sentence = "ServiceNow asked nobody to approve {} in {}: an admin has to look at its approval policy."


def _is_due(tools: Tools, change: Change, now: datetime) -> bool:
    if change.state not in WAITING or change.on_hold or change.outcome:
        return False
    asked = undecided_rows(change)
    if not asked or not (eligible(asked, change.excluded) or not _has_answers(change)):
        # ServiceNow's flow may still be making rows, or moving on after an answer: a moment, then somebody is told.
        return change.stage_at is not None and now - change.stage_at > tools.patience.approvers
    return bool(_strangers(change))


def _has_answers(change: Change) -> bool:
    """Somebody has validly approved in this stage; what is left may be about to be not required."""
    return any(d.verdict is Verdict.APPROVED and d.is_valid and d.stage is change.state for d in change.decisions)


def _strangers(change: Change) -> set[str]:
    """Rows that were not there when we last looked who is asked."""
    return {row.sys_id for row in undecided_rows(change)} - set(
        change.projection(MET, str(change.state)).shown.split(",")
    )


def meet_approvers(tools: Tools, change: Change) -> None:
    """Raises: NobodyAsked, NobodyLeft."""
    asked = undecided_rows(change)
    if not asked:
        raise NobodyAsked(change.number, change.state)
    can_answer = eligible(asked, change.excluded)
    if not can_answer:
        raise NobodyLeft(change.number, "everybody whom ServiceNow asks requested it or wrote part of it")
    # Those who may not answer too: somebody of the team who wrote part of it may still report how it goes.
    tools.side_by_side(lambda row: meet(tools, row.approver, row.approver_name, row.approver_email), asked)
    with tools.ledger.begin() as tx:
        tx.project(change.id, Projection(kind=MET, target=str(change.state), shown=_asked(change)))
        tx.enter(
            "asked",
            change_id=change.id,
            stage=str(change.state),
            rows=[row.sys_id for row in asked],
            sentence=f"ServiceNow asks {len(asked)} people to approve; {len(can_answer)} of them may",
        )


def _asked(change: Change) -> str:
    return ",".join(sorted(row.sys_id for row in undecided_rows(change)))


MEET = Move("meet", _is_due, meet_approvers)
