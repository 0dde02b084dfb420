"""What the names of jobs, apps and hosts say of service and environment."""

import pytest

from bot.change.model import Kind, Status
from bot.change.reading import Name, Reading
from bot.reading import named_by, read, reader_of
from bot.reading.naming import read_app, read_job
from config.announcements import shipped_announcements

READER = reader_of(shipped_announcements())
DEPLOYS = {
    "deploy-production": ("", "production"),
    "Deploy to Production": ("", "production"),
    "deploy_prod": ("", "prod"),
    "release/staging": ("", "staging"),
    "production-deploy": ("", "production"),
    "deploy-till-production": ("till", "production"),
    "deploy-ledger-api-prod-eu": ("ledger-api", "prod-eu"),
    "Deploy till to staging": ("till", "staging"),
    "till-deploy-staging": ("till", "staging"),
    "till_staging_deploy": ("till", "staging"),
    "deploy-staging-till": ("till", "staging"),
    "promote-till-to-production": ("till", "production"),
    "rollout-till-qa": ("till", "qa"),
    "deploy-till-test": ("till", "test"),
    "deploy-test": ("", "test"),
    "deploy-pre-production": ("", "pre-production"),
    "deploy": ("", ""),
    "Deploy App": ("", ""),
    "deploy-till": ("till", ""),
    "till-release": ("till", ""),
    "shop » deploy-till-staging": ("till", "staging"),
    "shop/deploy-till-staging": ("till", "staging"),
    "Release #11 / deploy": ("", ""),
}
NO_DEPLOYS = (
    "unit-tests", "build", "lint", "main", "till", "till-production", "test-deploy-scripts", "deploy-tests",
    "release-notes", "release-please", "deploy-preview", "dry-run-deploy", "terraform-plan-production", "deployer",
    "lint-release-production", "redeployment-docs", "",
)  # fmt: skip


@pytest.mark.parametrize(("name", "says"), DEPLOYS.items(), ids=DEPLOYS)
def test_a_deploys_job_says_what_goes_where(name: str, says: tuple[str, str]):
    found = read_job(name, READER.jobs, READER.vocabulary.not_deploys)

    assert found is not None
    assert (found.service, found.environment, found.kind) == (*says, Kind.DEPLOY)


@pytest.mark.parametrize("name", NO_DEPLOYS)
def test_any_other_job_is_no_deploy(name: str):
    assert read_job(name, READER.jobs, READER.vocabulary.not_deploys) is None


@pytest.mark.parametrize("name", ["rollback-till-production", "roll-back-till-production", "till-production-rollback"])
def test_a_rollbacks_job_is_a_rollback(name: str):
    found = read_job(name, READER.jobs, READER.vocabulary.not_deploys)

    assert found is not None
    assert (found.service, found.environment, found.kind) == ("till", "production", Kind.ROLLBACK)


@pytest.mark.parametrize(
    ("name", "service", "environment"),
    [
        ("till-production", "till", "production"),
        ("till.staging", "till", "staging"),
        ("prod-till", "till", "prod"),
        ("ledger-api-prod-eu-1", "ledger-api", "prod-eu-1"),
        ("Till", "till", ""),
        ("till.shop", "till.shop", ""),
        ("production", "production", ""),
    ],
)
def test_an_app_says_what_goes_where_and_is_its_own_name_else(name: str, service: str, environment: str):
    found = read_app(name, READER.apps)

    assert (found.service, found.environment) == (service, environment)


def test_a_teams_names_win_over_what_was_posted():
    own = [
        Name("till-eu", service="till", environment="production"),
        Name("acme/(?P<service>[a-z]+)-web"),
        Name("nightly-(?P<environment>staging|production)", service="ledger-api"),
    ]
    reader = reader_of(shipped_announcements(), (), own)
    app = {"bot_id": "B1", "text": "Successfully deployed"}
    legacy = {"text": "Successfully deployed `1f3870b` to till-eu", "footer": "acme/shop"}
    job = {"fields": [{"value": "nightly-staging - #7 Success after 9 sec (<https://ci.acme.example/7/|Open>)"}]}

    by_environment = read({**app, "attachments": [legacy]}, reader).reading
    by_repository = read(
        {**app, "attachments": [legacy | {"footer": "acme/search-web", "text": legacy["text"][:-7] + "live"}]}, reader
    ).reading
    by_job = read({**app, "attachments": [job]}, reader).reading

    assert by_environment and (by_environment.service, by_environment.environment) == ("till", "production")
    assert by_repository and (by_repository.service, by_repository.environment) == ("search", "live")
    assert by_job and (by_job.service, by_job.environment) == ("ledger-api", "staging")


def test_a_webhooks_names_are_read_by_the_same_rules():
    said = Reading("argocd webhook", Status.SUCCEEDED)

    by_app = named_by(READER, said, job="till-production")
    by_job = named_by(READER, said, job="rollback-till-production")
    told = named_by(READER, Reading("x", Status.FAILED, service="acme/till", environment="qa"), job="acme/till")

    assert (by_app.service, by_app.environment, by_app.kind) == ("till", "production", Kind.DEPLOY)
    assert (by_job.service, by_job.environment, by_job.kind) == ("till", "production", Kind.ROLLBACK)
    assert (told.service, told.environment) == ("acme/till", "qa")
