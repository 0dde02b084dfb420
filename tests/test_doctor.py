"""What the doctor finds, and that it survives whatever it meets."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from bot.change.model import Recorded
from bot.change.policy import ApprovalPolicy, Digest, Policy
from bot.doctor import examine, is_well, report
from bot.ledger.database import connect
from bot.ledger.ledger import Ledger
from bot.ports import BadCredentials, Check, Declined, NotThere, Outage
from bot.slack.digests import message
from bot.story.digest import send_digest
from bot.story.tools import Tools
from tests.builders import ADA, LINUS, MARGARET, NOW
from tests.story.conftest import ledger_file, migrated, world  # fixtures
from tests.story.world import POLICY, SERVICE, TEAM, World, with_approval

__all__ = ["ledger_file", "migrated", "world"]

DATABASE = Check("database", "good", "writable")


def look(world: World, policy: Policy = POLICY, tools: Tools | None = None) -> dict[str, Check]:
    """What was found, by what it is about; the worst where several are about the same."""
    found: dict[str, Check] = {}
    for check in examine(tools or world.tools, policy, [DATABASE], world.clock()):
        if check.about not in found or check.verdict == "wrong":
            found[check.about] = check
    return found


def with_service(**facts: object) -> Policy:
    return replace(POLICY, services=(replace(SERVICE, **facts),))  # type: ignore[arg-type]


def test_a_sound_installation_has_nothing_wrong(world: World) -> None:
    found = look(world)

    assert [check for check in found.values() if check.verdict != "good"] == []
    assert {"database", "database schema", "Jira", "git payments.git", f"group {TEAM}"} <= found.keys()
    assert {"Slack channel C0PAYMENTS", "Slack channel C0CHANGES"} <= found.keys()
    assert {"configuration item Payments API", "Jira projects of payments", "digest for C0CHANGES"} <= found.keys()
    assert {"ServiceNow, change account", "ServiceNow, approval account", "policy: approval"} <= found.keys()


def test_whatever_is_wrong_comes_with_its_fix(world: World) -> None:
    world.servicenow.groups.clear()
    world.servicenow.items.clear()
    world.slack.members.clear()
    policy = with_service(repository="gone.git", projects=("GONE",), owner="Nobody")

    wrong = [check for check in look(world, policy).values() if check.verdict == "wrong"]

    assert len(wrong) >= 5
    assert all(check.found and check.fix for check in wrong)


@pytest.mark.parametrize(
    "failure",
    [
        Outage("x", "503"),
        BadCredentials("x", "401"),
        NotThere("x", "404"),
        Declined("x", "403"),
        RuntimeError("a bug with a secret in it"),
    ],
)
def test_nothing_that_is_down_keeps_it_from_answering(world: World, failure: Exception) -> None:
    for faults in (
        world.servicenow.faults,
        world.approvals.faults,
        world.jira.faults,
        world.git.faults,
        world.slack.faults,
    ):
        faults.down = failure

    found = look(world)

    broken = ("ServiceNow, change account", "ServiceNow, approval account", "Jira", "git payments.git", "Slack")
    assert {found[about].verdict for about in broken} == {"wrong"}
    assert all(found[about].fix for about in broken)
    assert "secret" not in str(found)


def test_a_system_s_own_findings_are_kept(world: World) -> None:
    world.servicenow.checks = (
        Check("ServiceNow: clocks agree", "wrong", "600 seconds apart", "Let NTP set the clock."),
    )

    assert look(world)["ServiceNow: clocks agree"] == world.servicenow.checks[0]


# --------------------------------------------------------------------------------------------------- policy and reality


def test_a_group_that_is_not_there(world: World) -> None:
    found = look(world, with_service(assignment_group="Paymnets"))["group Paymnets"]

    assert (found.verdict, "Paymnets" in found.fix) == ("wrong", True)


def test_a_group_without_members(world: World) -> None:
    world.servicenow.groups[TEAM] = []

    assert look(world)[f"group {TEAM}"].verdict == "wrong"


def test_an_owner_s_group_is_looked_at_too(world: World) -> None:
    assert look(world, with_service(owner="Nobody"))["group Nobody"].verdict == "wrong"


def test_one_approver_alone_is_a_warning(world: World) -> None:
    world.servicenow.groups[TEAM] = [ADA.sys_user]

    found = look(world)[f"approvers of {TEAM}"]

    assert found.verdict == "warning" and ADA.name in found.found


def test_nobody_whom_slack_knows(world: World) -> None:
    for person in (ADA, LINUS, MARGARET):
        del world.slack.members[person.slack_id]

    assert look(world)[f"approvers of {TEAM}"].verdict == "wrong"
    in_servicenow = with_approval(record=Recorded.DEEP_LINK)
    assert look(world, in_servicenow)[f"approvers of {TEAM}"].verdict == "warning"


def test_guests_twins_and_the_locked_out_do_not_count(world: World) -> None:
    users, members = world.servicenow.users, world.slack.members
    users[ADA.sys_user] = replace(users[ADA.sys_user], locked_out=True)
    users["twin"] = replace(users[LINUS.sys_user], sys_id="twin")
    members[MARGARET.slack_id] = replace(members[MARGARET.slack_id], objection="a guest")

    assert look(world)[f"approvers of {TEAM}"].verdict == "wrong"


@pytest.mark.parametrize("items", [[], ["Payments API", "Payments API"]])
def test_a_configuration_item_has_to_be_there_once(world: World, items: list[str]) -> None:
    world.servicenow.items[:] = items

    found = look(world)["configuration item Payments API"]

    assert found.verdict == "wrong" and "Payments API" in found.fix


def test_some_hidden_projects_are_a_warning_and_all_of_them_are_wrong(world: World) -> None:
    assert look(world, with_service(projects=("PAY", "SEC")))["Jira projects of payments"].verdict == "warning"
    assert look(world, with_service(projects=("SEC",)))["Jira projects of payments"].verdict == "wrong"


def test_recording_on_behalf_needs_somebody_who_answers_for_it(world: World) -> None:
    found = look(world, with_approval(on_behalf_accepted_by=""))["policy: approval"]

    assert found.verdict == "wrong" and "on_behalf_accepted_by" in found.fix


def test_a_service_s_own_rule_is_looked_at(world: World) -> None:
    own = with_service(approval=ApprovalPolicy(record=Recorded.ON_BEHALF))

    assert look(world, own)["policy: approval of payments"].verdict == "wrong"


def test_recording_on_behalf_needs_an_account(world: World) -> None:
    tools = replace(world.tools, approvals=None)

    assert look(world, tools=tools)["policy: approval"].verdict == "wrong"
    in_servicenow = with_approval(record=Recorded.DEEP_LINK)
    assert look(world, in_servicenow, tools)["policy: approval"].verdict == "good"


@pytest.mark.parametrize("app", ["U0PIPELINE", "C0PIPELINE", "pipeline", ""])
def test_announcers_are_apps(world: World, app: str) -> None:
    assert look(world, replace(POLICY, announcers=(app,)))["policy: announcers"].verdict == "wrong"


def test_a_digest_that_was_missed_is_noticed(world: World) -> None:
    send_digest(world.tools, "C0CHANGES", "2026-03-02", show=message)
    world.clock.move(NOW.replace(day=5) - NOW)

    assert look(world)["digest for C0CHANGES"].verdict == "warning"


def test_a_digest_in_no_time_zone_is_wrong(world: World) -> None:
    policy = replace(POLICY, digests=(Digest("C0CHANGES", time_zone="Europe/Atlantis"),))

    assert look(world, policy)["digest for C0CHANGES"].verdict == "wrong"


# ------------------------------------------------------------------------------------------------------------- database


def test_a_database_of_another_version_is_wrong(world: World, tmp_path: Path) -> None:
    empty = Ledger(connect(f"sqlite:///{tmp_path / 'empty.db'}"), world.clock)

    found = look(world, tools=replace(world.tools, ledger=empty))["database schema"]

    assert found.verdict == "wrong" and "cabbie migrate" in found.fix


# --------------------------------------------------------------------------------------------------------------- report

CHECKS = (
    Check("Jira", "good", "it answers", "never shown"),
    Check("Slack", "warning", "[red]not[/red] proven\x1b[2J", "look"),
    Check("git", "wrong", "gone", "clone it"),
)


def test_the_report_shows_the_fix_of_what_is_not_good() -> None:
    paper = io.StringIO()

    report(CHECKS, console=Console(file=paper, soft_wrap=True))

    assert paper.getvalue().splitlines() == [
        "✓ Jira: it answers",
        "! Slack: [red]not[/red] proven [2J",
        "  → look",
        "✗ git: gone",
        "  → clone it",
        "1 wrong, 1 to look at, 1 good.",
    ]


def test_the_report_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    report(CHECKS, as_json=True)

    told = json.loads(capsys.readouterr().out)
    assert (told["wrong"], told["warning"], told["good"]) == (1, 1, 1)
    assert told["checks"][2] == {"about": "git", "verdict": "wrong", "found": "gone", "fix": "clone it"}


def test_only_what_is_wrong_makes_it_unwell() -> None:
    assert is_well(CHECKS[:2])
    assert not is_well(CHECKS)


def test_a_ledger_that_nobody_outside_holds_is_a_warning(world: World) -> None:
    found = look(world, tools=replace(world.tools, anchor=None))["ledger's anchor"]

    assert (found.verdict, "CABBIE_ANCHOR" in found.fix) == ("warning", True)


def test_the_anchor_is_tried_and_not_only_named(world: World) -> None:
    assert look(world)["ledger's anchor"].verdict == "good"
    assert len(world.anchor.left) == 1

    world.anchor.down = Outage("the anchor's sink", "it answered 503")

    assert look(world)["ledger's anchor"].verdict == "wrong"
