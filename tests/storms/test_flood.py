"""A flood: every service announces many versions at once, each many times. Each is one change, and no door is late."""

from pathlib import Path

import pytest

from tests.storms.announcing import Announcers, say_all, storm
from tests.storms.conftest import Strength
from tests.storms.place import place
from tests.storms.weather import deliveries, failed, refused, slowest

PATIENCE = 3600
"""Seconds: a change is a dozen calls, and there are hundreds."""


def test_every_version_of_every_service_is_one_change(tmp_path: Path, strength: Strength) -> None:
    if not strength.versions:
        pytest.skip("by `make storm`")
    with place(tmp_path, strength.services, versions=strength.versions) as (town, deploys):
        announcers = Announcers(town)
        at_once, late = storm(announcers, deploys, strength.duplicates)

        say_all(at_once + late)
        town.until(lambda: len(town.changes()) >= len(deploys), "every change opened", within=PATIENCE)

        asked = sorted(change["short_description"] for change in town.changes())
        delivered = deliveries(town)
        print(f"\n{len(at_once + late)} announcements, {len(asked)} changes, slowest answer {slowest(delivered):.2f} s")
        assert announcers.errors == []
        assert asked == sorted(set(asked)) and len(asked) == len(deploys)
        assert failed(delivered) == []
        assert refused(town) == {}
