"""One question of the doctor: whatever happens while it is asked, there is an answer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.ports import BadCredentials, Check, Failure, Outage

GOOD, WARNING, WRONG = "good", "warning", "wrong"


@dataclass(frozen=True)
class Question:
    """What is asked, how, and what helps when it cannot even be asked."""

    about: str
    ask: Callable[[], Iterable[Check]]
    fix: str


def answers(question: Question) -> tuple[Check, ...]:
    """Never raises."""
    try:
        return tuple(question.ask())
    except Failure as failure:
        return (Check(question.about, WRONG, _found(failure), _fix(failure, question)),)
    except Exception as error:  # the doctor reports whatever it meets; other people's words stay in the log
        return (Check(question.about, WRONG, f"it broke while it was asked ({type(error).__name__})", question.fix),)


def _found(failure: Failure) -> str:
    return failure.what or type(failure).__name__


def _fix(failure: Failure, question: Question) -> str:
    if isinstance(failure, BadCredentials):
        return f"renew Cabbie's credentials for {failure.system}; see the check of its login"
    if isinstance(failure, Outage):
        return f"see whether {failure.system} is up and can be reached from here, then run `cabbie doctor` again"
    return question.fix
