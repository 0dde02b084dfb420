"""The mutants as a whole: enough of them, told apart, each with a text that is really there."""

import re

import pytest

from tests.mutants import (
    test_at_the_door,
    test_deciding,
    test_going,
    test_hearing,
    test_in_jira,
    test_in_servicenow,
    test_in_slack,
    test_lifecycle,
    test_remembering,
)
from tests.mutants.mutant import Edit, Mutant
from tests.mutants.workshop import DoesNotApply, edited
from tests.stories.processes import ROOT

LEAST = 36
PARTS = (
    test_at_the_door,
    test_deciding,
    test_going,
    test_hearing,
    test_in_jira,
    test_in_servicenow,
    test_in_slack,
    test_lifecycle,
    test_remembering,
)
MUTANTS = tuple(mutant for part in PARTS for mutant in part.MUTANTS)


def test_there_are_many_and_each_is_told_apart() -> None:
    assert len(MUTANTS) >= LEAST
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert len({(mutant.edits, mutant.test) for mutant in MUTANTS}) == len(MUTANTS)  # noticed in two ways is fine
    assert all(mutant.bug.endswith(".") for mutant in MUTANTS)


def test_each_changes_a_text_that_is_there_once() -> None:
    assert [why for mutant in MUTANTS if (why := _why_not_applied(mutant))] == []


def _why_not_applied(mutant: Mutant) -> str:
    try:
        for edit in mutant.edits:
            edited((ROOT / edit.file).read_text(), edit)
    except (DoesNotApply, SyntaxError) as error:
        return f"{mutant.name}: {error}"
    return ""


def test_every_short_story_notices_a_mutant() -> None:
    """Nothing else tells them."""
    stories = {path.name: path.read_text() for path in (ROOT / "tests" / "mutants").glob("story_of_*.py")}
    told = {f"{name}::{test}" for name, text in stories.items() for test in re.findall(r"(?m)^def (test_\w+)", text)}

    assert told == {_story(mutant.test) for mutant in MUTANTS if "/story_of_" in mutant.test}


def _story(test: str) -> str:
    return test.rpartition("/")[2].partition("[")[0]


@pytest.mark.parametrize("text", ["", "once, once"])
def test_a_text_that_is_not_there_or_twice_is_an_error(text: str) -> None:
    with pytest.raises(DoesNotApply):
        edited(text, Edit("a.txt", "once", "never"))


def test_a_mutant_that_is_no_python_is_an_error() -> None:
    with pytest.raises(SyntaxError):
        edited("x = 1", Edit("a.py", "1", "("))
