"""Which effects are killed at which boundaries: all of them, or a sample that is the same every time."""

import pytest

from tests.crash.boundaries import Boundary
from tests.crash.door import Moment
from tests.crash.effects import Effect, known, numbered
from tests.crash.memory import SHELVES
from tests.crash.people import ACTS
from tests.crash.stories import MAIN, STORIES

CREATES = ("POST /api/sn_chg_rest/v1/change", "chat.postMessage", "POST /rest/api/2/issue/{key}/comment")
"""Calls that make something anew each time: these must not land a second time, however late the first one does."""
SAMPLE = {
    "servicenow | POST /api/sn_chg_rest/v1/change | -": Boundary.AFTER,
    'slack | chat.postMessage | "marker": "card': Boundary.FORGOTTEN,
    "servicenow | PATCH /api/now/table/sysapproval_approver/{sys_id} | Ada Lovelace": Boundary.AFTER,
}
SAMPLE_MOMENTS: list[tuple[str, str, str, Moment]] = []
AT_THE_DOOR = {MAIN: ACTS, "question": ("submit",), "own": ("approve",)}
"""In which story, what people do that is written down."""
Case = tuple[str, Effect, Boundary]
"""In which story, at which effect, where."""


def every_case() -> list[Case]:
    return [
        (story, effect, boundary)
        for story in STORIES
        for effect in numbered(known(story))
        for boundary in Boundary
        if boundary is not Boundary.LATE or effect.call in CREATES
    ]


def sample() -> list[Case]:
    """One effect of each kind, of the main story."""
    return [(MAIN, effect, boundary) for line, boundary in SAMPLE.items() for effect in numbered([line])]


def every_moment() -> list[tuple[str, str, str, Moment]]:
    deeds = [(story, act) for story, acts in AT_THE_DOOR.items() for act in acts]
    return [(shelf, *deed, moment) for shelf in SHELVES for deed in deeds for moment in Moment]


def parametrize(metafunc: pytest.Metafunc, part: slice) -> None:
    """All cases when asked for; else this part of the sample."""
    cases = every_case() if _wants_all(metafunc) else sample()[part]
    if "boundary" in metafunc.fixturenames:
        names = [f"{story}-{effect}-{boundary}" for story, effect, boundary in cases]
        metafunc.parametrize(("story", "effect", "boundary"), cases, ids=names)


def parametrize_stories(metafunc: pytest.Metafunc) -> None:
    metafunc.parametrize("story", list(STORIES) if _wants_all(metafunc) else [MAIN])


def parametrize_moments(metafunc: pytest.Metafunc) -> None:
    moments = every_moment() if _wants_all(metafunc) else SAMPLE_MOMENTS
    metafunc.parametrize(("shelf", "story", "act", "moment"), moments, ids=["-".join(moment) for moment in moments])


def _wants_all(metafunc: pytest.Metafunc) -> bool:
    # Known only to a pytest that was pointed at this folder.
    return bool(metafunc.config.getoption("--every-boundary", default=False))
