"""Which calls meet which faults: each meets all, or a sample that is the same every time."""

import pytest

from tests.faults.calls import Call, known
from tests.faults.kinds import KINDS, NAMED, Kind
from tests.faults.stories import STORIES

SAMPLE = {
    'main | servicenow | write | PATCH /api/sn_chg_rest/v1/change/{sys_id} | "state": "-4"': "lag",
    'main | servicenow | write | PATCH /api/sn_chg_rest/v1/change/{sys_id} | "state": "-1"': "busy for 1847 s",
}
"""Kinds that no other test tells over the wire."""
TOLD_ALWAYS = ("main", "digest")
"""Stories of which an ordinary run too asks whether each call has its cases."""
Case = tuple[Call, Kind]


PACED = ("slack", "jira")
"""A long pause is kept by their clients too, by the machine's clock, which no test can move:
tests/integrations/test_pace.py."""


def every_case() -> list[Case]:
    return [(call, kind) for call in known() for kind in KINDS if _is_case(call, kind)]


def _is_case(call: Call, kind: Kind) -> bool:
    return (call.is_effect or not kind.is_for_writes) and not (kind.is_long and call.system in PACED)


def sample() -> list[Case]:
    return [(call, NAMED[SAMPLE[call.line]]) for call in known() if call.line in SAMPLE]


def parametrize(metafunc: pytest.Metafunc) -> None:
    # Known only to a pytest that was pointed at this folder.
    is_whole = bool(metafunc.config.getoption("--every-fault", default=False))
    if "story" in metafunc.fixturenames:
        metafunc.parametrize("story", list(STORIES) if is_whole else TOLD_ALWAYS)
    if "kind" in metafunc.fixturenames:
        cases = every_case() if is_whole else sample()
        names = [f"{call}-{kind}".replace(" ", "-") for call, kind in cases]
        metafunc.parametrize(("call", "kind"), cases, ids=names)
