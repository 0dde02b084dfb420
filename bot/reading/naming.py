"""What the name of a job, an app or a workload says of service and environment."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.change.model import Kind
from bot.reading.compiled import Named

SEPARATORS = re.compile(r"\s*(?:»|›|::|/|>)\s*")
PLAIN_WORDS = re.compile(r"[^a-z0-9]+")
BACK = frozenset({"rollback", "rollbacks", "revert", "undeploy"})
LONGEST_NAME = 300


@dataclass(frozen=True)
class NameSays:
    service: str = ""
    environment: str = ""
    kind: Kind = Kind.DEPLOY


def read_job(name: str, rules: Sequence[Named], not_deploys: Iterable[str]) -> NameSays | None:
    """What a job's name says; None when it is no deploy's name."""
    for part in _parts(name):
        if (says := _first(part, rules)) and not _is_something_else(part, says, not_deploys):
            return says
    return None


def read_app(name: str, rules: Sequence[Named]) -> NameSays:
    """What an app's name says; the name itself is the service when no rule knows better."""
    return _first(_lower(name), rules) or NameSays(service=_lower(name))


def read_by(name: str, rules: Sequence[Named]) -> NameSays | None:
    """What the first of these rules says; None when none matches."""
    return _first(_lower(name), rules)


def _parts(name: str) -> list[str]:
    """The whole name, and the last of its folders or steps ("shop » deploy", "Release #11 / deploy")."""
    whole = _lower(name)
    return list(dict.fromkeys([whole, SEPARATORS.split(whole)[-1]]))


def _lower(name: str) -> str:
    return " ".join(name[:LONGEST_NAME].lower().split())


def _first(name: str, rules: Sequence[Named]) -> NameSays | None:
    for rule in rules:
        if found := rule.pattern.fullmatch(name):
            groups = found.groupdict()
            return NameSays(
                service=rule.name.service or groups.get("service") or "",
                environment=rule.name.environment or groups.get("environment") or "",
                kind=Kind.ROLLBACK if BACK & _words(name) or "roll-back" in name else Kind.DEPLOY,
            )
    return None


def _is_something_else(name: str, says: NameSays, not_deploys: Iterable[str]) -> bool:
    """ "deploy-tests" deploys nothing; "deploy-checkout-test" does, to test."""
    words = PLAIN_WORDS.split(name.removesuffix(says.environment) if says.environment else name)
    return bool(set(words) & set(not_deploys))


def _words(name: str) -> set[str]:
    return set(PLAIN_WORDS.split(name))
