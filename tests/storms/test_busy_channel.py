"""A busy channel: ten thousand messages that concern nobody cost neither a deploy among them nor memory."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.pipeline import post
from tests.stories.town import Town
from tests.storms.conftest import Strength
from tests.storms.place import Deploy, place
from tests.storms.talk import Crowd
from tests.storms.weather import cards_of, changes_of, deliveries, failed, slowest

CHANNEL = "payments"
PATIENCE = 300
MOST_GROWTH_MB = 60
"""Of the process, with a margin for what its libraries keep: ten thousand messages of a few kB each are ten times as
much as text alone would be."""
OF_THE_CLOCK = "cabbie_occasions"
"""Ticks, forgotten after an hour, whatever is said."""


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory, strength: Strength) -> Iterator[tuple[Town, list[Deploy]]]:
    with place(Path(tmp_path_factory.mktemp("busy")), strength.deploys, channels=(CHANNEL,)) as placed:
        yield placed


def test_deploys_amid_the_talk_are_heard_and_nothing_else_is_kept(
    busy: tuple[Town, list[Deploy]], strength: Strength
) -> None:
    town, deploys = busy
    crowd, share = Crowd(town, CHANNEL), strength.talk // (2 * strength.deploys)
    crowd.talk(share)  # whatever is loaded with the first message is loaded by now
    _until_delivered(town, crowd.said)
    rows_before, memory_before = _rows(town), _memory_mb(town)

    crowd.talk(strength.talk // 2)
    _until_delivered(town, crowd.said)
    rows_after_talk, memory_after_talk = _rows(town), _memory_mb(town)
    for deploy in deploys:
        crowd.talk(share)
        post(town, channel=CHANNEL, service=deploy.service, version=deploy.version, requested_by="linus@acme.example")
    town.until(lambda: all(cards_of(town, deploys).values()), "a card of each", within=PATIENCE)
    memory_after = _memory_mb(town)

    delivered = deliveries(town)
    print(
        f"\n{crowd.said} messages, {len(delivered)} deliveries, slowest answer {slowest(delivered):.2f} s; memory "
        f"{memory_before:.0f} MB, after the talk {memory_after_talk:.0f} MB, with the deploys {memory_after:.0f} MB"
    )
    assert rows_after_talk == rows_before
    assert memory_after_talk - memory_before < MOST_GROWTH_MB
    assert {service: len(found) for service, found in changes_of(town, deploys).items()} == {
        deploy.service: 1 for deploy in deploys
    }
    assert len(town.changes()) == _rows(town)["cabbie_heard"] == _rows(town)["cabbie_changes"] == len(deploys)
    assert failed(delivered) == []


def _until_delivered(town: Town, messages: int) -> None:
    """Each message was delivered and answered; an edit or a reply is told more than once."""
    town.until(
        lambda: (heard := deliveries(town)) and len(heard) >= messages and all(d["status"] for d in heard),
        "all deliveries",
        within=PATIENCE,
    )


def _rows(town: Town) -> dict[str, int]:
    """Table → rows, of all tables there are: ours and the engine's."""
    with sqlite3.connect(town.database_url.removeprefix("sqlite:///")) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            table: database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # its own name
            for table in tables
            if table != OF_THE_CLOCK
        }


def _memory_mb(town: Town) -> float:
    """Resident, as the system counts it."""
    assert town.bot.process is not None
    status = Path(f"/proc/{town.bot.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024
