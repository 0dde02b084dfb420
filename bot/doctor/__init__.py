"""The doctor: what is wrong with this installation, why, and the exact fix."""

from collections.abc import Iterable
from datetime import datetime

from bot.change.policy import Policy
from bot.doctor.agreement import questions_of_policy
from bot.doctor.questions import answers
from bot.doctor.report import report
from bot.doctor.systems import questions_of_systems
from bot.ports import Check
from bot.story.tools import Tools

__all__ = ["examine", "is_well", "report"]


def examine(tools: Tools, policy: Policy, itself: Iterable[Check], now: datetime) -> tuple[Check, ...]:
    """Every question asked with real calls, side by side; never raises. itself: what was found about this machine."""
    questions = (*questions_of_systems(tools, policy), *questions_of_policy(tools, policy, now))
    found = tools.side_by_side(answers, questions)
    return (*itself, *(check for checks in found for check in checks))


def is_well(checks: Iterable[Check]) -> bool:
    """Nothing is wrong; warnings may be lived with."""
    return all(check.verdict != "wrong" for check in checks)
