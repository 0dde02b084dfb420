"""What pipelines told Jira of their deployments, and what the gate says to each."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Key = tuple[str, str, int]
"""Pipeline, environment, sequence number of the deployment: together they name one."""


@dataclass
class Deployment:
    """The newest that was told of one deployment."""

    key: Key
    facts: dict[str, Any]
    issue_keys: tuple[str, ...]
    gate: str = ""
    """awaiting, allowed, prevented or invalid; empty where no gate was asked for."""
    request: str = ""
    """The change request that the gate goes by."""
    decided: datetime | None = None


@dataclass
class Deployments:
    """All of them, by their key."""

    by_key: dict[Key, Deployment] = field(default_factory=dict)
