"""One request that reached a stand-in and what it answered, as a checker looks at it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from integrations.standin.diary import SENDER

OWN_ANSWER = ("", "delay", "delay_after", "pause_before", "pause_after")
"""Faults that leave the stand-in's answer as it is; after the others it is the fault that speaks."""
BROWSERS = "Mozilla/"
"""People look at the systems' pages too."""


@dataclass(frozen=True)
class Call:
    """A diary entry."""

    name: str
    method: str
    path: str
    query: str = ""
    body: str = ""
    status: int | None = None
    answer: str = ""
    answer_type: str = ""
    fault: str = ""
    headers: Mapping[str, str] = ()  # type: ignore[assignment]  # an empty tuple has no members either
    cut: tuple[str, ...] = ()

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> "Call":
        names = ("method", "path", "query", "body", "status", "answer", "answer_type", "fault", "headers")
        return cls(entry["call"], **{name: entry[name] for name in names}, cut=tuple(entry["cut"]))

    @property
    def is_ours(self) -> bool:
        """Neither a test's own, which says so, nor a person's browser."""
        return SENDER not in self.headers and not self.header("user-agent").startswith(BROWSERS)

    @property
    def is_answered(self) -> bool:
        """By the stand-in itself."""
        return self.status is not None and self.fault in OWN_ANSWER

    def header(self, name: str) -> str:
        return dict(self.headers).get(name, "")

    @property
    def media(self) -> str:
        """The body's kind, without its charset."""
        return self.header("content-type").partition(";")[0].strip().lower()

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Of the URL."""
        return parse_qsl(self.query, keep_blank_values=True)

    @property
    def form(self) -> list[tuple[str, str]]:
        return parse_qsl(self.body, keep_blank_values=True)

    @cached_property
    def sent(self) -> Any:
        """The body's JSON. Raises: ValueError."""
        return json.loads(self.body)

    @cached_property
    def given(self) -> Any:
        """The answer's JSON. Raises: ValueError."""
        return json.loads(self.answer)
