"""Whatever is thrown at it, the stand-in refuses in Jira's words and never falls over."""

from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from integrations.jira.sandbox.errors import Refused
from integrations.jira.sandbox.jql import read_query
from integrations.jira.sandbox.richtext import document_of, is_document, text_of
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
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
MEMBERS = """
body visibility properties type value key object title url icon status fields update transition id ids jql comment
add set issueIdsOrKeys version content text marks attrs doc paragraph application globalId
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
    jira.standin.switches["limits_writes"] = False
    method, path = where

    assert jira.call(method, path, body, version=version).status_code < 500
