"""How risky a deploy is, and why: the card, the change and the ledger all show the same reasons."""

from collections.abc import Callable
from datetime import datetime

from bot.change.model import Kind, Level, Release, Risk
from bot.change.policy import Service

ORDER = (Level.LOW, Level.MODERATE, Level.HIGH)
MANY_COMMITS = 50

Rule = tuple[Level, Callable[[Service, Release, Kind, datetime], str]]


def _is_big(_: Service, release: Release, __: Kind, ___: datetime) -> str:
    return f"{release.commits} commits at once" if release.commits > MANY_COMMITS else ""


def _has_orphans(_: Service, release: Release, __: Kind, ___: datetime) -> str:
    count = release.commits_without_story_count
    return f"{count} commit{'s' if count != 1 else ''} without a story" if count else ""


def _has_no_base(_: Service, release: Release, kind: Kind, __: datetime) -> str:
    return "no last good version is known" if not release.base_sha and kind is Kind.DEPLOY else ""


def _is_late_in_the_week(_: Service, __: Release, ___: Kind, start: datetime) -> str:
    return (
        "starts on a weekend or a Friday afternoon (UTC)" if start.weekday() > 4 or _is_friday_afternoon(start) else ""
    )


def _is_friday_afternoon(start: datetime) -> bool:
    return start.weekday() == 4 and start.hour >= 14


RULES: tuple[Rule, ...] = (
    (Level.HIGH, _is_big),
    (Level.MODERATE, _has_orphans),
    (Level.HIGH, _has_no_base),
    (Level.HIGH, _is_late_in_the_week),
)


def assess(service: Service, release: Release, kind: Kind, start: datetime) -> Risk:
    """Never lower than the service's own level; each reason that raises it is named."""
    found = [(level, reason) for level, rule in RULES if (reason := rule(service, release, kind, start))]
    level = max((service.risk, *(level for level, _ in found)), key=ORDER.index)
    floor = [f"{service.service} is never below {service.risk}"] if service.risk is not Level.LOW else []
    return Risk(level=level, reasons=(*floor, *(reason for _, reason in found)) or ("nothing raises it",))
