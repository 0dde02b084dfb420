"""Which buttons a change shows: those its state allows.

``value`` is the change's number; the fingerprint of the content shown rides in the block_id.
"""

from collections.abc import Callable

from bot.change.errors import UnknownService
from bot.change.model import Change, Progress, Recorded, State, Verdict
from bot.change.policy import Policy
from bot.slack import times
from bot.slack.blocks import Block, actions, button, confirm
from bot.slack.text import said
from bot.slack.words import may_be_decided, name_of, standing_decisions

APPROVE = "change.approve"
REJECT = "change.reject"
HOLD = "change.hold"
RELEASE = "change.release"
WITHDRAW = "change.withdraw"
DETAILS = "change.details"
SUCCEEDED = "deploy.succeeded"
FAILED = "deploy.failed"
ROLLED_BACK = "deploy.rolled_back"

DECIDE = "decide"
"""block_id: decisions are taken here."""
ELSEWHERE = "elsewhere"
"""block_id: Approve and Reject open ServiceNow; a press of theirs decides nothing."""
SHOWN_OF_FINGERPRINT = 40

Page = Callable[[str], str]
"""sys_id → where a person looks at the change in ServiceNow."""


def buttons(change: Change, *, page: str = "", apart: str = "") -> list[Block]:
    """One row of buttons, or nothing. page: ServiceNow's, where decisions are taken there.

    apart: tells equal rows on one surface from each other."""
    elements = _elements(change, page)
    if not elements:
        return []
    where = ELSEWHERE if page else DECIDE
    block_id = f"{where}:{change.fingerprint[:SHOWN_OF_FINGERPRINT]}{f':{apart}' if apart else ''}"
    return [actions(elements, block_id=block_id)]


def read_block_id(block_id: str) -> tuple[str, str]:
    """(where decisions are taken, the fingerprint of the content that was shown)."""
    where, _, rest = block_id.partition(":")
    return where, rest.partition(":")[0]


def page_to_decide_on(policy: Policy, change: Change, page: Page) -> str:
    """ServiceNow's page where policy wants an e-signature there; empty when Slack's buttons decide."""
    try:
        approval = policy.approval_of(policy.service(change.service))
    except UnknownService:  # it left the policy while its change was under way
        approval = policy.approval
    return page(change.sys_id) if approval.record is Recorded.DEEP_LINK and change.sys_id else ""


def _elements(change: Change, page: str) -> list[Block]:
    if change.is_over or change.alias_of or not change.number:
        return []
    details = button("Details", action_id=DETAILS, value=change.number)
    if change.outcome is not None or change.progress in (Progress.STOPPED, Progress.STUCK):
        return [details]
    return [*_deciding(change, page), *_reporting(change), *_holding(change), details]


def _deciding(change: Change, page: str) -> list[Block]:
    if not may_be_decided(change):
        return []
    if page:
        return [
            button("Approve in ServiceNow", action_id=APPROVE, value=change.number, style="primary", url=page),
            button("Reject in ServiceNow", action_id=REJECT, value=change.number, style="danger", url=page),
        ]
    sure = confirm(f"Approve {change.number}?", _sentence(change), yes="Approve")
    return [
        button("Approve", action_id=APPROVE, value=change.number, style="primary", confirm=sure),
        button("Reject", action_id=REJECT, value=change.number, style="danger"),
    ]


def _holding(change: Change) -> list[Block]:
    """For whoever changed their mind."""
    if change.state not in (State.ASSESS, State.AUTHORIZE, State.SCHEDULED, State.IMPLEMENT):
        return []
    if change.on_hold:
        return [button("Release", action_id=RELEASE, value=change.number)]
    found = [button("Hold", action_id=HOLD, value=change.number)]
    if change.is_waiting_for_approval and _is_somebody_first(change):
        found.append(button("Withdraw", action_id=WITHDRAW, value=change.number))
    return found


def _is_somebody_first(change: Change) -> bool:
    """Somebody has approved in the stage that is still open: theirs is what can be taken back."""
    return any(d.verdict is Verdict.APPROVED and d.stage is change.state for d in standing_decisions(change))


def _reporting(change: Change) -> list[Block]:
    if change.state is not State.IMPLEMENT:
        return []
    sure = confirm(f"{change.number} succeeded?", _sentence(change), yes="It succeeded")
    return [
        button("Succeeded", action_id=SUCCEEDED, value=change.number, style="primary", confirm=sure),
        button("Failed", action_id=FAILED, value=change.number, style="danger"),
        button("Rolled back", action_id=ROLLED_BACK, value=change.number),
    ]


def _sentence(change: Change) -> str:
    """What one is about to say yes to: change, environment and window."""
    what = f"{said(name_of(change))}: {said(change.title, 160)}"
    return f"{what}, window {times.window_utc(change.plan.window)}." if change.plan else f"{what}."
