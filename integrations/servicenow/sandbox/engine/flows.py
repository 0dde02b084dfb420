"""The base flows: what happens by itself a moment after a change enters a state, or after somebody answers.

Change Management docs, "Change flows" (since Yokohama): each step runs after the write that set it off was answered.
"""

from integrations.servicenow.sandbox.data.choices import (
    ASSESS,
    AUTHORIZE,
    CANCELED,
    IMPLEMENT,
    NEW,
    REVIEW,
    SCHEDULED,
)
from integrations.servicenow.sandbox.data.store import SYSTEM, Actor, Record
from integrations.servicenow.sandbox.engine import approvals, moves, policy, tasks, unauthorized
from integrations.servicenow.sandbox.engine.approvals import Outcome
from integrations.servicenow.sandbox.instance import Instance

WAITING = (ASSESS, AUTHORIZE)


def after_change(inst: Instance, before: Record, change: Record, by: Actor) -> None:
    """Set off whatever the write to the change calls for."""
    if before["state"] != change["state"]:
        _entered(inst, change, by)
    if before["on_hold"] != change["on_hold"]:
        _held_or_released(inst, change, by)


def after_vote(inst: Instance, row: Record) -> None:
    change = inst.store.find("change_request", row["sysapproval"])
    if change:
        inst.later(_weigh, inst, change, inst.runs[change.sys_id])


def after_task(inst: Instance, task: Record) -> None:
    """With its last active task done, an implemented change goes to Review by itself."""
    change = inst.store.find("change_request", task["change_request"])
    if change and change["state"] == IMPLEMENT and not tasks.active(inst, change):
        inst.later(_review_when_done, inst, change, inst.runs[change.sys_id])


def _entered(inst: Instance, change: Record, by: Actor) -> None:
    inst.runs[change.sys_id] += 1
    run = inst.runs[change.sys_id]
    inst.stages.pop(change.sys_id, None)
    state = change["state"]
    if state in FLOWS:
        inst.later(FLOWS[state], inst, change, run)
    if state in (NEW, CANCELED):
        approvals.withdraw(inst, change)
    if state == CANCELED:
        tasks.cancel(inst, change, by, only_of_flow=False)


def _ask(inst: Instance, change: Record, run: int) -> None:
    if inst.runs[change.sys_id] != run:
        return
    inst.stages[change.sys_id] = []
    if policy.ask(inst, change):
        inst.store.update(change, {"approval": "requested"}, SYSTEM)
    _weigh(inst, change, run)  # nobody to ask: the policy's "Skipped" counts as approved


def _weigh(inst: Instance, change: Record, run: int) -> None:
    """Move on, move back, or go on waiting."""
    is_due = inst.runs[change.sys_id] == run and change.sys_id in inst.stages
    if not is_due or change["on_hold"] == "true" or change["state"] not in WAITING:
        return
    verdict = approvals.outcome(inst, change)
    approvals.settle(inst, change)
    if verdict is Outcome.REJECTED:
        _move(inst, change, NEW, approval="rejected")
    elif verdict is Outcome.APPROVED and change["state"] == ASSESS:
        _move(inst, change, AUTHORIZE)
    elif verdict is Outcome.APPROVED and unauthorized.goes_to_review(inst, change):
        _move(inst, change, REVIEW, approval="approved")
    elif verdict is Outcome.APPROVED:
        _move(inst, change, SCHEDULED, approval="approved")


def _create_tasks(inst: Instance, change: Record, run: int) -> None:
    if inst.runs[change.sys_id] == run:
        tasks.create_of_flow(inst, change)


def _review(inst: Instance, change: Record, run: int) -> None:
    """What the flow made and nobody did is canceled; a change made without authorization is looked at."""
    if inst.runs[change.sys_id] != run:
        return
    tasks.cancel(inst, change, SYSTEM, only_of_flow=True)
    if change["unauthorized"] == "true":
        unauthorized.ask_for_review(inst, change)


def _review_when_done(inst: Instance, change: Record, run: int) -> None:
    if inst.runs[change.sys_id] == run and change["on_hold"] != "true" and not tasks.active(inst, change):
        _move(inst, change, REVIEW)


def _held_or_released(inst: Instance, change: Record, by: Actor) -> None:
    if change["on_hold"] == "true":
        tasks.hold(inst, change, by)
        approvals.hold(inst, change)
        return
    tasks.release(inst, change, by)
    approvals.release(inst, change)
    inst.later(_weigh, inst, change, inst.runs[change.sys_id])


def _move(inst: Instance, change: Record, state: str, **more: str) -> None:
    before = Record(change.table, change)
    values = {"state": state, **more}
    inst.store.update(change, {**values, **moves.consequences(inst, change, values, SYSTEM)}, SYSTEM)
    after_change(inst, before, change, SYSTEM)


FLOWS = {
    ASSESS: _ask,
    AUTHORIZE: _ask,
    IMPLEMENT: _create_tasks,
    REVIEW: _review,
}
