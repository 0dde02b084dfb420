"""Whatever is thrown at it, the stand-in refuses in Jira's words and never falls over."""

from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from integrations.jira.sandbox.adf import is_document
from integrations.jira.sandbox.errors import Refused
from integrations.jira.sandbox.jql import read_query
from integrations.jira.sandbox.richtext import document_of, text_of
from tests.integrations.jira.apps import app_of
from tests.integrations.jira.conftest import RunningJira

WORDS = [
    "key",
    "project",
    "in",
    "not",
    "(",
    ")",
    ",",
    "=",
    "!=",
    "and",
    "or",
    "order",
    "by",
    "'",
    '"',
    "PAY-1",
    "\\",
    "is",
]
FIELDS = ["key", "project", "status", "assignee", "fixVersion", "parent", "updated", "resolved", "text", "labels", "x"]
OPERANDS = """
PAY-101 | empty | not empty | currentUser() | (currentUser(), PAY-101) | -1d | '-1w 2d' | startOfDay('-1d')
| endOfMonth()
| releasedVersions(PAY) | membersOf() | now() | ('2026-11-23 10:00') | Unresolved | 'a b' | latestReleasedVersion()
| (empty, Done) | startOfWeek(-99999999) | '-99999999999w'
"""
VALUES = st.sampled_from([value.strip() for value in OPERANDS.split("|")])
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
MEMBERS = """
body visibility properties type value key object title url icon status fields update transition id ids jql comment
add set issueIdsOrKeys version content text marks attrs doc paragraph application globalId
project issuetype summary labels fixVersions assignee parent description remove name released releaseDate
events webhooks jqlFilter filters webhookIds issues issueID accountId PAY Task deployments associations values
pipeline environment commands state public
"""
NAMES = st.sampled_from(MEMBERS.split())
JSON = st.recursive(
    SCALARS | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
ADDRESSES = [
    ("POST", "/issue/PAY-101/remotelink"),
    ("POST", "/issue/PAY-101/comment"),
    ("POST", "/issue/OPS-7/transitions"),
    ("POST", "/issue/bulkfetch"),
    ("POST", "/search/jql"),
    ("POST", "/comment/list"),
    ("PUT", "/issue/PAY-101/properties/mark"),
    ("POST", "/issue"),
    ("PUT", "/issue/PAY-101"),
    ("PUT", "/issue/PAY-101/assignee"),
    ("POST", "/version"),
    ("POST", "/issue/properties/multi"),
    ("POST", "/../../webhooks/1.0/webhook"),
    ("POST", "/../../servicedeskapi/request/PAY-101/comment"),
]
APP_ADDRESSES = [
    ("POST", "/rest/api/3/webhook"),
    ("PUT", "/rest/api/3/webhook/refresh"),
    ("DELETE", "/rest/api/3/webhook"),
    ("POST", "bulk"),
]


@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=3), max_size=12).map(" ".join))
@example("key in (")
@example("not")
@example("order by")
def test_any_query_is_read_or_refused(text: str) -> None:
    try:
        read_query(text)
    except Refused as refusal:
        assert refusal.status == 400
        assert refusal.body["errorMessages"]


@given(JSON)
def test_what_counts_as_a_document_can_be_shown_as_text(body: Any) -> None:
    if is_document(body):
        assert is_document(document_of(text_of(body))) or text_of(body) == ""


@pytest.mark.parametrize("version", ["2", "3"])
@given(where=st.sampled_from(ADDRESSES), body=JSON)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_body_is_taken_or_refused(jira: RunningJira, version: str, where: tuple[str, str], body: Any) -> None:
    jira.standin.switches.update(limits_writes=False, burst_capacity=0, is_admin=True)
    method, path = where

    assert jira.call(method, path, body, version=version).status_code < 500


@given(where=st.sampled_from(APP_ADDRESSES), body=JSON)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_body_of_an_app_is_taken_or_refused(jira: RunningJira, where: tuple[str, str], body: Any) -> None:
    jira.standin.switches.update(burst_capacity=0)
    app, (method, path) = app_of(jira), where
    gateway = f"/ex/jira/{app.cloud_id}{path}"
    if path == "bulk":
        gateway = f"/jira/deployments/0.1/cloud/{app.cloud_id}/bulk"

    assert app.ask(method, gateway, body).status_code < 500


@given(st.sampled_from(FIELDS), st.sampled_from(["=", "!=", ">", "<=", "~", "in", "not in", "is"]), VALUES)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_clause_is_answered_or_refused(jira: RunningJira, field: str, operator: str, value: str) -> None:
    jira.standin.switches.update(burst_capacity=0)
    answer = jira.call("POST", "/search/jql", {"jql": f"{field} {operator} {value}", "fields": ["key"]})

    assert answer.status_code in (200, 400)
