"""A sandbox to look at, in this process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integrations.standin.rig import BotProcess, Rig, rigged


@pytest.fixture
def bot() -> Iterator[BotProcess]:
    bot = BotProcess()
    yield bot
    bot.kill()


@pytest.fixture
def rig(bot: BotProcess, tmp_path: Path) -> Iterator[Rig]:
    with rigged(bot.url, tmp_path) as sandbox:
        yield sandbox
