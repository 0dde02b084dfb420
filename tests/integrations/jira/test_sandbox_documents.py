"""Documents (ADF) in version 3: every node in its place, with what it needs, or the comment is not valid."""

from typing import Any

import pytest
import requests

from tests.integrations.jira.conftest import RunningJira

TEXT = {"type": "text", "text": "x"}
PARAGRAPH = {"type": "paragraph", "content": [TEXT]}
ITEM = {"type": "listItem", "content": [PARAGRAPH]}
HEADING = {"type": "heading", "attrs": {"level": 2}, "content": [TEXT]}
PANEL = {"type": "panel", "attrs": {"panelType": "info"}, "content": [PARAGRAPH]}


def document(*content: Any) -> dict[str, Any]:
    return {"type": "doc", "version": 1, "content": list(content)}


def inline(*content: Any) -> dict[str, Any]:
    return document({"type": "paragraph", "content": list(content)})


def marked(*marks: Any) -> dict[str, Any]:
    return inline(TEXT | {"marks": list(marks)})


def say(jira: RunningJira, body: Any) -> requests.Response:
    return jira.call("POST", "/issue/PAY-101/comment", {"body": body}, version="3")


@pytest.mark.parametrize(
    "body",
    [
        document(TEXT),
        document(document(PARAGRAPH)),
        document({"type": "paragraph", "content": [PARAGRAPH]}),
        document(ITEM),
        document({"type": "bulletList", "content": [PARAGRAPH]}),
        document({"type": "bulletList", "content": []}),
        document({"type": "orderedList", "content": [{"type": "listItem", "content": [TEXT]}]}),
        document({"type": "codeBlock", "content": [TEXT | {"marks": [{"type": "strong"}]}]}),
        document({"type": "codeBlock", "content": [{"type": "hardBreak"}]}),
        document({"type": "blockquote", "content": [TEXT]}),
        document(HEADING),
        document(PANEL),
        document(PARAGRAPH | {"colour": "red"}),
        document(PARAGRAPH) | {"version": 2},
        document(PARAGRAPH) | {"version": True},
        document(PARAGRAPH) | {"version": "1"},
        inline({"type": "rule"}),
        inline({"type": "text", "text": ""}),
        inline(TEXT | {"content": [TEXT]}),
        inline({"type": "mention", "attrs": {"text": "@someone"}}),
        inline({"type": "emoji"}),
        inline({"type": "inlineCard", "attrs": {}}),
        inline({"type": "hardBreak", "marks": []}),
        marked({"type": "link"}),
        marked({"type": "link", "attrs": {"href": 1}}),
        marked({"type": "code"}, {"type": "strong"}),
        marked({"type": "blink"}),
        marked({"type": "subsup", "attrs": {"type": "middle"}}),
    ],
)
def test_a_node_out_of_place_makes_it_no_document(jira: RunningJira, body: Any) -> None:
    answer = say(jira, body)

    assert (answer.status_code, answer.json()["errors"]) == (400, {"comment": "Comment body is not valid!"})
    assert "comments" not in jira.issue_state("PAY-101")


@pytest.mark.parametrize(
    "content", [[], [{"type": "paragraph"}], [{"type": "paragraph", "content": [TEXT | {"text": " "}]}]]
)
def test_a_document_that_says_nothing_is_empty(jira: RunningJira, content: list[Any]) -> None:
    assert say(jira, document(*content)).json()["errors"] == {"comment": "Comment body can not be empty!"}


def test_what_a_comment_may_hold_is_taken_and_shown_again(jira: RunningJira) -> None:
    link = {"type": "link", "attrs": {"href": "https://a.example"}}
    line = {
        "type": "paragraph",
        "content": [
            {"type": "text", "text": "done", "marks": [link, {"type": "strong"}]},
            {"type": "hardBreak"},
            {"type": "text", "text": "main", "marks": [{"type": "code"}, link]},
            {"type": "mention", "attrs": {"id": "712020:1", "text": "@someone"}},
            {"type": "emoji", "attrs": {"shortName": ":tada:"}},
            {"type": "inlineCard", "attrs": {"url": "https://a.example"}},
        ],
    }
    nested = {
        "type": "bulletList",
        "content": [{"type": "listItem", "content": [line, {"type": "orderedList", "content": [ITEM]}]}],
    }
    code = {"type": "codeBlock", "attrs": {"language": "sh"}, "content": [TEXT]}
    whole = document(line, nested, code, {"type": "blockquote", "content": [PARAGRAPH]}, {"type": "rule"})
    answer = say(jira, whole)

    assert (answer.status_code, answer.json().get("body")) == (201, whole)


def test_a_description_may_hold_more_than_a_comment(jira: RunningJira) -> None:
    def describe(value: Any) -> int:
        return jira.call("PUT", "/issue/PAY-101", {"fields": {"description": value}}, version="3").status_code

    assert describe(document(HEADING, PANEL)) == 204
    assert jira.call("GET", "/issue/PAY-101", version="3").json()["fields"]["description"] == document(HEADING, PANEL)
    assert describe(document(HEADING | {"attrs": {"level": 7}})) == 400
    assert describe(document(PANEL | {"attrs": {}})) == 400
