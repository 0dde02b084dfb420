"""The small world, with own accounts in it."""

import pytest

from tests.accounts.rig import Rig, rig_of
from tests.story.conftest import ledger_file, migrated, world  # noqa: F401  # fixtures
from tests.story.world import World


@pytest.fixture
def rig(world: World) -> Rig:  # noqa: F811
    return rig_of(world)
