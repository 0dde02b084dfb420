"""A tool's word in the policy's names: nothing is guessed."""

from dataclasses import replace

import pytest

from bot.change.model import Kind, Status
from bot.change.policy import Policy, Service
from bot.change.reading import Reading
from bot.change.settling import person_meant, service_of, settle

PAYMENTS = Service(
    "payments", "C1", "git@forge.example:acme/payments.git", "P", "P team", ("PAY",), ("production", "staging")
)
WEB = Service("web", "C2", "https://forge.example/shop/web-frontend", "W", "W team", ("WEB",))
POLICY = Policy(
    (PAYMENTS, WEB), team="T1", people={"mhale": "margaret@acme.example", "Linus Berg": "linus@acme.example"}
)
STARTED = Reading(
    "a format", Status.STARTED, service="payments", environment="production", version="2.4.1", actor="mhale"
)


@pytest.mark.parametrize(
    ("said", "service"),
    [("payments", "payments"), ("Payments", "payments"), ("acme/payments", "payments"),
     ("acme/payments.git", "payments"),
     ("https://forge.example/acme/payments", "payments"), ("web-frontend", "web"), ("shop/web-frontend", "web"),
     ("other/payments", "payments"), ("billing", None), ("", None), ("/", None), ("pay", None)],
)  # fmt: skip
def test_a_service_is_known_by_its_name_and_by_its_repository(said: str, service: str | None) -> None:
    found = service_of(said, POLICY)

    assert (found.service if found else None) == service


@pytest.mark.parametrize("form", ["github webhook", "github-app", "gitlab"])
def test_a_repository_of_the_same_name_is_another_s(form: str) -> None:
    def ours(said: str) -> bool:
        return not settle(replace(STARTED, format=form, service=said), POLICY).not_ours

    assert not ours("mallory/payments") and not ours("https://forge.example/mallory/payments.git")
    assert ours("acme/payments") and ours("https://forge.example/acme/payments") and ours("payments")
    assert settle(replace(STARTED, format="jenkins", service="a-folder/payments"), POLICY).service == PAYMENTS


@pytest.mark.parametrize("address", ["payments.git", "/srv/git/payments.git", "https://forge.example/payments.git"])
def test_an_address_that_tells_no_owner_is_anybody_s(address: str) -> None:
    policy = replace(POLICY, services=(replace(PAYMENTS, repository=address),))

    assert settle(replace(STARTED, format="github webhook", service="acme/payments"), policy).service is not None


def test_what_two_services_could_be_is_neither() -> None:
    twin = replace(PAYMENTS, service="payments-eu")

    assert service_of("acme/payments.git", replace(POLICY, services=(replace(PAYMENTS, service="pay"), twin))) is None


@pytest.mark.parametrize(
    ("actor", "meant"),
    [("mhale", "margaret@acme.example"), ("@MHale", "margaret@acme.example"), ("linus berg", "linus@acme.example"),
     ("grace@acme.example", "grace@acme.example"), ("Grace H <grace@acme.example>", "grace@acme.example"),
     ("<mailto:grace@acme.example|grace>", "grace@acme.example"), ("<@U0GRACE>", "U0GRACE"), ("U0GRACE", "U0GRACE"),
     ("<@U0ADA>", "U0ADA"), ("UNKNOWN", ""), ("WORKFLOW", ""), ("grace", ""), ("", ""),
     ("Jane Doe, Arun K", ""), ("<@U0GRACE> and <@U0ADA>", "")],
)  # fmt: skip
def test_whom_a_name_means(actor: str, meant: str) -> None:
    assert person_meant(actor, POLICY) == meant


def test_what_is_all_there_misses_nothing() -> None:
    settled = settle(STARTED, POLICY)

    assert (settled.service, settled.environment, settled.version) == (PAYMENTS, "production", "2.4.1")
    assert settled.requested_by == "margaret@acme.example"
    assert settled.missing(Status.STARTED) == ()


def test_what_lacks_everything_is_asked_for_everything_but_only_where_it_opens_a_change() -> None:
    settled = settle(Reading("a format", Status.STARTED), POLICY)

    assert settled.missing(Status.STARTED) == ("service", "environment", "version", "requested_by")
    assert settled.missing(Status.SUCCEEDED) == ("service", "environment")


def test_an_environment_is_never_guessed_even_where_there_is_one() -> None:
    settled = settle(replace(STARTED, service="web", environment=""), POLICY)

    assert settled.missing(Status.STARTED) == ("environment",)


@pytest.mark.parametrize("reading", [replace(STARTED, service="billing"), replace(STARTED, environment="qa")])
def test_what_the_policy_does_not_know_is_not_ours(reading: Reading) -> None:
    assert settle(reading, POLICY).not_ours


def test_a_configuration_s_commit_is_not_the_application_s() -> None:
    settled = settle(replace(STARTED, version="", sha="a" * 40, ref="main", is_gitops=True), POLICY)

    assert (settled.sha, settled.version) == ("", "")
    assert "version" in settled.missing(Status.STARTED)


@pytest.mark.parametrize("number", ["#142", "142"])
def test_a_run_s_number_is_no_version(number: str) -> None:
    settled = settle(replace(STARTED, version=number), POLICY)

    assert (settled.version, settled.run) == ("", number)


def test_a_branch_is_a_version_while_nothing_better_is_told() -> None:
    branch = replace(STARTED, version="", ref="release/2.4")

    assert settle(branch, POLICY).version == "release/2.4"
    assert settle(replace(branch, sha="B" * 40), POLICY).version == ""
    assert settle(replace(branch, sha="B" * 40), POLICY).sha == "b" * 40
    assert settle(replace(branch, kind=Kind.ROLLBACK), POLICY).version == "release/2.4"
