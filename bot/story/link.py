"""Link: the stories know their change, and the change knows its stories and its conversation."""

from dataclasses import replace
from datetime import datetime

from bot.change.approval import standing_approvals
from bot.change.fingerprint import fingerprint
from bot.change.lifecycle import REFUSED, WAITING, where_it_stands
from bot.change.model import Change, Outcome, Progress, Projection, State, Story, Verdict
from bot.ports import Declined, NotThere, Outage, RemoteLink, Unknown
from bot.story.show import CARD
from bot.story.tools import Move, Tools
from bot.story.twice import NOT_POSSIBLE, expect, expect_late

LINKED = "link"
COMMENTED = "comment"
DESCRIBED = "description"


def remote_link(tools: Tools, change: Change) -> RemoteLink:
    """What a story shows of its change; the icon follows the state."""
    icon = _icon(change)
    return RemoteLink(
        global_id=f"servicenow={tools.records.host}&sys_id={change.sys_id}",
        url=tools.records.page(change.sys_id),
        title=f"{change.number}: {change.title}"[:255],
        summary=_standing(icon, change),
        status=icon,
        resolved=change.state is State.CLOSED or change.outcome in REFUSED,
        icon=icon,
    )


def _icon(change: Change) -> str:
    if change.outcome is Outcome.SUCCEEDED:
        return "done" if change.state is State.CLOSED else "approved"
    if change.outcome:
        return "failed"
    return "approved" if change.state in (State.SCHEDULED, State.IMPLEMENT, State.REVIEW) else "waiting"


def _standing(icon: str, change: Change) -> str:
    """As coarse as the icon, so that a story is written to only when its icon changes."""
    return (
        where_it_stands(change)
        if icon == "failed"
        else {"waiting": "waiting for approval", "approved": "approved", "done": "deployed"}[icon]
    )


def _stories(change: Change) -> tuple[Story, ...]:
    return tuple(story for story in change.release.stories if story.can_be_linked) if change.release else ()


def _wanted(tools: Tools, change: Change) -> str:
    link = remote_link(tools, change)
    return fingerprint([link.global_id, link.url, link.title, link.summary, link.status, link.resolved])


def _behind(change: Change, wanted: str) -> list[Story]:
    return [s for s in _stories(change) if change.projection(LINKED, s.key).shown not in (wanted, NOT_POSSIBLE)]


def _is_link_due(tools: Tools, change: Change, _: datetime) -> bool:
    if not change.number or (change.state in (None, State.NEW) and not change.outcome) or _is_card_first(change):
        return False
    return bool(_behind(change, _wanted(tools, change)))


def _is_card_first(change: Change) -> bool:
    """People are asked before the stories are told, however many there are; unless something is in the card's way."""
    is_about_to_ask = change.state in WAITING and change.outcome is None and not change.on_hold
    is_free = not change.troubles and change.progress not in (Progress.STOPPED, Progress.STUCK)
    return is_about_to_ask and is_free and not change.projection(CARD).ref


def link(tools: Tools, change: Change) -> None:
    """Bring every story's link up to date; an upsert, so repeating it is harmless."""
    wanted, remote = _wanted(tools, change), remote_link(tools, change)

    def bring_up(story: Story) -> None:
        shown = wanted
        try:
            tools.tracker.link(story.key, remote)
            if not change.projection(LINKED, story.key).shown:
                _check_is_there(tools, story, remote)
        except (Declined, NotThere) as refused:
            _report(tools, change, story, "linked with", refused.what)
            shown = NOT_POSSIBLE
        except Outage as outage:
            expect_late(tools, change, Projection(kind=LINKED, target=story.key), outage)
            raise
        with tools.ledger.begin() as tx:
            tx.project(change.id, Projection(kind=LINKED, target=story.key, shown=shown))

    tools.side_by_side(bring_up, _behind(change, wanted))


def _check_is_there(tools: Tools, story: Story, wanted: RemoteLink) -> None:
    """The story's side, read back once; the change's side is compared when it is opened and described.

    Raises: Declined."""
    found = tools.tracker.linked(story.key, wanted.global_id)
    if found is None or found.url != wanted.url:
        raise Declined("Jira", "it took the link and does not show it")


def _report(tools: Tools, change: Change, story: Story, what: str, why: str) -> None:
    """what: "linked with", or "told the decision on"."""
    with tools.ledger.begin() as tx:
        tx.find_out(
            "not linked",
            f"{story.key} could not be {what} {change.number}: {why}",
            once=f"{what}:{change.id}:{story.key}",
            change_id=change.id,
            service=change.service,
        )


# ------------------------------------------------------------------------------------------------------------ comments


def decision_sentence(change: Change) -> str:
    """The decision in one comment; empty while there is none."""
    if change.outcome in REFUSED:
        return _refusal_sentence(change)
    names = ", ".join(f"{d.name} ({d.recorded})" for d in standing_approvals(change))
    if change.approved_at and names:
        return f"{change.number} ({change.title}) was approved by {names}."
    return ""


