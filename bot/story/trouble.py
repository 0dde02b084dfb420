"""Trouble: when a move that could not be made is tried again, and what people are told meanwhile."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from bot.change.model import Change, Progress, Trouble
from bot.engine import NOW, Again
from bot.ledger.ledger import Overtaken, Transaction
from bot.ports import BadCredentials, Failure, Outage, Unknown
from bot.story.tools import Move, Tools

LONG_WAIT = timedelta(minutes=1)
"""Longer than anybody waits without wondering."""


def stop(tools: Tools, change_id: str, move: Move, sentence: str) -> None:
    """A person has to do something first; the gate stays shut."""
    with tools.ledger.begin() as tx:
        change = tx.change(change_id)
        # Before anything exists outside there is nothing to mend: said, and over; asking again starts anew.
        progress = Progress.STOPPED if change.key else Progress.DONE
        facts: dict[str, object] = {"progress": progress, "stopped_because": sentence}
        if move.even_when_stopped:  # it stays due: without a wait it would be refused again at once, for ever
            facts["troubles"] = _put_off(change, move, sentence, tx.now + tools.patience.longest_retry)
        tx.update(change, **facts)
        if (change.progress, change.stopped_because) != (progress, sentence):
            kind = "stopped" if change.key else "refused"
            tx.enter(kind, change_id=change_id, actor=change.requested_by.id, sentence=sentence)


def wait(tools: Tools, change_id: str, move: Move, after: timedelta | None = None) -> None:
    """A system has still to do its part, or to be ready for ours: nobody's trouble."""
    with tools.ledger.begin() as tx:
        change = tx.change(change_id)
        delay = after or tools.patience.first_retry * min(_tries(change, move), 5)
        tx.update(change, troubles=_put_off(change, move, "", tx.now + delay))


def _put_off(change: Change, move: Move, what: str, until: datetime, sentence: str = "") -> dict[str, Trouble]:
    trouble = Trouble(what=what, tries=_tries(change, move), retry_at=until, sentence=sentence)
    return {**change.troubles, move.name: trouble}


def _said(troubles: dict[str, Trouble]) -> str:
    """The one that people are told of."""
    return next((trouble.sentence for trouble in troubles.values() if trouble.sentence), "")


def _tries(change: Change, move: Move) -> int:
    return (change.troubles[move.name].tries if move.name in change.troubles else 0) + 1


def remember(tools: Tools, change_id: str, move: Move, failure: Failure) -> None:
    """Trouble: when to try again, and what people are told meanwhile."""
    now = tools.now()
    with tools.ledger.begin() as tx:
        change = tx.change(change_id)
        tries = _tries(change, move)
        until = now + _delay(tools, failure, tries)
        troubles = _put_off(change, move, str(failure), until, _sentence(failure, tries, until))
        facts: dict[str, object] = {"troubles": troubles, "trouble": _said(troubles)}
        if tries >= tools.patience.tries or (not _is_repeatable(failure) and tries >= 3):
            name = change.number or change.id
            said = str(failure).rstrip(".")
            sentence = f"{said}. I tried {tries} times; when it is mended: `cabbie retry {name}`."
            if not move.is_beside:
                facts |= {"progress": Progress.STUCK, "stopped_because": sentence}
            tx.find_out(
                "stuck",
                sentence,
                once=f"stuck:{change_id}:{move.name}:{now.date()}",
                change_id=change_id,
                service=change.service,
            )
        tx.update(change, **facts)
        if isinstance(failure, BadCredentials):
            tx.find_out(
                "credentials refused",
                f"{failure.system} does not accept Cabbie's credentials: {failure.what}. Until they are renewed, "
                "what needs it waits.",
                once=f"credentials:{failure.system}:{now.date()}",
            )
        if tries == 1:
            tx.enter(
                "trouble", change_id=change_id, move=move.name, failure=type(failure).__name__, sentence=str(failure)
            )


def forget(tools: Tools, change_id: str, move: Move) -> None:
    with tools.ledger.begin() as tx:
        change = tx.change(change_id)
        _keep(tx, change, {name: trouble for name, trouble in change.troubles.items() if name != move.name})


def forget_what_is_over(tools: Tools, change: Change, waiting: Iterable[str]) -> Again:
    """Troubles of moves that are not to be made any more are nobody's."""
    with suppress(Overtaken), tools.ledger.begin() as tx:
        _keep(tx, change, {name: change.troubles[name] for name in waiting})
    return NOW


def _keep(tx: Transaction, change: Change, troubles: dict[str, Trouble]) -> None:
    tx.update(change, troubles=troubles, trouble=_said(troubles))


def _is_repeatable(failure: Failure) -> bool:
    return isinstance(failure, Outage | Unknown | BadCredentials)


def _delay(tools: Tools, failure: Failure, tries: int) -> timedelta:
    backoff: timedelta = min(tools.patience.first_retry * 2.0 ** min(tries - 1, 12), tools.patience.longest_retry)
    asked = failure.retry_after if isinstance(failure, Outage) and failure.retry_after else timedelta(0)
    return max(backoff, asked)


def _sentence(failure: Failure, tries: int, until: datetime) -> str:
    """For the card. A first hiccup is nobody's business, unless it takes long."""
    if isinstance(failure, Outage) and failure.retry_after and failure.retry_after >= LONG_WAIT:
        return f"{failure.system} asks me to wait; I go on at {until:%H:%M} UTC."
    if tries == 1 and isinstance(failure, Outage | Unknown):
        return ""
    if isinstance(failure, BadCredentials):
        return f"{failure.system} does not accept Cabbie's credentials; an admin has to renew them."
    if isinstance(failure, Outage | Unknown):
        return f"{failure.system} does not answer as it should; I keep trying."
    return f"{failure}"
