"""Vouch: whoever says how a deploy went, or that it shall not go, is proven before anything is done about it."""

from bot.change.errors import Refusal
from bot.change.lifecycle import DEPLOYED
from bot.change.model import Change, Outcome, Progress, Projection, State, Want
from bot.story.people import prove
from bot.story.tools import Tools
from bot.story.word import whisper

WORD = "word"
"""The projection that stands for the word of a person who was proven."""
NOBODY = {"outcome_by": None, "outcome_source": "", "outcome_why": ""}


def is_in_doubt(change: Change) -> bool:
    """A person said it, ServiceNow does not know yet, and nobody has asked who they are now."""
    is_theirs = change.outcome_by is not None and bool(change.outcome_by.slack_id) and change.outcome_source == "Slack"
    if not is_theirs or change.progress is Progress.DONE or change.projection(WORD).shown == _word(change):
        return False
    is_over = change.state in (State.REVIEW, State.CLOSED, State.CANCELED)
    return not is_over and (change.outcome in DEPLOYED or change.outcome is Outcome.CANCELED)


def vouch(tools: Tools, change: Change) -> None:
    """The desk knows who may say it, and not what became of their accounts since."""
    assert change.outcome_by is not None, "in doubt before asked"
    try:
        prove(tools, change.outcome_by)
    except Refusal as refusal:
        _take_back(tools, change, str(refusal))
        return
    with tools.ledger.begin() as tx:
        tx.update(change)
        tx.project(change.id, Projection(kind=WORD, target="", shown=_word(change)))


def _take_back(tools: Tools, change: Change, sentence: str) -> None:
    """It was not said. Whoever may say it still can."""
    by, outcome = change.outcome_by, change.outcome
    assert by is not None and outcome is not None, "in doubt before asked"
    with tools.ledger.begin() as tx:
        tx.update(change, want=Want.DEPLOY, outcome=None, finished_at=None, **NOBODY)
        tx.enter("refused", change_id=change.id, actor=by.id, said=f"{outcome} {change.number}", sentence=sentence)
    whisper(tools, "", change.channel, by.slack_id, sentence, slot=f"{change.id}-{_word(change)}")


def _word(change: Change) -> str:
    """One word of one person at one time."""
    assert change.outcome_by is not None and change.finished_at is not None, "in doubt before asked"
    return f"{change.outcome_by.id} {change.outcome} {change.finished_at.isoformat()}"
