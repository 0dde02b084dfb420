"""A word to one person: in somebody's DM, said once; or beside what they pressed, while Slack lets us."""

from collections.abc import Callable
from datetime import datetime

from bot.ports import Message, NotOurTurn
from bot.story.send_once import send_once
from bot.story.tools import Tools

JOB = "word"


def whisper(tools: Tools, response_url: str, channel: str, slack_id: str, sentence: str, *, slot: str) -> None:
    """Beside what they pressed; where Slack wants a pause, in their DM once it is over. slot: tells it from others."""
    try:
        tools.room.whisper(response_url, channel, slack_id, sentence)
    except NotOurTurn:
        with tools.ledger.begin() as tx:
            tools.queue.errand(tx.session, JOB, slack_id, slot, sentence)


def send_word(tools: Tools, slack_id: str, slot: str, sentence: str, *, show: Callable[[str, str], Message]) -> None:
    """The errand. show: sentence and marker → message. Raises: what ``send_once`` raises."""

    def write(marker: str) -> tuple[Message, datetime]:
        return show(sentence, marker), tools.now()

    send_once(tools, JOB, slack_id, slot, write=write, what="a word")
