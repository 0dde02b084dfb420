"""A place outside that keeps the ledger's heads."""

from collections.abc import Iterator

from bot.ports import Failure, Head


class AnchorDouble:
    def __init__(self) -> None:
        self.left: list[Head] = []
        self.down: Failure | None = None

    def leave(self, head: Head) -> None:
        if self.down:
            raise self.down
        self.left.append(head)

    def heads(self) -> Iterator[Head]:
        return iter(self.left)
