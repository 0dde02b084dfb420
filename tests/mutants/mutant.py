"""What a mutant is: one deliberate bug, where it goes into Cabbie, and the test that has to notice it."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Edit:
    """One change of Cabbie's text. What stands before has to be there exactly once."""

    file: str
    before: str
    after: str


@dataclass(frozen=True)
class Mutant:
    """One bug, alive in a copy of Cabbie for the time of one test."""

    name: str
    bug: str
    """What people would suffer from it, in one sentence."""
    file: str
    before: str
    after: str
    test: str
    """The node id of the test that must fail because of it."""
    also: tuple[Edit, ...] = field(default=())
    """Further changes that belong to the same bug."""

    @property
    def edits(self) -> tuple[Edit, ...]:
        return (Edit(self.file, self.before, self.after), *self.also)
