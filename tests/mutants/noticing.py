"""The one thing that is asked of every mutant; each file of them imports it."""

from collections.abc import Callable

from tests.mutants.mutant import Mutant
from tests.mutants.trial import Court, Outcome, why_no_control, why_not_killed


def test_a_bug_is_noticed(
    court: Court, controls: dict[str, Outcome], mutant: Mutant, record_property: Callable[[str, object], None]
) -> None:
    if mutant.test not in controls:
        controls[mutant.test] = court.control(mutant.test)
    assert not (why := why_no_control(controls[mutant.test])), why

    outcome = court.against(mutant)

    record_property("test", mutant.test)
    record_property("seconds", outcome.seconds)
    record_property("busy", outcome.busy)
    assert not (why := why_not_killed(outcome)), f"{mutant.bug}\n{why}"
