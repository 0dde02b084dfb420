"""The gate fails closed: open only when everything says so, and ServiceNow said it lately."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.change.gate import gate
from bot.change.model import Change, Outcome, State
from tests.builders import NOW, change

A_MINUTE = timedelta(minutes=1)
SHA = "5" * 40


def cleared() -> Change:
    found = change(state=State.IMPLEMENT, cleared_until=NOW + timedelta(hours=2), on_hold=False, outcome=None)
    assert found.release is not None
    return replace(found, seen_at=NOW - timedelta(hours=1), release=replace(found.release, sha=SHA))


def is_open(found: Change | None, *, sha: str = "", asked_before: timedelta | None = timedelta(0)) -> bool:
    asked_at = None if asked_before is None else NOW - asked_before
    return gate(found, sha=sha, now=NOW, asked_at=asked_at, patience=A_MINUTE).is_open


def test_it_is_open_for_what_is_cleared():
    assert is_open(cleared(), sha=SHA)
    assert is_open(cleared(), sha=SHA[:7])


@pytest.mark.parametrize(
    "facts",
    [
        {"on_hold": True},
        {"state": State.SCHEDULED},
        {"cleared_until": None},
        {"cleared_until": NOW},
        {"outcome": Outcome.CANCELED},
    ],
)
def test_it_is_shut_for_what_is_not(facts: dict[str, object]):
    assert not is_open(replace(cleared(), **facts), sha=SHA)


def test_it_is_shut_for_another_sha_and_for_no_change():
    assert not is_open(cleared(), sha="6" * 40)
    assert not is_open(cleared(), sha=SHA[:6])
    assert not is_open(None)


def test_it_is_shut_while_servicenow_does_not_answer():
    assert not is_open(cleared(), asked_before=timedelta(minutes=2))
    assert not is_open(cleared(), asked_before=None)
    assert is_open(replace(cleared(), seen_at=NOW), asked_before=timedelta(minutes=2))
