"""The log: whatever still looks like a secret does not get out, whoever says it."""

import ast
import io
import json
import logging
import secrets
from collections.abc import Iterator
from contextlib import redirect_stderr
from pathlib import Path

import pytest
import structlog

from bot import logs
from bot.ports import Outage
from tests.story.conftest import ledger_file, migrated, world  # fixtures
from tests.story.world import World

__all__ = ["ledger_file", "migrated", "world"]
ROOT = Path(__file__).parents[1]


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What a log set up as in production writes."""
    before, out = logging.getLogger().handlers[:], io.StringIO()
    with redirect_stderr(out):
        logs.set_up("INFO", "json")
    yield out
    logging.getLogger().handlers[:] = before
    structlog.reset_defaults()


@pytest.mark.parametrize(
    "form",
    ["xoxb-{}", "xapp-1-{}", "Authorization: Bearer {}", "https://hooks.slack.com/{}", "wss://x/link/?ticket={}"],
)
def test_what_a_library_says_of_a_secret_does_not_get_out(written: io.StringIO, form: str) -> None:
    secret = secrets.token_hex(12)

    logging.getLogger("somebody.else").error("cannot connect with %s", form.format(secret))
    structlog.get_logger("cabbie").warning("door.shut", why=form.format(secret))

    assert "cannot connect" in written.getvalue() and "door.shut" in written.getvalue()
    assert secret not in written.getvalue()


def test_only_named_facts_are_written(written: io.StringIO) -> None:
    structlog.get_logger("cabbie").warning("door.shut", number="CHG1", body="the text of a message", email="ada@x")

    line = json.loads(written.getvalue())
    assert (line["event"], line["number"], line["level"]) == ("door.shut", "CHG1", "warning")
    assert "body" not in line and "email" not in line


def test_every_fact_that_the_program_logs_is_named() -> None:
    """Or it would be missing when somebody looks for it."""
    unnamed = {
        f"{path.relative_to(ROOT)}:{call.lineno} {word.arg}"
        for folder in ("bot", "integrations", "config")
        for path in (ROOT / folder).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and _is_of_a_log(call.func)
        for word in call.keywords
        if word.arg and word.arg not in logs.FIELDS | logs.OF_THE_LOG
    }

    assert unnamed == set()


def _is_of_a_log(called: ast.expr) -> bool:
    return isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "log"


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_move_is_one_line_with_number_outcome_and_duration(world: World, form: str) -> None:
    before, out = logging.getLogger().handlers[:], io.StringIO()
    with redirect_stderr(out):
        logs.set_up("INFO", form)
    world.servicenow.faults.refuse("create", Outage("ServiceNow", "it answered 503"))

    number = world.asks().number

    logging.getLogger().handlers[:] = before
    structlog.reset_defaults()
    lines = [line for line in out.getvalue().splitlines() if "duration_ms" in line]
    assert len([line for line in lines if "change.trouble" in line and "failed" in line and "open" in line]) == 1
    submitted = [line for line in lines if "submit" in line]
    assert len(submitted) == 1 and number in submitted[0] and "made" in submitted[0]
    if form == "json":
        facts = json.loads(submitted[0])
        assert (facts["event"], facts["number"], facts["move"]) == ("change.moved", number, "submit")
        assert facts["outcome"] == "made" and isinstance(facts["duration_ms"], int)
