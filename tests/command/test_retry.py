"""``cabbie retry`` as an operator types it: 0 and what it did, 1 and why not, 2 when it is used wrongly."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.change.model import Progress
from bot.cli import app
from tests.postgres import migrate
from tests.story.conftest import ledger_file, migrated, world  # fixtures
from tests.story.world import World

__all__ = ["ledger_file", "migrated", "world"]
SETTINGS = {
    "SLACK_BOT_TOKEN": "of-the-test",
    "SLACK_SIGNING_SECRET": "of-the-test",
    "JIRA_URL": "http://127.0.0.1:9",
    "JIRA_TOKEN": "of-the-test",
    "SERVICENOW_URL": "http://127.0.0.1:9",
    "SERVICENOW_USER": "somebody",
    "SERVICENOW_PASSWORD": "of-the-test",
}
Retry = Callable[..., Result]


@pytest.fixture
def retry(ledger_file: Path) -> Retry:
    def run(*words: str, database: Path = ledger_file) -> Result:
        return CliRunner().invoke(app, ["retry", *words], env={**SETTINGS, "DATABASE_URL": f"sqlite:///{database}"})

    return run


@pytest.fixture
def stuck(world: World, ledger_file: Path) -> str:
    """The number of a change that is."""
    migrate(f"sqlite:///{ledger_file}")  # the engine's tables too
    number = world.asks().number
    with world.ledger.begin() as tx:
        change = tx.change_numbered(number)
        assert change is not None
        tx.update(change, progress=Progress.STUCK, stopped_because="ServiceNow: it answered 503.")
    return number


def test_it_says_what_it_did_and_once_is_enough(retry: Retry, world: World, stuck: str) -> None:
    done, again = retry(stuck), retry(stuck)

    assert (done.exit_code, done.stdout) == (
        0,
        f"{stuck} was stuck: ServiceNow: it answered 503. It is taken up again.\n",
    )
    assert world.change(stuck).progress is Progress.WAITING
    assert (again.exit_code, again.stdout) == (1, "") and again.stderr.startswith(f"{stuck} is not stopped")


def test_an_unknown_number_is_a_no_and_a_missing_one_wrong_usage(retry: Retry, world: World) -> None:
    unknown, missing = retry("CHG0099999"), retry()

    assert (unknown.exit_code, missing.exit_code) == (1, 2)
    assert "CHG0099999" in unknown.stderr


def test_a_database_that_is_not_cabbies_is_said_to_be_none(retry: Retry, tmp_path: Path) -> None:
    answer = retry("CHG0030001", database=tmp_path / "other.db")

    assert answer.exit_code == 1 and "DATABASE_URL" in answer.stderr
