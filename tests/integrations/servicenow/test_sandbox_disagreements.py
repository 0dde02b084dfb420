"""Where ServiceNow's own documents disagree: each row is a switch, and both readings are held to their word.

The rows of the table "Where the sources disagree", by topic.
"""

from collections.abc import Callable
from typing import Any

import pytest

from integrations.servicenow.sandbox.switches import DEFAULTS
from tests.integrations.servicenow.conftest import Servicenow, person_id

CHANGE_API = "/api/sn_chg_rest/change"
TABLE = "/api/now/table/change_request"
Look = Callable[[Servicenow], Any]


def fresh(snow: Servicenow, kind: str = "normal") -> str:
    """A new change's sys_id; the Table API answers alike whatever the switches say."""
    about = {"short_description": "x", "type": kind, "assignment_group": snow.group("Payments Engineering")}
    return str(snow.result("POST", TABLE, about)["sys_id"])


def asked(snow: Servicenow) -> str:
    snow.switch(flow_seconds=0)
    sys_id = fresh(snow)
    snow.move(sys_id, "-4")
    return sys_id


def created(snow: Servicenow) -> Any:
    return snow.result("POST", f"{CHANGE_API}/normal", {"short_description": "x"})


def title_length(snow: Servicenow) -> int:
    return len(snow.result("PATCH", f"{TABLE}/{fresh(snow)}", {"short_description": "x" * 300})["short_description"])


def by_label(snow: Servicenow) -> str:
    snow.switch(table_state_labels="ignored")
    sys_id = fresh(snow)
    snow.call("PATCH", f"{CHANGE_API}/normal/{sys_id}", {"state": "assess"})
    return str(snow.change(sys_id)["state"])


def by_label_over_table(snow: Servicenow) -> str:
    sys_id = fresh(snow, "emergency")
    snow.move(sys_id, "assess")
    return str(snow.change(sys_id)["state"])


def votes(snow: Servicenow) -> tuple[int, int]:
    """Status of PATCH and of POST."""
    path = f"{CHANGE_API}/{asked(snow)}/approvals"
    body = {"state": "rejected", "comments": ""}  # refused for its empty comment, where the verb is taken at all
    return (
        snow.call("PATCH", path, body, by="ada").status_code,
        snow.call("POST", path, body, by="ada").status_code,
    )


def risk_paths(snow: Servicenow) -> tuple[int, int]:
    sys_id = fresh(snow)
    paths = (f"{CHANGE_API}/{sys_id}/risk", f"{CHANGE_API}/standard/{sys_id}/risk")
    plain, standard = (snow.call("PATCH", path).status_code for path in paths)
    return plain, standard


def risk_value(snow: Servicenow) -> dict[str, str]:
    answer: dict[str, str] = snow.call("PATCH", f"{CHANGE_API}/{fresh(snow)}/risk").json()["risk"]
    return answer


def typo(snow: Servicenow) -> str:
    found = snow.result("PATCH", f"{CHANGE_API}/{fresh(snow)}", {"short_desription": "New title"})
    return str(found["short_description"]["value"])


def task_paths(snow: Servicenow) -> tuple[int, int]:
    sys_id = fresh(snow)
    paths = (f"{CHANGE_API}/{sys_id}/task", f"/api/now/change/{sys_id}/task")
    first, second = (snow.call("GET", path).status_code for path in paths)
    return first, second


def approver_role(snow: Servicenow) -> list[str]:
    query = f"user={person_id('grace')}^role.nameSTARTSWITHappro"
    rows = snow.result("GET", "/api/now/table/sys_user_has_role", sysparm_query=query, sysparm_fields="role.name")
    return [row["role.name"] for row in rows]


# topic: (switch, first reading, what is seen, second reading, what is seen, how to look)
DISAGREEMENTS: dict[str, tuple[str, Any, Any, Any, Any, Look]] = {
    "create result": ("array_results", False, dict, True, list, lambda snow: type(created(snow))),
    "sys_id shape": ("bare_sys_id", False, dict, True, str, lambda snow: type(created(snow)["sys_id"])),
    "pair value type": ("string_values", False, -5, True, "-5", lambda snow: created(snow)["state"]["value"]),
    "approvals verb": ("approvals_verb", "PATCH", (400, 405), "POST", (405, 400), votes),
    "risk path": ("risk_path", "plain", (200, 400), "standard", (400, 200), risk_paths),
    "risk scale": (
        *("risk_scale", "2-4", {"value": "4", "display_value": "Low"}),
        *("1-3", {"value": "3", "display_value": "Low"}, risk_value),
    ),
    "short_description max": ("short_description_length", 160, 160, 40, 40, title_length),
    "state by label": ("state_labels", True, "-4", False, "-5", by_label),
    "state by label over the Table API": (
        *("table_state_labels", "mis-mapped", "-3", "ignored", "-5"),
        by_label_over_table,
    ),
    "emergency state Assess": (
        *("emergency_assess", False, 403, True, 200),
        lambda snow: snow.move(fresh(snow, "emergency"), "-4").status_code,
    ),
    "PATCH example key": ("forgives_short_desription", False, "x", True, "New title", typo),
    "task curl host path": ("task_path", "sn_chg_rest", (200, 400), "now", (400, 200), task_paths),
    "role for approver": ("approver_role", "approver_user", ["approver_user"], "approval_user", ["approval_user"],
                          approver_role),
}  # fmt: skip


@pytest.mark.parametrize("topic", DISAGREEMENTS)
def test_both_readings_can_be_had(snow: Servicenow, topic: str):
    switch, first, seen_first, second, seen_second, look = DISAGREEMENTS[topic]

    snow.switch(**{switch: first})
    before = look(snow)
    snow.switch(**{switch: second})
    after = look(snow)

    assert (before, after) == (seen_first, seen_second)


def test_the_first_reading_is_the_one_the_instance_starts_with():
    first = {switch: reading for switch, reading, *_ in DISAGREEMENTS.values()}

    assert {switch: DEFAULTS[switch] for switch in first} == first
