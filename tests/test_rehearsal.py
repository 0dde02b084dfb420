"""A rehearsal moves what Cabbie takes for now, and nothing else does."""

from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from slack_sdk import WebClient

from bot.rehearsal import clock_of, machine_time
from bot.wiring import doors
from bot.wiring.parts import Parts


def test_without_a_rehearsal_it_is_the_machines_time() -> None:
    assert clock_of(None) is machine_time


def test_the_file_moves_now_while_cabbie_runs(tmp_path: Path) -> None:
    moved_by = tmp_path / "clock"
    now = clock_of(moved_by)
    assert now() - machine_time() < timedelta(minutes=1)

    moved_by.write_text("86400\n")

    assert now() - machine_time() > timedelta(hours=23)


def test_a_file_that_holds_something_else_is_no_time_at_all(tmp_path: Path) -> None:
    (tmp_path / "clock").write_text("tomorrow")

    with pytest.raises(ValueError):
        clock_of(tmp_path / "clock")()


def test_the_slack_door_goes_by_it_like_every_other() -> None:
    def moved() -> datetime:
        return machine_time() - timedelta(minutes=10)

    nothing = SimpleNamespace()
    parts = SimpleNamespace(
        desk=nothing, reads=nothing, room=nothing, reader=None, own=None,
        messenger=SimpleNamespace(web=WebClient(token="none")), tools=SimpleNamespace(now=moved),
    )  # fmt: skip

    assert doors._slack(cast(Parts, parts)).tools.clock is moved
