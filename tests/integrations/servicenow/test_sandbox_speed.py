"""A full instance is not slower than an empty one: what is asked for often is found by index."""

import pytest

from integrations.servicenow.sandbox import open_instance
from integrations.servicenow.sandbox.data import query as encoded
from integrations.servicenow.sandbox.data.finding import candidates
from integrations.servicenow.sandbox.data.schema import column_at
from integrations.servicenow.sandbox.data.store import SYSTEM
from integrations.servicenow.sandbox.instance import Instance
from integrations.standin.secrets import invent
from integrations.standin.wire import Standin
from integrations.standin.world import load_world

TASKS_EACH, APPROVERS_EACH = 3, 4


def filled(changes: int) -> tuple[Instance, Standin]:
    """An instance with so many changes, four approver rows and three tasks each."""
    inst, standin = open_instance(load_world(), invent())
    users = [user.sys_id for user in inst.store.rows("sys_user")[:APPROVERS_EACH]]
    for number in range(changes):
        about = {"short_description": f"Deploy {number}", "correlation_id": f"cabbie-{number:040x}"}
        change = inst.store.insert("change_request", about, SYSTEM)
        for user in users:
            row = {"sysapproval": change.sys_id, "approver": user, "state": "requested"}
            inst.store.insert("sysapproval_approver", {**row, "source_table": "change_request"}, SYSTEM)
        for _ in range(TASKS_EACH):
            inst.store.insert("change_task", {"change_request": change.sys_id, "parent": change.sys_id}, SYSTEM)
    return inst, standin


def looked_at(inst: Instance, table: str, text: str) -> int:
    query = encoded.parse(text, lambda path: column_at(table, path) is not None, lambda script: None)
    return len(candidates(inst, table, query))


@pytest.fixture(scope="module")
def full() -> Instance:
    return filled(50)[0]


@pytest.mark.parametrize(
    ("table", "query", "rows"),
    [
        ("change_request", f"correlation_id=cabbie-{7:040x}", 1),
        ("change_request", f"correlation_id=CABBIE-{7:040x}", 1),
        ("change_request", "number=CHG0030007", 1),
        ("change_request", f"active=true^correlation_idINcabbie-{7:040x},cabbie-{8:040x}", 2),
        ("change_request", "number=CHG0030007^ORnumber=CHG0030009^state=-5", 2),
        ("change_request", "number=CHG0030007^NQnumber=CHG0030009", 2),
        ("task", "number=CHG0030007", 1),
        ("change_request", "number=CHG0030007^NQshort_descriptionLIKEdeploy", 50),
        ("change_request", "number=CHG0030007^ORstate=-5", 50),
        ("change_request", "state=-5", 50),
        ("change_request", "numbr=CHG0030007", 50),
    ],
)
def test_only_rows_that_an_index_names_are_looked_at(full: Instance, table: str, query: str, rows: int):
    assert looked_at(full, table, query) == rows


def test_a_poll_looks_at_the_rows_of_its_changes_only(full: Instance):
    ids = ",".join(change.sys_id for change in full.store.rows("change_request")[:3])

    rows = looked_at(full, "sysapproval_approver", f"sysapprovalIN{ids}^sys_updated_on>=2020-01-01 00:00:00")

    assert rows == 3 * APPROVERS_EACH


def test_an_index_follows_what_is_written(full: Instance):
    change = full.store.rows("change_request")[11]
    full.store.update(change, {"correlation_id": "moved"}, SYSTEM)

    found = looked_at(full, "change_request", "correlation_id=moved")
    before = looked_at(full, "change_request", f"correlation_id=cabbie-{11:040x}")
    full.store.delete(full.store.insert("change_request", {"correlation_id": "brief"}, SYSTEM))

    assert (found, before, looked_at(full, "change_request", "correlation_id=brief")) == (1, 0, 0)


def test_rows_found_by_index_come_oldest_first(full: Instance):
    changes = full.store.rows("change_request")
    for change in (changes[30], changes[20], changes[40]):
        full.store.update(change, {"category": "Hardware"}, SYSTEM)

    found = full.store.where("change_request", category="Hardware")

    assert [change["number"] for change in found] == [changes[at]["number"] for at in (20, 30, 40)]
