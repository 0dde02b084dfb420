"""The story of a change: listen, open, ask, link, record, go, close. Nothing else decides what happens next."""

from bot.story.advance import MOVES, advance
from bot.story.tools import Tools

__all__ = ["MOVES", "Tools", "advance"]
