"""Whose traffic counts, and what of it."""

from typing import Any

import pytest

from integrations.standin.diary import SENDER
from tests.traffic.check import CHECKERS, check_traffic, complaints

BAD: dict[str, Any] = {
    "call": "GET /api/now/nonsense", "method": "GET", "path": "/api/now/nonsense", "query": "", "body": "",
    "status": 400, "answer": "", "answer_type": "", "fault": "", "headers": {}, "cut": [],
}  # fmt: skip
UNANSWERED = {
    **BAD, "call": "GET", "path": "/api/sn_chg_rest/v1/change/0bb3c10e41b03f3a86aa1499357ebdea/nextstates",
}  # fmt: skip


def told(**facts: Any) -> list[str]:
    return list(complaints("servicenow", [BAD | facts]))


def test_a_violation_fails_with_system_call_and_how_often() -> None:
    with pytest.raises(AssertionError, match=r"servicenow: GET /api/now/nonsense: .*  \(×2\)"):
        check_traffic({"servicenow": [BAD, BAD], "slack": [], "jira": []})


def test_all_three_systems_are_checked() -> None:
    assert CHECKERS.keys() == {"slack", "jira", "servicenow"}
    check_traffic({system: [] for system in CHECKERS})


def test_what_a_test_sends_itself_and_says_so_does_not_count() -> None:
    assert told()
    assert not told(headers={SENDER: "test"})


def test_a_person_who_looks_at_a_page_does_not_count() -> None:
    assert not told(headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64)"})
    assert told(headers={"user-agent": "python-requests/2.34"})


def test_an_answer_of_a_fault_is_not_held_against_the_stand_in() -> None:
    for fault in ("answer", "answer_after", "truncate", "drop_after"):
        assert not list(complaints("servicenow", [UNANSWERED | {"fault": fault}]))
    for fault in ("", "delay", "pause_after"):
        assert list(complaints("servicenow", [UNANSWERED | {"fault": fault}]))


def test_a_request_without_an_answer_is_checked_all_the_same() -> None:
    assert told(status=None, fault="drop_before")
    assert not list(complaints("servicenow", [UNANSWERED | {"status": None}]))


def test_what_was_cut_is_told_instead_of_guessed() -> None:
    assert told(cut=["answer"]) == [
        "servicenow: GET /api/now/nonsense: answer too long to be kept, so nothing is known of it"
    ]
