"""Whatever goes wrong with a call, the three systems cannot tell in the end, and people were told meanwhile."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.calls import LIST, Call, as_list, known
from tests.faults.cases import SAMPLE, parametrize, sample
from tests.faults.conftest import Tell
from tests.faults.kinds import Kind
from tests.faults.telling import Told
from tests.faults.verdict import differences


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    parametrize(metafunc)


def test_every_call_of_the_story_has_its_fault_cases(undisturbed: Callable[[str], Told], story: str) -> None:
    listed = {call.line for call in known() if call.story == story}

    told = undisturbed(story).calls

    assert listed == {call.line for call in told}, f"{LIST.name} should hold:\n{as_list(told)}"


def test_the_sample_is_what_it_names() -> None:
    assert len(sample()) == len(SAMPLE)


def test_a_fault_changes_nothing(
    undisturbed: Callable[[str], Told], tell: Tell, tmp_path: Path, call: Call, kind: Kind
) -> None:
    told = tell(call.story, call, kind, tmp_path)

    assert told.spoilt, f"{call} was never spoilt"
    assert not (why := differences(undisturbed(call.story), told, kind)), why
