"""Issue properties: what machines keep on an issue, written again without harm."""

import pytest

from tests.integrations.jira.conftest import RunningJira

ONE = "/issue/PAY-101/properties/com.acme.change"


def test_created_then_updated_with_empty_answers(jira: RunningJira) -> None:
    first, second = jira.call("PUT", ONE, {"changes": ["CHG1"]}), jira.call("PUT", ONE, {"changes": ["CHG1", "CHG2"]})

    assert [(answer.status_code, answer.text) for answer in (first, second)] == [(201, ""), (200, "")]
    assert jira.call("GET", ONE).json() == {"key": "com.acme.change", "value": {"changes": ["CHG1", "CHG2"]}}
    assert jira.issue_state("PAY-101")["properties"] == {"com.acme.change": {"changes": ["CHG1", "CHG2"]}}


def test_listed_and_deleted(jira: RunningJira) -> None:
    jira.call("PUT", ONE, None)
    jira.call("PUT", ONE, 1)

    keys = jira.call("GET", "/issue/PAY-101/properties").json()["keys"]
    assert keys == [{"self": f"{jira.url}/rest/api/2{ONE}", "key": "com.acme.change"}]
    assert [jira.call("DELETE", ONE).status_code for _ in range(2)] == [204, 404]
    assert jira.call("GET", ONE).status_code == 404


@pytest.mark.parametrize(
    ("key", "value", "status"),
    [("k" * 255, 1, 201), ("k" * 256, 1, 400), ("k", "x" * 32_766, 201), ("k", "x" * 32_767, 400)],
)
def test_key_and_value_have_their_limits(jira: RunningJira, key: str, value: object, status: int) -> None:
    assert jira.call("PUT", f"/issue/PAY-101/properties/{key}", value).status_code == status


def test_need_the_right_to_edit(jira: RunningJira) -> None:
    jira.switch(can_edit=False)

    assert jira.call("PUT", ONE, 1).status_code == 403
    assert "properties" not in jira.issue_state("PAY-101")


def test_survive_a_move(jira: RunningJira) -> None:
    jira.call("PUT", ONE, 1)
    jira.change("PAY-101", moved_to="OPS-8")

    assert jira.call("GET", ONE).json()["value"] == 1
    assert jira.issue_state("OPS-8")["properties"] == {"com.acme.change": 1}


def test_without_the_right_there_is_nothing_to_delete(jira: RunningJira) -> None:
    jira.call("PUT", ONE, 1)
    jira.switch(can_edit=False)

    assert jira.call("DELETE", ONE).status_code == 404
    assert jira.issue_state("PAY-101")["properties"] == {"com.acme.change": 1}
    jira.switch(deployment="Server")
    assert jira.call("DELETE", ONE).status_code == 403
