"""Askers: who else asked for it, or is said to have, as ServiceNow users: none of them may approve it."""

from datetime import datetime

from bot.change.approval import standing_approvals
from bot.change.errors import Refusal
from bot.change.model import Change, Decision, Person, Projection
from bot.story.people import prove, the_one_user
from bot.story.tools import Move, Tools

ASKER = "asker"
NOBODY = "nobody we know"


def _is_due(_: Tools, change: Change, __: datetime) -> bool:
    return not change.is_over and bool(_strangers(change))


def _strangers(change: Change) -> list[Person]:
    """Named since, and not looked up yet; the requester is proven where it is listened."""
    others = (person for person in change.askers if person.id != change.requested_by.id)
    return [person for person in others if not person.sys_user and not change.projection(ASKER, person.id).shown]


def look_them_up(tools: Tools, change: Change) -> None:
    """Whom nobody knows cannot approve either."""
    strangers = _strangers(change)
    known = tools.side_by_side(lambda person: _is_known(tools, person), strangers)
    with tools.ledger.begin() as tx:
        tx.nudge(change.id)
        for person in (person for person, is_known in zip(strangers, known, strict=True) if not is_known):
            tx.project(change.id, Projection(kind=ASKER, target=person.id, shown=NOBODY))


def _is_known(tools: Tools, person: Person) -> bool:
    if person.slack_id:
        try:
            prove(tools, person)
        except Refusal:
            return False
        return True
    user = the_one_user(tools, person.email)
    if user is None:
        return False
    with tools.ledger.begin() as tx:
        tx.bind(person, sys_user=user.sys_id, email=user.email, name=user.name)
    return True


def are_known(change: Change) -> bool:
    """Nobody decides, and nothing goes, while it is not known whom a source has named."""
    return not _strangers(change)


def _voided(change: Change) -> list[Decision]:
    """Approvals of whoever was named since: they counted when they were given."""
    return [one for one in standing_approvals(change) if change.excluded.requested(one.by.sys_user)]


def _is_void_due(_: Tools, change: Change, __: datetime) -> bool:
    return not change.is_over and bool(_voided(change))


def void(tools: Tools, change: Change) -> None:
    """What whoever asked for it approved is no approval, whichever was heard first; the change is held like any other
    on which somebody approved their own request."""
    with tools.ledger.begin() as tx:
        tx.update(change)
        for decision in _voided(change):
            tx.void(decision)
            tx.find_out(
                "own approval",
                f"{decision.name} approved {change.number} and, as it was said afterwards, asked for it: "
                "the gate is shut, the change is on hold.",
                once=f"own:{decision.row}:{decision.mod_count}",
                change_id=change.id,
                service=change.service,
            )
            sentence = f"{decision.name}'s approval does not count: they asked for it, as it was said afterwards"
            tx.enter("voided", change_id=change.id, actor=decision.by.id, row=decision.row, sentence=sentence)


VOID = Move("void", _is_void_due, void, even_when_stopped=True)
ASKERS = Move("askers", _is_due, look_them_up)
