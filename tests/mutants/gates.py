"""Mutants of gates: each takes away, or turns round, one rule that stands between somebody and an approval, a record,
an open gate or Implement; the machine that plays everything that can be heard has to trip over it.

Where two rules stand behind each other, the mutant takes both: the machine sees what people would suffer, not lines.
"""

from tests.mutants.mutant import Edit, Mutant

STORY = "tests/mutants/story_of_everything.py::test_what_must_hold_holds"
APPROVAL, GATE, WINDOW, POLICY = (f"bot/change/{name}.py" for name in ("approval", "gate", "window", "policy"))
JUDGE, HOP, GO, LOOK = (f"bot/story/{name}.py" for name in ("judge", "hop", "go", "look"))
CANCEL, CLOSE, OPEN, LISTEN = (f"bot/story/{name}.py" for name in ("cancel", "close", "open", "listen"))
PEOPLE, VOUCH = "bot/story/people.py", "bot/story/vouch.py"
ASKING, REPORTING, FRONT = (f"bot/desk/{name}.py" for name in ("asking", "reporting", "front"))


def gate(name: str, bug: str, file: str, before: str, after: str, play: str, *also: Edit) -> Mutant:
    """play: which chapter the machine plays, and by which seed."""
    return Mutant(f"gate: {name}", bug, file, before, after, f"{STORY}[{play}]", also)
