"""Askers: who else asked for it, or is said to have, as ServiceNow users: none of them may approve it."""

from datetime import datetime

from bot.change.errors import Refusal
from bot.change.model import Change, Person, Projection
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


ASKERS = Move("askers", _is_due, look_them_up)
