"""Reading what other tools post about deploys: from a Slack message to what it says, with no policy and no I/O."""

from bot.reading.compiled import Reader, reader_of
from bot.reading.formats import Announcements, Format, Rule, Words
from bot.reading.gather import gather, is_from_an_app, reads_same
from bot.reading.generic import Guess, guess
from bot.reading.named import named_by
from bot.reading.patterns import MOST_STEPS, steps_of, wrong_pattern, wrong_place
from bot.reading.proposal import propose
from bot.reading.read import Ruling, read

__all__ = [
    "MOST_STEPS",
    "Announcements",
    "Format",
    "Guess",
    "Reader",
    "Rule",
    "Ruling",
    "Words",
    "gather",
    "guess",
    "is_from_an_app",
    "named_by",
    "propose",
    "read",
    "reader_of",
    "reads_same",
    "steps_of",
    "wrong_pattern",
    "wrong_place",
]
