"""The checker of Jira's traffic bites, where Atlassian's document is at hand."""

import os
import warnings
from typing import Any

import pytest

from tests.traffic.call import Call
from tests.traffic.calls import jira
from tests.traffic.jira import FOLDER, checker, complaints

needs_the_document = pytest.mark.skipif(
    not os.environ.get(FOLDER), reason=f"{FOLDER} names no folder with Atlassian's document"
)
COMMENT = {"body": "approved", "properties": [{"key": "cabbie.marker", "value": {"marker": "1"}}]}
LINK = {"globalId": "a=1", "relationship": "is changed by", "object": {"url": "https://a.example", "title": "CHG1"}}
FETCH = {"issueIdsOrKeys": ["PAY-1"], "fields": ["summary"]}
SEARCH = {"jql": "id in (1)", "maxResults": 1, "fields": ["id"]}

GOOD = [
    jira("GET", "/myself"),
    jira("POST", "/issue/bulkfetch", FETCH, answer={"issues": [], "issueErrors": []}),
    jira("POST", "/search/jql", SEARCH, answer={"issues": [{"id": "1"}], "isLast": True}),
    jira("POST", "/issue/PAY-1/comment", COMMENT),
    jira("POST", "/issue/PAY-1/remotelink", LINK, status=201, answer={"id": 10000, "self": "https://a.example"}),
    jira("GET", "/issue/PAY-1/remotelink", query="globalId=a", answer={"id": 10000, "object": LINK["object"]}),
    jira("GET", "/issue/PAY-1/comment", query="orderBy=-created&startAt=0&maxResults=100"),
    jira("GET", "/project/search", query="startAt=0&maxResults=50"),
    jira("GET", "/issue/PAY-1", status=404, answer={"errorMessages": ["gone"], "errors": {}}),
    jira("GET", "/issue/PAY-1", status=429, answer="<html>"),
    jira("GET", "/serverInfo", answer={"deploymentType": "Server", "databaseBuildNumber": 10030005}),
    # What the library itself sends, and Jira takes.
    jira("POST", "/search/jql", {**SEARCH, "expand": None, "properties": None}),
    jira("POST", "/issue/PAY-1/transitions", {"transition": {"id": 5}}),
]
BAD = {
    "an address of no API": (jira("GET", "/issue/PAY-1/colour"), "no documented address"),
    "what the library asks before each link": (
        Call("x", "GET", "/rest/applinks/latest/listApplicationlinks"),
        "no documented address",
    ),
    "an unknown parameter": (jira("GET", "/issue/PAY-1", query="colour=red"), "parameter colour is unknown"),
    "a word for a number": (jira("GET", "/issue/PAY-1/comment", query="startAt=first"), "'first' is no integer"),
    "an unknown order": (jira("GET", "/issue/PAY-1/comment", query="orderBy=author"), "not among"),
    "an unknown member": (jira("POST", "/issue/bulkfetch", FETCH | {"colour": 1}), "colour is unknown"),
    "a missing member": (jira("POST", "/issue/bulkfetch", {"fields": []}), "issueIdsOrKeys is missing"),
    "a key as a number": (jira("POST", "/issue/bulkfetch", {"issueIdsOrKeys": [1]}), "1 is no string"),
    "a null elsewhere": (jira("POST", "/issue/bulkfetch", FETCH | {"properties": None}), ".properties: null"),
    "a null in a search": (jira("POST", "/search/jql", SEARCH | {"fields": None}), ".fields: null"),
    "validateQuery in a search": (jira("POST", "/search/jql", SEARCH | {"validateQuery": "none"}), "is unknown"),
    "a transition by name": (jira("POST", "/issue/PAY-1/transitions", {"transition": {"id": ["5"]}}), "is no string"),
    "a document in version 2": (jira("POST", "/issue/PAY-1/comment", {"body": {"type": "doc"}}), "no string"),
    "an empty comment": (jira("POST", "/issue/PAY-1/comment", {"body": ""}), "a comment of 0 characters"),
    "a comment too long": (jira("POST", "/issue/PAY-1/comment", {"body": "x" * 32_768}), "32768 characters"),
    "a body that is none": (jira("GET", "/myself", {"a": 1}), "a body where none is taken"),
    "an answer that says it was malformed": (
        jira("POST", "/issue/bulkfetch", FETCH, status=400, answer={"errorMessages": ["no"], "errors": {}}),
        "refused as malformed",
    ),
    "a status of nobody's": (jira("GET", "/myself", status=418, answer={}), "418 is not among"),
    "an answer with a stranger": (
        jira("POST", "/search/jql", SEARCH, answer={"issues": [], "total": 1}),
        "total is unknown",
    ),
    "a Data Center's number in the cloud": (
        jira("GET", "/serverInfo", answer={"deploymentType": "Cloud", "databaseBuildNumber": 10030005}),
        "databaseBuildNumber is unknown",
    ),
    "an id as a number": (jira("POST", "/search/jql", SEARCH, answer={"issues": [{"id": 1}]}), "1 is no string"),
}


@needs_the_document
@pytest.mark.parametrize("call", GOOD)
def test_what_atlassian_documents_passes(call: Any) -> None:
    assert list(complaints(call)) == []


@needs_the_document
@pytest.mark.parametrize("name", BAD)
def test_what_it_does_not_is_told(name: str) -> None:
    call, wanted = BAD[name]

    assert any(wanted in line for line in complaints(call)), list(complaints(call))


@needs_the_document
def test_nothing_is_exempt_but_the_two() -> None:
    both = jira("POST", "/search/jql", {**SEARCH, "expand": None, "properties": None, "nextPageToken": None})

    assert [line.rpartition(".")[2] for line in complaints(both)] == ["nextPageToken: null"]


def test_without_the_document_it_says_that_nothing_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FOLDER, raising=False)

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        check = checker()

    assert "not checked" in str(said[0].message)
    assert list(check(jira("GET", "/colour"))) == []
