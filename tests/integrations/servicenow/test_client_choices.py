"""Where instances differ in what they store: the numbers of a risk, and how long a title may be."""

import pytest

from bot.change.model import Level, Risk
from integrations.servicenow.lookups import risk_value
from tests.integrations.servicenow.client_rig import LINUS, a_change, a_plan, changes_of, diary, opened
from tests.integrations.servicenow.conftest import Servicenow
from tests.integrations.servicenow.test_client_doctor import answers, as_admin

LONG_TITLE = "Deploy payments 2.4.1, which has a name that nobody can say in one breath, to production"
CHOICES = "GET /api/now/table/sys_choice"


@pytest.mark.parametrize(
    ("scale", "level", "value"),
    [
        ("2-4", Level.LOW, "4"),
        ("2-4", Level.MODERATE, "3"),
        ("2-4", Level.HIGH, "2"),
        ("1-3", Level.LOW, "3"),
        ("1-3", Level.MODERATE, "2"),
        ("1-3", Level.HIGH, "1"),
    ],
)
def test_a_risk_is_written_as_the_instance_numbers_it(snow: Servicenow, scale: str, level: Level, value: str) -> None:
    snow.switch(risk_scale=scale)

    record = opened(changes_of(snow), risk=Risk(level, ()))

    assert record.fields["risk"] == value


def test_the_choices_are_asked_for_once(snow: Servicenow) -> None:
    changes = changes_of(snow)
    for key in ("5e" * 32, "6f" * 32):
        changes.differences(opened(changes, key), a_plan(), a_change(key), LINUS)

    assert len(diary(snow, CHOICES)) == 1


@pytest.mark.parametrize("hidden", [["value"], ["label"], ["element"]])
def test_an_instance_that_does_not_show_its_choices_has_those_of_the_base_system(
    snow: Servicenow, hidden: list[str]
) -> None:
    snow.switch(hidden_fields={"sys_choice": hidden})

    assert opened(changes_of(snow)).fields["risk"] == "3"


def test_a_label_borne_twice_decides_nothing() -> None:
    assert risk_value({"7": "Moderate", "8": "moderate"}, Level.MODERATE) == "3"
    assert risk_value({"7": "Moderate", "8": "Very High"}, Level.MODERATE) == "7"
    assert risk_value({}, Level.HIGH) == "2"


def test_the_doctor_takes_either_scale_for_good(snow: Servicenow) -> None:
    snow.switch(risk_scale="1-3")

    assert answers(changes_of(snow))["risk values"].verdict == "good"


def test_the_doctor_misses_a_risk_that_is_not_there(snow: Servicenow) -> None:
    for row in as_admin(snow, "GET", "sys_choice", sysparm_query="name=change_request^element=risk^value=4"):
        as_admin(snow, "PATCH", f"sys_choice/{row['sys_id']}", {"inactive": "true"})

    check = answers(changes_of(snow))["risk values"]

    assert (check.verdict, "low (4)" in check.found) == ("wrong", True)


def test_a_title_that_was_cut_is_kept_all_the_same(snow: Servicenow) -> None:
    snow.switch(short_description_length=40)
    changes = changes_of(snow)

    record = opened(changes, short_description=LONG_TITLE)

    assert record.fields["short_description"] == LONG_TITLE[:40]
    assert changes.differences(record, a_plan(short_description=LONG_TITLE), a_change(), LINUS) == ()


@pytest.mark.parametrize("length", [0, 10, 30])
def test_a_title_cut_to_nothing_is_not(snow: Servicenow, length: int) -> None:
    snow.switch(short_description_length=length)
    changes = changes_of(snow)

    record = opened(changes, short_description=LONG_TITLE)

    lost = changes.differences(record, a_plan(short_description=LONG_TITLE), a_change(), LINUS)
    assert lost == ("short_description",)


def test_another_title_is_not_ours(snow: Servicenow) -> None:
    changes = changes_of(snow)
    record = opened(changes, short_description=f"Another one: {LONG_TITLE}")

    lost = changes.differences(record, a_plan(short_description=LONG_TITLE), a_change(), LINUS)

    assert lost == ("short_description",)


def test_nothing_else_may_be_cut(snow: Servicenow) -> None:
    changes = changes_of(snow)
    record = opened(changes, backout="Roll back to 2.4.0, and then tell everybody about it.")

    plan = a_plan(backout="Roll back to 2.4.0, and then tell everybody about it. Twice.")

    assert changes.differences(record, plan, a_change(), LINUS) == ("backout_plan",)
