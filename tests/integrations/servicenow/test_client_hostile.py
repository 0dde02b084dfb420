"""Words that mean harm: they are refused before they are asked, and made harmless before they are written."""

import pytest

from bot.change.model import Verdict
from bot.ports import Declined, NotThere
from tests.integrations.servicenow.client_rig import (
    LINUS,
    PATCH,
    a_change,
    a_plan,
    approvals_of,
    asked,
    changes_of,
    diary,
    opened,
    row_of,
)
from tests.integrations.servicenow.conftest import Servicenow

ASKED = {
    "an or": "x^ORactive=true",
    "a new query": "x^NQactive=true",
    "an order": "^ORDERBYnumber",
    "a script": "javascript:gs.getUserID()",
    "a loud script": " JavaScript:gs.getUserID()",
    "a newline": "x\nactive=true",
    "a null": "x\x00",
    "a line separator": "x\u2028y",
    "half an emoji": "\ud83d",
    "far too long": "x" * 10_000,
}


@pytest.mark.parametrize("value", ASKED.values(), ids=ASKED.keys())
def test_no_value_asks_for_more_than_itself(snow: Servicenow, value: str) -> None:
    changes = changes_of(snow)

    assert changes.users_by_email(value) == ()
    with pytest.raises(Declined):
        changes.find(value)
    with pytest.raises(Declined):
        changes.group_members(value)
    with pytest.raises(Declined):
        changes.create(a_plan(configuration_item=value), a_change(), LINUS)
    with pytest.raises(NotThere):
        changes.approvals([value])
    with pytest.raises(NotThere):
        changes.changed_since([value], "")
    assert diary(snow) == []


@pytest.mark.parametrize("value", ["O'Brien & Söhne", '50% = half, é<>"|', "العربية", "\u202eeno", "-5", "*"])
def test_odd_but_honest_values_are_asked_as_they_are(snow: Servicenow, value: str) -> None:
    changes = changes_of(snow)

    assert changes.find(value) == ()
    assert changes.users_by_email(value) == ()


WRITTEN = {
    "a query": "x^ORactive=true",
    "newlines": "one\r\ntwo\rthree\n\n\nfour",
    "ten thousand characters": "x" * 10_000,
    "ten thousand emoji": "🚀" * 10_000,
    "right to left": "pay\u202estnem\u200f\u2067",
    "control characters": "a\x00b\x1b[31mc\x7f",
    "half an emoji": "\ud83d broken",
    "markup": "<script>alert(1)</script> ${x} {{x}} [code]<b>[/code]",
    "nothing": "",
}


@pytest.mark.parametrize("words", WRITTEN.values(), ids=WRITTEN.keys())
def test_whatever_people_write_arrives_as_we_meant_it(snow: Servicenow, words: str) -> None:
    plan = a_plan(
        short_description=words or "x",
        description=words,
        justification=words,
        implementation=words,
        test=words,
        backout=words,
        affected=words,
        risk_impact=words,
    )
    changes = changes_of(snow)

    record = changes.create(plan, a_change(version=words), LINUS)

    assert changes.differences(record, plan, a_change(version=words), LINUS) == ()
    assert len(record.fields["short_description"]) <= 160
    assert len(record.fields["description"]) <= 4000
    assert not set("".join(record.fields.values())) & set("\x00\x1b\x7f\u202e\u200f\u2067")


@pytest.mark.parametrize("words", WRITTEN.values(), ids=WRITTEN.keys())
def test_whatever_people_write_fits_notes_tasks_and_verdicts(snow: Servicenow, words: str) -> None:
    changes, approvals = changes_of(snow), approvals_of(snow)
    record = asked(changes)

    changes.amend(record.sys_id, work_notes=words)
    changes.create_task(
        record.sys_id, short_description=words, description=words, group="Payments Engineering", correlation_id="k"
    )
    approvals.record(row_of(changes, record.sys_id, "ada").sys_id, Verdict.REJECTED, words)

    assert not [entry for entry in diary(snow, PATCH) if "work_notes" in entry["body"] and "[code]" in entry["body"]]
    assert len(changes.tasks(record.sys_id)) == 1


def test_a_dropped_condition_does_not_turn_others_into_ours(snow: Servicenow) -> None:
    """A column that does not exist is left out of the question, and the rest of the question is answered."""
    changes = changes_of(snow)
    opened(changes)

    rows = changes._connection.rows("change_request", "no_such_column=x", ("sys_id",), limit=1)

    assert len(rows) == 1, "the instance answers with rows nobody asked for: each has to be looked at again"
