"""The runbook: what each alarm means, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Advice:
    """On one alarm, for somebody who was just woken by it."""

    means: str
    do: tuple[str, ...]
    """Steps, in order. ``{change}`` stands for the number of the change it is about."""


@dataclass(frozen=True)
class Alert:
    """A rule for Prometheus, as an example, and what to do when it fires."""

    expr: str
    means: str
    do: tuple[str, ...]
    lasts: str = "0m"
    """So long it has to hold, in Prometheus' words."""
    severity: str = "page"


@dataclass(frozen=True)
class Runbook:
    """All there is to be alarmed about."""

    alarms: Mapping[str, Advice]
    """By the kind of the finding that managers are told of in Slack."""
    alerts: Mapping[str, Alert]
    """By the name of the rule."""
