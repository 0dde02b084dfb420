"""A rehearsal moves what Cabbie takes for now, and nothing else does."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.rehearsal import clock_of, machine_time


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
