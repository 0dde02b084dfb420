"""On PostgreSQL the story is the same, and a second Cabbie finishes what a killed one had in hand."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.postgres import Postgres, exit_code, migration, postgres  # noqa: F401  # a fixture
from tests.stories.own_account import OWN, ask_own, link, revoke, unlink
from tests.stories.processes import Bot, eventually, free_port
from tests.stories.telling import row
from tests.stories.town import Town, town

CREATE = "POST /api/sn_chg_rest/v1/change"
STORIES = ("PAY-101", "PAY-102", "PAY-103", "OPS-7")


@pytest.fixture
def acme(postgres: Postgres, tmp_path: Path) -> Iterator[Town]:  # noqa: F811
    url = postgres.migrated()
    with town(tmp_path, database_url=url, CABBIE_LEASE="PT2S", CABBIE_BEAT="PT0.5S") as place:
        yield place
    postgres.drop(url)


def test_three_may_migrate_at_once(postgres: Postgres) -> None:  # noqa: F811
    url = postgres.database()

    processes = [migration(url) for _ in range(3)]

    assert [exit_code(process) for process in processes] == [0, 0, 0]
    postgres.drop(url)


def test_the_main_story_on_postgresql(acme: Town) -> None:
    number = acme.deploy_through()

    acme.press("linus", "deploy.succeeded", number=number)

    acme.until_state("closed", number)
    acme.until_card("deployed", number=number)
    assert len(acme.changes()) == len(acme.cards()) == 1
    assert acme.bot.run("ledger", "verify").returncode == 0


def test_a_verdict_by_ones_own_hand_on_postgresql(acme: Town) -> None:
    link(acme, "ada")
    number = ask_own(acme)

    acme.press("ada", "change.approve", number=number, **OWN)

    acme.until_card("self-authenticated", channel="platform", number=number)
    assert row(acme, number, "ada")["by"] == "ada"
    revoke(acme, _last_access(acme))
    acme.standins.post("servicenow", "people/ada/revoke_access")
    second = ask_own(acme)
    acme.press("ada", "change.approve", number=second, **OWN)
    acme.until(lambda: any("has ended" in dm for dm in acme.dms("ada")), "the end is told")
    assert row(acme, second, "ada")["state"] == "requested"
    link(acme, "ada")
    unlink(acme, "ada")
    verified = acme.bot.run("ledger", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def _last_access(place: Town) -> str:
    given = [json.loads(entry["answer"]) for entry in place.standins.diary("servicenow", "POST /oauth_token.do")]
    return str(next(answer["access_token"] for answer in reversed(given) if "refresh_token" in answer))


def test_when_one_of_two_is_killed_the_other_finishes(acme: Town, postgres: Postgres, tmp_path: Path) -> None:  # noqa: F811
    with _another(acme.bot, tmp_path / "second.log") as second:
        acme.standins.fault("servicenow", CREATE, "pause_after")
        acme.type("linus", "/deploy payments 2.4.1")
        acme.until(lambda: acme.standins.get("servicenow", "paused"), "one of them opens the change")

        dead, survivor = _who_works(postgres, acme, (acme.bot, second))
        dead.kill()
        acme.standins.post("servicenow", "resume", drop=True)
        acme.standins.post("slack", "delivery", url=f"http://127.0.0.1:{survivor.port}/slack/events")
        acme.bot = survivor

        number = _finish(acme)
        assert "engine.took_over" in survivor.log.read_text()
        assert [change["number"] for change in acme.changes()] == [number]
        assert len(acme.cards()) == 1
        assert [len(acme.issue(key)["comments"]) for key in STORIES] == [1, 1, 1, 1]
        assert survivor.run("ledger", "verify").returncode == 0


def _finish(acme: Town) -> str:
    """From the card to closed; its number."""
    card = acme.until_card("approve")
    number = next(word for word in card["text"].split() if word.startswith("CHG"))
    acme.press("ada", "change.approve", number=number)
    acme.until(lambda: any("<@U0GRACE>" in json.dumps(m) for m in acme.messages()), "the CAB is pinged")
    acme.press("grace", "change.approve", number=number)
    acme.until_card("cleared until", number=number)
    acme.press("linus", "deploy.succeeded", number=number)
    acme.until_state("closed", number)
    acme.until(lambda: all(acme.issue(key)["comments"] for key in STORIES), "every story hears of it")
    return number


@contextmanager
def _another(first: Bot, log: Path) -> Iterator[Bot]:
    """A second Cabbie on the same database."""
    port = free_port()
    bot = replace(first, environment={**first.environment, "PORT": str(port)}, log=log, port=port)
    bot.start()
    try:
        yield bot
    finally:
        bot.stop()


def _who_works(postgres: Postgres, acme: Town, bots: tuple[Bot, Bot]) -> tuple[Bot, Bot]:  # noqa: F811
    """The one whose process holds the pending job, and the other one."""

    def owner() -> str:
        with postgres.connect(postgres.name_in(acme.database_url)) as connection:
            question = "SELECT executor_id FROM dbos.workflow_status WHERE status = 'PENDING'"
            found = connection.execute(question).fetchone()
        return str(found[0]) if found else ""

    holder = eventually(owner, what="a pending job")
    first, second = bots
    assert first.process and second.process
    is_first = f"-{first.process.pid}-" in holder
    assert is_first or f"-{second.process.pid}-" in holder, holder
    return (first, second) if is_first else (second, first)