def _refusal_sentence(change: Change) -> str:
    rejected = next((d for d in reversed(change.decisions) if d.verdict is Verdict.REJECTED), None)
    by, why = change.outcome_by.name if change.outcome_by else "", change.outcome_why
    if rejected and change.outcome is Outcome.REJECTED:
        by, why = f"{rejected.name} ({rejected.recorded})", rejected.reason
    said = f"{change.number} ({change.title}) was {change.outcome}" + (f" by {by}." if by else ".")
    return said + (f" Reason: {why}" if why else "")


def _decision_target(change: Change) -> str:
    return str(change.outcome) if change.outcome in REFUSED else "approved"


def _uncommented(change: Change) -> list[Story]:
    if not decision_sentence(change):
        return []
    target = _decision_target(change)
    return [s for s in _stories(change) if not change.projection(COMMENTED, f"{s.key}:{target}").shown]


def _is_comment_due(_: Tools, change: Change, __: datetime) -> bool:
    return bool(_uncommented(change))


def comment(tools: Tools, change: Change) -> None:
    """One comment per story and decision. In doubt it is looked for by its marker first."""
    text, decision = decision_sentence(change), _decision_target(change)
    stories = _uncommented(change)
    unsaid = {s.key: change.projection(COMMENTED, f"{s.key}:{decision}") for s in stories}
    with tools.ledger.begin() as tx:
        tx.update(change)  # of two who would write them only one goes on
        for projection in unsaid.values():
            if not projection.sent_at:
                tx.project(change.id, replace(projection, sent_at=tools.now()))

    def say(story: Story) -> None:
        projection = unsaid[story.key]
        try:
            ref = _written(tools, change, projection, story, text, f"{change.id}:{decision}")
            shown = "said"
        except (Declined, NotThere) as refused:
            _report(tools, change, story, "told the decision on", refused.what)
            ref, shown = "", NOT_POSSIBLE
        _remember(tools, change, replace(projection, shown=shown, ref=ref, sent_at=None))

    tools.side_by_side(say, stories)


def _written(tools: Tools, change: Change, projection: Projection, story: Story, text: str, marker: str) -> str:
    """The comment's id; written now, unless it may have been written before."""
    if projection.sent_at:
        if ref := tools.tracker.find_comment(story.key, marker):
            return ref
        if tools.now() < projection.sent_at + tools.patience.message:
            raise Unknown("Jira", "the answer to a comment was lost; I look for it before I write it again")
        with tools.ledger.begin() as tx:
            tx.project(change.id, replace(projection, sent_at=tools.now()))
            expect(tx, tools, change, projection, story.key, marker)
    try:
        return tools.tracker.comment(story.key, text, marker)
    except Unknown:
        _remember(tools, change, replace(projection, sent_at=tools.now()))  # it may have been on its way until now
        raise


def _remember(tools: Tools, change: Change, projection: Projection) -> None:
    with tools.ledger.begin() as tx:
        tx.project(change.id, projection)


# --------------------------------------------------------------------------------------------- the conversation's place


def _is_describe_due(_: Tools, change: Change, __: datetime) -> bool:
    shown = change.projection(DESCRIBED)
    return (
        bool(change.projection(CARD).ref)
        and shown.ref != change.projection(CARD).ref
        and change.state not in (State.CLOSED, State.CANCELED)
        and change.progress is not Progress.DONE
    )


def describe(tools: Tools, change: Change) -> None:
    """The change gets the permalink of its card, in a field that can be read back, and both directions are checked."""
    assert change.plan is not None
    card = change.projection(CARD).ref
    permalink = tools.room.permalink(card)
    text = f"{change.plan.description}\nSlack: {permalink}"
    shown = permalink
    try:
        record = tools.records.amend(change.sys_id, description=text)
        if permalink not in record.fields.get("description", permalink):
            raise Declined("ServiceNow", "the description was not kept")
    except Declined as refused:
        shown = NOT_POSSIBLE
        with tools.ledger.begin() as tx:
            sentence = f"{change.number} could not be given its Slack permalink: {refused.what}"
            tx.find_out(
                "not linked", sentence, once=f"permalink:{change.id}", change_id=change.id, service=change.service
            )
    with tools.ledger.begin() as tx:
        tx.project(change.id, replace(change.projection(DESCRIBED), ref=card, shown=shown))
        if shown == permalink:
            tx.enter(
                "linked", change_id=change.id, permalink=permalink, sentence=f"Linked {change.number} with {permalink}"
            )


LINK = Move("link", _is_link_due, link, even_when_stopped=True, is_beside=True)
COMMENT = Move("comment", _is_comment_due, comment, even_when_stopped=True, is_beside=True)
DESCRIBE = Move("describe", _is_describe_due, describe, is_beside=True)
