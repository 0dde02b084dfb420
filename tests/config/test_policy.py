"""A malformed policy is refused with the wrong field named by its path."""

from pathlib import Path

import pytest

from bot.change.errors import UnknownService
from bot.change.model import Recorded
from bot.change.policy import Announcer, WithoutLink
from config.policy import BadPolicy, check_own_accounts, json_schema, parse_policy, read_policy

SHIPPED = Path(__file__).parents[2] / "config" / "policy.yaml"
GOOD = """
team: T0ACME
services:
  - service: payments
    channel: C0PAYMENTS
    repository: payments.git
    configuration_item: Payments API
    assignment_group: Payments Engineering
    projects: [PAY]
"""


def test_the_shipped_policy_is_valid_and_known_by_its_fingerprint():
    policy = read_policy(SHIPPED)

    assert len(policy.fingerprint) == 64
    assert policy.service("PAYMENTS").assignment_group == "Payments Engineering"


def test_recording_on_behalf_is_off_until_somebody_accepts_the_risk():
    assert parse_policy(GOOD).approval.record is Recorded.DEEP_LINK


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ("approval: {record: recorded on behalf}", "approval.on_behalf_accepted_by"),
        ("approval: {expires_after: PT0S}", "approval.expires_after"),
        ("approval: {unresolved_author: maybe}", "approval.unresolved_author"),
        ("approval: {record: given in ServiceNow}", "approval.record: “self-authenticated”"),
        ("approval: {record: self-authenticated, without_link: shrug}", "approval.without_link"),
        (
            "approval: {record: self-authenticated, without_link: recorded on behalf}",
            "approval.on_behalf_accepted_by",
        ),
        ("window: {lasts: -PT1H}", "window.lasts"),
        ("digests: [{channel: C1, time_zone: Mars/Olympus}]", "digests.0.time_zone"),
        ("digests: [{channel: C1, services: [nothing]}]", "digests.0.services"),
        ("digests: [{channel: C1}, {channel: C1}]", "digests: C1 has more than one"),
        ("announcer: [A1]", "announcer: Unexpected"),
    ],
)
def test_a_wrong_field_is_named_by_its_path(added: str, said: str):
    with pytest.raises(BadPolicy, match=said):
        parse_policy(f"{GOOD}{added}\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("team: [", "not valid YAML"),
        ("just words", "the whole file"),
        ("", "the whole file"),
        ("team: T1\nservices: []", "there has to be at least one"),
        (GOOD.replace("projects: [PAY]", "projects: PAY"), "services.0.projects"),
        (GOOD.replace("service: payments", "service: Pay Ments"), "services.0.service"),
        (GOOD + "    backout_plan: 'Back to {last}'\n", "services.0.backout_plan"),
        (GOOD + "    environments: []\n", "services.0.environments"),
        (GOOD + "    impact: 7\n", "services.0.impact"),
        ("!!python/object/apply:os.system [true]", "not valid YAML"),
    ],
)
def test_a_malformed_policy_is_refused(text: str, said: str):
    with pytest.raises(BadPolicy, match=said):
        parse_policy(text)


def test_deciding_as_oneself_needs_what_it_needs():
    policy = parse_policy(f"{GOOD}approval: {{record: self-authenticated}}\n")
    on_behalf = "approval: {record: self-authenticated, without_link: recorded on behalf, on_behalf_accepted_by: K. J.}"

    assert policy.approval.without_link is WithoutLink.DEEP_LINK
    assert parse_policy(f"{GOOD}{on_behalf}\n").approval.may_record_on_behalf
    check_own_accounts(policy, ())
    check_own_accounts(parse_policy(GOOD), ("CABBIE_PUBLIC_URL",))
    with pytest.raises(BadPolicy, match=r"approval.record: .*set CABBIE_PUBLIC_URL, CABBIE_TOKEN_KEYS"):
        check_own_accounts(policy, ("CABBIE_PUBLIC_URL", "CABBIE_TOKEN_KEYS"))


def test_every_wrong_field_is_told_at_once():
    with pytest.raises(BadPolicy) as refused:
        parse_policy(GOOD + "    impact: 7\napproval: {record: recorded on behalf}\n")

    assert len(refused.value.wrong) == 2


def test_an_unknown_service_is_answered_with_the_nearest():
    with pytest.raises(UnknownService) as refused:
        parse_policy(GOOD).service("paymets")

    assert str(refused.value) == "I don't know a service called “paymets”. Did you mean “payments”?"


def test_editors_get_a_schema():
    assert "services" in json_schema()["required"]


ANNOUNCER = "announcers: [{app: A0TOOL, formats: [FORMAT], channels: [C1], waits_at_gate: true}]"


def test_an_announcer_may_be_bound():
    [announcer] = parse_policy(f"{GOOD}\n{ANNOUNCER.replace('FORMAT', 'gitlab')}").announcers

    assert announcer == Announcer("A0TOOL", ("C1",), ("gitlab",), waits_at_gate=True)


@pytest.mark.parametrize(
    ("further", "said"),
    [
        (
            ANNOUNCER.replace("FORMAT", "gitlap"),
            "announcers.0.formats: there is no format “gitlap”; did you mean “gitlab”?",
        ),
        ("announcers: [{app: A0TOOL, channel: C1}]", "announcers.0"),
        ("names: [{pattern: '(['}]", "names.0.pattern"),
        ("formats: [{format: ours}]", "formats.0"),
    ],
)
def test_what_is_wrong_with_hearing_other_tools_is_named_by_its_path(further: str, said: str):
    with pytest.raises(BadPolicy) as bad:
        parse_policy(f"{GOOD}\n{further}")

    assert said in str(bad.value)
