"""Many threads, one client: each gets what it asked for."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.integrations.servicenow.client_rig import changes_of
from tests.integrations.servicenow.conftest import Servicenow, person_id

PATIENT = (20.0, 20.0)
PEOPLE = ("ada", "grace", "linus", "margaret", "barbara", "katherine")


@pytest.fixture
def restless() -> Iterator[None]:
    """Python changes threads a thousand times as often as it would: what can be mixed up is."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.000_001)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("restless")
def test_nobody_gets_what_another_thread_asked_for(snow: Servicenow) -> None:
    changes = changes_of(snow, timeouts=PATIENT)
    wanted = [person_id(key) for key in PEOPLE] * 40

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda sys_id: changes.user(sys_id).sys_id, wanted))

    assert found == wanted
