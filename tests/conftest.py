"""Which files go first: those that take longest, so that no worker is left with one of them at the end."""

import pytest

LONGEST = (
    "tests/stories/test_self_authenticated.py",
    "tests/stories/test_switches.py",
    "tests/people/test_matrix.py",
    "tests/command/test_sandbox.py",
    "tests/faults/test_every_call.py",
    "tests/crash/",
    "tests/mutants/",
    "tests/stories/test_going.py",
    "tests/story/test_lost_answers.py",
    "tests/browser/",
    "tests/replicas/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The order within a file stays as it is."""
    items.sort(
        key=lambda item: next((n for n, name in enumerate(LONGEST) if item.nodeid.startswith(name)), len(LONGEST))
    )
