"""Hearing what changed in ServiceNow: nothing missed, nothing told twice, nothing lost by a crash."""

import pytest

from tests.integrations.servicenow.client_rig import asked, changes_of, diary, opened
from tests.integrations.servicenow.conftest import Servicenow


def test_at_first_everything_is_news_and_then_nothing(snow: Servicenow) -> None:
    changes = changes_of(snow)
    ids = [opened(changes).sys_id, asked(changes, key="0f" * 32).sys_id]

    news, watermark = changes.changed_since(ids, "")
    later, same = changes.changed_since(ids, watermark)

    assert news == set(ids)
    assert later == frozenset()
    assert same == watermark


def test_what_happens_in_the_same_second_is_heard_once(snow: Servicenow) -> None:
    changes = changes_of(snow)
    first, second = opened(changes).sys_id, opened(changes, key="0f" * 32).sys_id
    _, watermark = changes.changed_since([first, second], "")

    changes.amend(first, description="Another word.")
    news, watermark = changes.changed_since([first, second], watermark)
    quiet, watermark = changes.changed_since([first, second], watermark)

    assert news == {first}
    assert quiet == frozenset()


def test_a_decision_given_in_servicenow_is_heard_as_its_change(snow: Servicenow) -> None:
    snow.switch(quorum={"Payments Engineering": "all"})
    changes = changes_of(snow)
    record = asked(changes)
    before = changes.read(record.sys_id).mod_count
    _, watermark = changes.changed_since([record.sys_id], "")

    snow.approve(record.sys_id, "ada")

    assert changes.read(record.sys_id).mod_count == before
    assert changes.changed_since([record.sys_id], watermark)[0] == {record.sys_id}


def test_an_answer_that_nobody_kept_is_told_again(snow: Servicenow) -> None:
    changes = changes_of(snow)
    sys_id = opened(changes).sys_id
    _, watermark = changes.changed_since([sys_id], "")
    changes.amend(sys_id, description="Another word.")

    first = changes.changed_since([sys_id], watermark)
    again = changes_of(snow).changed_since([sys_id], watermark)

    assert first == again


def test_changes_not_asked_about_are_not_told(snow: Servicenow) -> None:
    changes = changes_of(snow)
    mine, other = opened(changes).sys_id, asked(changes, key="0f" * 32).sys_id

    news, _ = changes.changed_since([mine], "")

    assert other not in news


def test_nothing_asked_nothing_called(snow: Servicenow) -> None:
    assert changes_of(snow).changed_since([], "2026-03-02 09:00:00|") == (frozenset(), "2026-03-02 09:00:00|")
    assert diary(snow) == []


@pytest.mark.parametrize(
    "watermark", ["nonsense", "2026-13-45 99:00:00|", "0001-01-01 00:00:00|", "^ORactive=true|x@y"]
)
def test_a_watermark_that_is_none_means_from_the_beginning(snow: Servicenow, watermark: str) -> None:
    changes = changes_of(snow)
    sys_id = opened(changes).sys_id

    assert changes.changed_since([sys_id], watermark)[0] == {sys_id}


def test_only_what_is_young_is_asked_for(snow: Servicenow) -> None:
    changes = changes_of(snow)
    sys_id = opened(changes).sys_id

    news, watermark = changes.changed_since([sys_id], "2999-01-01 00:00:00|")

    assert news == frozenset()
    assert watermark == "2999-01-01 00:00:00|"
    assert "2998-12-31+23%3A58%3A00" in diary(snow, "GET /api/now/table/change_request")[-1]["query"]


def test_a_time_that_may_not_be_read_is_always_news(snow: Servicenow) -> None:
    snow.switch(hidden_fields={"change_request": ["sys_updated_on"]})
    changes = changes_of(snow)
    sys_id = opened(changes).sys_id

    news, watermark = changes.changed_since([sys_id], "")

    assert news == changes.changed_since([sys_id], watermark)[0] == {sys_id}
