"""What goes wrong with a call, planned by a test: before it happens, or after it happened and before the answer."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Killed(BaseException):
    """The process ended here. No ``except Exception`` of ours may know about it."""


class Faults:
    """Each double has one. A call is named as its port's method is."""

    def __init__(self) -> None:
        self.down: BaseException | None = None
        """Raised at every call until it is taken away."""
        self._before: dict[str, list[BaseException]] = defaultdict(list)
        self._after: dict[str, list[BaseException]] = defaultdict(list)

    def refuse(self, call: str, *failures: BaseException) -> None:
        """The next calls of that name do not happen."""
        self._before[call] += failures

    def lose_answer(self, call: str, *failures: BaseException) -> None:
        """The next calls of that name happen, and nobody is told."""
        self._after[call] += failures

    @contextmanager
    def around(self, call: str) -> Iterator[None]:
        if self.down is not None:
            raise self.down
        if self._before[call]:
            raise self._before[call].pop(0)
        yield
        if self._after[call]:
            raise self._after[call].pop(0)
