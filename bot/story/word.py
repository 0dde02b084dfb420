"""A word: one sentence in somebody's DM, said once."""

from collections.abc import Callable
from datetime import datetime

from bot.ports import Message
from bot.story.send_once import send_once
from bot.story.tools import Tools

JOB = "word"


def send_word(tools: Tools, slack_id: str, slot: str, sentence: str, *, show: Callable[[str, str], Message]) -> None:
    """The errand. show: sentence and marker → message. Raises: what ``send_once`` raises."""

    def write(marker: str) -> tuple[Message, datetime]:
        return show(sentence, marker), tools.now()

    send_once(tools, JOB, slack_id, slot, write=write, what="a word")
