"""ServiceNow's words and ours, without a wire."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.change.model import Kind, Level, Risk, RowState, State, Window
from integrations.servicenow import fields
from tests.integrations.servicenow.client_rig import MORNING, a_change, a_plan


def columns(**plan: Any) -> dict[str, str]:
    return fields.columns_of(a_plan(**plan), a_change(), requested_by="u1", ci="c1", group="g1")


def test_every_state_has_one_value_and_review_is_zero() -> None:
    assert set(fields.STATE_VALUES) == set(State)
    assert len(set(fields.STATE_VALUES.values())) == len(State)
    assert fields.state_of("0") is State.REVIEW


@pytest.mark.parametrize("value", ["-5", "-5.0", " -5 "])
def test_a_state_is_read_from_any_number(value: str) -> None:
    assert fields.state_of(value) is State.NEW


@pytest.mark.parametrize("value", ["", "1", "assess", "nan", "99"])
def test_an_unknown_state_is_never_guessed(value: str) -> None:
    with pytest.raises(ValueError):  # whichever conversion notices
        fields.state_of(value)


@pytest.mark.parametrize(
    ("value", "state"),
    [
        ("not requested", RowState.NOT_REQUESTED),
        ("requested", RowState.REQUESTED),
        ("not_required", RowState.NOT_REQUIRED),
        ("cancelled", RowState.CANCELED),
        ("not_entitled", RowState.OTHER),
        ("duplicate", RowState.OTHER),
        ("", RowState.OTHER),
    ],
)
def test_row_states(value: str, state: RowState) -> None:
    assert fields.row_of({"state": value}).state is state


def test_a_plan_becomes_columns_and_never_a_state() -> None:
    found = columns()

    assert found["short_description"] == "Deploy payments 2.4.1 to production"
    assert (found["risk"], found["impact"]) == ("3", "2")
    assert (found["start_date"], found["end_date"]) == ("2026-03-02 09:00:00", "2026-03-02 13:00:00")
    assert (found["cmdb_ci"], found["assignment_group"], found["requested_by"]) == ("c1", "g1", "u1")
    assert found["correlation_id"] == f"cabbie-{'5e' * 20}"
    assert not {"state", "approval"} & found.keys()


def test_times_are_told_in_utc_whatever_zone_they_come_in() -> None:
    berlin = timezone(timedelta(hours=2))

    found = columns(window=Window(datetime(2026, 7, 1, 0, 30, tzinfo=berlin), MORNING))

    assert found["start_date"] == "2026-06-30 22:30:00"


def test_those_affected_and_the_reasons_of_the_risk_are_in_the_analysis_once() -> None:
    found = columns(risk=Risk(Level.HIGH, ("touches payments", "Friday")), risk_impact="It touches payments.")

    analysis = found["risk_impact_analysis"]
    assert analysis.count("touches payments") == 1
    assert "Affected: Everybody who pays by card." in analysis
    assert "Risk is high: Friday." in analysis


def test_what_is_too_long_is_cut_and_shows_it() -> None:
    found = columns(short_description="x" * 500, description="y" * 10_000)

    assert len(found["short_description"]) == 160
    assert len(found["description"]) == 4000
    assert found["short_description"].endswith("…")


def test_an_emoji_counts_twice_and_is_never_cut_in_half() -> None:
    cut = fields.cut("🚀" * 100, 160)

    assert cut == "🚀" * 79 + "…"


def test_a_title_is_one_line() -> None:
    assert columns(short_description="Deploy\r\npayments\t\n 2.4.1 ")["short_description"] == "Deploy payments 2.4.1"


@given(st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=300), st.integers(1, 200))
def test_safe_text_can_always_be_sent_and_fits(value: str, limit: int) -> None:
    found = fields.cut(fields.safe(value), limit)

    assert len(found.encode("utf-16-le")) <= 2 * limit
    assert not set(found) & {"\x00", "\x1b", "\r", "\u202e", "\u2067", "\u200f"}


def test_text_cannot_turn_its_reading_direction() -> None:
    assert fields.text("pay\u202ements\u200f \x1b[31mred\x00") == "payments [31mred"


def test_a_journal_cannot_smuggle_html() -> None:
    assert fields.journal("[code]<b>x</b>[/CODE]") == "(code)<b>x</b>(/CODE)"


SHAPES = [
    {"sys_id": "a1", "state": "-5", "on_hold": "true", "impact": "2", "empty": ""},
    {"sys_id": "a1", "state": -5, "on_hold": True, "impact": 2.0, "empty": None},
    {
        "sys_id": {"display_value": "a1", "value": "a1"},
        "state": {"display_value": "New", "value": -5.0},
        "on_hold": {"display_value": "true", "value": True},
        "impact": {"display_value": "2 - Medium", "value": 2},
        "empty": {"display_value": "UNKNOWN", "value": ""},
    },
    {
        "sys_id": "a1",
        "state": {"display_value": "New", "value": "-5"},
        "on_hold": {"display_value": "true", "value": "true"},
        "impact": {"link": "https://x", "value": "2"},
        "empty": {"display_value": "", "value": None},
        "__meta": {"ignoredFields": ["x"]},
    },
]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("wrap", [lambda row: row, lambda row: [row]])
def test_every_shape_of_a_record_reads_the_same(shape: dict[str, Any], wrap: Any) -> None:
    assert fields.unwrap(wrap(shape)) == {"sys_id": "a1", "state": "-5", "on_hold": "true", "impact": "2", "empty": ""}


@pytest.mark.parametrize("nothing", [[], None, "worker-id", 5])
def test_no_record_reads_as_nothing(nothing: Any) -> None:
    assert fields.unwrap(nothing) == {}


def test_ignored_fields_are_found_in_either_shape() -> None:
    meta = {"__meta": {"ignoredFields": ["no_such_field"]}}

    assert fields.ignored_fields(meta) == fields.ignored_fields([meta]) == {"no_such_field"}
    assert (
        fields.ignored_fields({"__meta": None})
        == fields.ignored_fields([])
        == fields.ignored_fields("x")
        == frozenset()
    )


def test_texts_differ_by_more_than_line_ends() -> None:
    assert fields.is_same_text("a\nb ", "a\r\nb")
    assert not fields.is_same_text("a", "A")
    assert not fields.is_same_text("", None), "what may not be read is not known to be empty"


def test_a_rollback_says_so_where_the_change_came_from() -> None:
    found = fields.columns_of(a_plan(), a_change(kind=Kind.ROLLBACK), requested_by="u", ci="c", group="g")

    assert found["correlation_display"] == "Cabbie: Roll back payments 2.4.1 to production"
