"""Show: the living card and what is said beside it; what is behind what it should show is repainted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.change.lifecycle import WAITING
from bot.change.model import Change, Progress, Projection, State
from bot.ledger.ledger import Transaction
from bot.ports import Declined, Message, Notice, NotThere, Outage, Unknown
from bot.story.meet import MET
from bot.story.tools import Move, Tools
from bot.story.twice import expect, expect_late

CARD = "card"


def is_worth_a_card(change: Change) -> bool:
    """From the moment people can be asked, or somebody has to know what stopped it."""
    if not change.number or change.alias_of:
        return False
    if change.projection(CARD).ref or change.progress in (Progress.STOPPED, Progress.STUCK):
        return True
    if change.state in WAITING:
        return bool(change.projection(MET, str(change.state)).shown)  # the first ask mentions people: know them first
    return change.state not in (None, State.NEW) or change.outcome is not None


def _is_show_due(tools: Tools, change: Change, now: datetime) -> bool:
    if not is_worth_a_card(change):
        return False
    return change.projection(CARD).shown != tools.room.card(change, now=now).fingerprint


def show(tools: Tools, change: Change) -> None:
    """Post the card, or edit it to what it should show."""
    card = tools.room.card(change, now=tools.now())
    shown = change.projection(CARD)
    if shown.ref:
        try:
            tools.room.edit(shown.ref, card)
        except NotThere:  # somebody deleted it: the change still needs its card
            _remember(tools, change, replace(shown, ref="", shown=""))
            return
        except Outage as outage:
            expect_late(tools, change, shown, outage)
            raise
        repainted = replace(shown, shown=card.fingerprint)
        _remember(tools, change, repainted, partial(_keep, change=change, card=card, ref=shown.ref))
        return
    ref = say_once(tools, change, shown, card, channel=change.channel)

    def and_the_ledger(tx: Transaction) -> None:
        _keep(tx, change=change, card=card, ref=ref)
        tx.enter(
            "shown",
            change_id=change.id,
            ref=ref,
            card=card.fingerprint,
            sentence=f"Asked in the channel with the card {ref}",
        )

    _remember(tools, change, Projection(kind=CARD, target="", shown=card.fingerprint, ref=ref), and_the_ledger)


def _keep(tx: Transaction, *, change: Change, card: Message, ref: str) -> None:
    """The exact card goes into the ledger while anybody may act upon it: a verdict names it by its fingerprint."""
    if change.outcome is None:
        blocks = [dict(block) for block in card.blocks]
        tx.enter("card", change_id=change.id, card=card.fingerprint, ref=ref, text=card.text, blocks=blocks)


def _is_tell_due(tools: Tools, change: Change, now: datetime) -> bool:
    return bool(_unsaid(tools, change, now))


def tell(tools: Tools, change: Change) -> None:
    """Say what is unsaid: stages and outcomes in the thread, outcomes to the requester."""
    while unsaid := _unsaid(tools, change, tools.now()):
        _say(tools, change, unsaid[0])
        change = tools.ledger.change(change.id)  # each rests on what was read just before it


def _say(tools: Tools, change: Change, notice: Notice) -> None:
    thread = change.projection(CARD).ref if notice.kind == "thread" else ""
    projection = change.projection(notice.kind, notice.target)
    try:
        ref = say_once(
            tools, change, projection, notice.message, channel=notice.to, thread=thread, broadcast=notice.broadcast
        )
    except (Declined, NotThere) as refused:
        ref = f"not said: {refused.what}"  # a person who cannot be reached does not hold up the change
    _remember(tools, change, replace(projection, ref=ref, shown="said", sent_at=None))


def say_once(
    tools: Tools,
    change: Change,
    projection: Projection,
    message: Message,
    *,
    channel: str,
    thread: str = "",
    broadcast: bool = False,
) -> str:
    """Post a message that must not stand twice; "channel/ts". In doubt it is looked for first."""
    thread_ts = thread.partition("/")[2]
    if projection.sent_at:
        if ref := tools.room.find(channel, message.marker, thread=thread_ts):
            return ref
        if tools.now() < projection.sent_at + tools.patience.message:
            raise Unknown("Slack", "the answer to a message was lost; I look for it before I send it again")
    with tools.ledger.begin() as tx:
        tx.update(change)  # of two who would say it only one goes on
        tx.project(change.id, replace(projection, sent_at=tools.now()))
        if projection.sent_at:
            expect(tx, tools, change, projection, channel, message.marker, thread_ts)
    try:
        return tools.room.post(channel, message, thread=thread_ts, broadcast=broadcast)
    except Unknown:
        _remember(tools, change, replace(projection, sent_at=tools.now()))  # it may have been on its way until now
        raise
    except Exception:
        _remember(tools, change, replace(projection, sent_at=None))  # certainly not sent
        raise


def _unsaid(tools: Tools, change: Change, now: datetime) -> list[Notice]:
    notices = tools.room.notices(change, now=now)
    has_card = bool(change.projection(CARD).ref)
    # Somebody has just answered, and ServiceNow is about to say what that changes: nobody is called in vain.
    may_call = change.state not in WAITING or change.look_at is None
    return [
        notice
        for notice in notices
        if not change.projection(notice.kind, notice.target).shown
        and (has_card or notice.kind != "thread")
        and (may_call or not notice.broadcast)
    ]


def _remember(
    tools: Tools, change: Change, projection: Projection, also: Callable[[Transaction], None] | None = None
) -> None:
    with tools.ledger.begin() as tx:
        tx.project(change.id, projection)
        if also:
            also(tx)


SHOW = Move("show", _is_show_due, show, even_when_stopped=True)
TELL = Move("tell", _is_tell_due, tell, even_when_stopped=True)
