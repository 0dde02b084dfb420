"""The seeded world: the same people and services, as every stand-in sees them."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

SEED = Path(__file__).parents[2] / "config" / "sandbox.yaml"


@dataclass(frozen=True)
class Human:
    """One person, known to up to three systems."""

    key: str
    name: str
    email: str
    slack: str
    title: str = ""
    team: str = "T0ACME"
    deleted: bool = False
    is_restricted: bool = False
    servicenow: bool = True
    """Has a ServiceNow account."""
    jira: bool = True

    @property
    def sys_id(self) -> str:
        return sys_id_of("sys_user", self.key)

    @property
    def account_id(self) -> str:
        return f"712020:{sys_id_of('jira', self.key)}"


@dataclass(frozen=True)
class World:
    """The seed file, people typed, the rest as written there."""

    people: dict[str, Human]
    raw: dict[str, Any] = field(repr=False)

    def __getitem__(self, part: str) -> Any:
        return self.raw[part]


def load_world(path: Path = SEED) -> World:
    raw = yaml.safe_load(path.read_text())
    people = {key: Human(key=key, **facts) for key, facts in raw["people"].items()}
    return World(people=people, raw=raw)


def sys_id_of(table: str, name: str) -> str:
    """A stable 32-hex id, so that two starts of the sandbox know the same people."""
    return hashlib.md5(f"{table}/{name}".encode(), usedforsecurity=False).hexdigest()
