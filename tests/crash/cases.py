"""Which effects are killed at which boundaries: all of them, or a sample that is the same every time."""

import pytest

from tests.crash.boundaries import Boundary
from tests.crash.door import Moment
from tests.crash.effects import Effect, known, numbered
from tests.crash.people import ACTS

CREATES = ("POST /api/sn_chg_rest/v1/change", "chat.postMessage", "POST /rest/api/2/issue/{key}/comment")
"""Calls that make something anew each time: these must not land a second time, however late the first one does."""
SAMPLE = {
    "servicenow | POST /api/sn_chg_rest/v1/change | -": Boundary.AFTER,
    'slack | chat.postMessage | "marker": "card': Boundary.FORGOTTEN,
    "servicenow | PATCH /api/now/table/sysapproval_approver/{sys_id} | Ada Lovelace": Boundary.AFTER,
    'slack | chat.postMessage | "marker": "dm:approved': Boundary.BEFORE,
    "jira | POST /rest/api/2/issue/{key}/comment | -": Boundary.FORGOTTEN,
    'servicenow | PATCH /api/sn_chg_rest/v1/change/{sys_id} | "state": "3"': Boundary.BEFORE,
}
SAMPLE_MOMENTS = [("approve", Moment.ANSWERED), ("deploy", Moment.UNWRITTEN)]
Case = tuple[Effect, Boundary]


def every_case() -> list[Case]:
    return [
        (effect, boundary)
        for effect in numbered(known())
        for boundary in Boundary
        if boundary is not Boundary.LATE or effect.call in CREATES
    ]


def sample() -> list[Case]:
    """One effect of each kind."""
    return [(effect, boundary) for line, boundary in SAMPLE.items() for effect in numbered([line])]


def every_moment() -> list[tuple[str, Moment]]:
    return [(act, moment) for act in ACTS for moment in Moment]


def parametrize(metafunc: pytest.Metafunc, part: slice) -> None:
    """All cases when asked for; else this part of the sample."""
    wants_all = metafunc.config.getoption("--every-boundary", default=False)
    if "boundary" in metafunc.fixturenames:
        cases = every_case() if wants_all else sample()[part]
        metafunc.parametrize(("effect", "boundary"), cases, ids=[f"{effect}-{boundary}" for effect, boundary in cases])
    if "moment" in metafunc.fixturenames:
        moments = every_moment() if wants_all else SAMPLE_MOMENTS[part]
        metafunc.parametrize(("act", "moment"), moments, ids=[f"{act}-{moment}" for act, moment in moments])
