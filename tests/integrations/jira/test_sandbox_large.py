"""A site with very many issues: what names its issues looks at those alone."""

from collections.abc import Iterator

import pytest

from integrations.jira.sandbox.caller import Caller
from integrations.jira.sandbox.jql import read_query
from integrations.jira.sandbox.jql_match import candidates, find
from integrations.jira.sandbox.models import Issue
from integrations.jira.sandbox.search import searchable
from integrations.jira.sandbox.seeds import SEEDED, store_of
from integrations.jira.sandbox.site import Site
from integrations.jira.sandbox.view import View
from integrations.standin.secrets import invent
from integrations.standin.world import load_world

MANY = 5000


@pytest.fixture(scope="module")
def view() -> View:
    site = Site(store_of(load_world()), invent())
    for number in range(1000, 1000 + MANY):
        site.store.add(f"CHK-{number}", at=SEEDED, summary="One of many", type="Task", status="Done")
    return View(site, Caller(site.account), "2", "https://acme.example")


def looked_at(view: View, jql: str) -> Iterator[Issue]:
    ids = candidates(view, read_query(jql).where)
    return view.store.as_indexed(0.0, among=ids)


@pytest.mark.parametrize(
    ("jql", "most"),
    [
        ("key = PAY-101", 1),
        ("key in (PAY-101, CHK-1000, NOPE-1)", 2),
        ("issuekey = OLD-7 and status = Done", 1),
        ("id in (10001, 10002) or key = CHK-1001", 3),
        ("project = OPS", 1),
        ("project = CHK and key in (CHK-1000)", 1),
        ("(key = PAY-101 or project = OPS) and text ~ many", 2),
    ],
)
def test_a_query_that_names_looks_at_few(view: View, jql: str, most: int) -> None:
    assert len(list(looked_at(view, jql))) <= most


@pytest.mark.parametrize(
    "jql", ["status = Done", "key = PAY-101 or status = Done", "not key = PAY-101", "key != PAY-1"]
)
def test_a_query_that_names_nothing_looks_at_all(view: View, jql: str) -> None:
    assert len(list(looked_at(view, jql))) > MANY


@pytest.mark.parametrize(
    "jql",
    [
        "key in (PAY-101, CHK-1000, PAY-150) and status = Done",
        "project = PAY and key != PAY-101",
        "project in (PAY, OPS) or key = CHK-1000",
        "not (project = CHK) and statusCategory = Done",
        "key = OLD-7 or key = PAY-99",
    ],
)
def test_few_or_all_find_the_same(view: View, jql: str) -> None:
    query = read_query(jql)
    everything = [i for i in view.store.as_indexed(0.0) if not i.archived and view.may_see(i)]

    found = find(view, query, searchable(view, query))
    assert [issue.key for issue in found] == [issue.key for issue in find(view, query, everything)]
    assert found
