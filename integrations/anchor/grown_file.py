"""A file that only grows: on a volume that Cabbie's operators may append to and not rewrite (WORM, object lock)."""

import os
from collections.abc import Iterator
from pathlib import Path

from bot.ports import Head, Outage
from integrations.anchor.lines import heads_in, line_of


class GrownFile:
    """One line of JSON for each head."""

    name = "the anchor's file"

    def __init__(self, path: str, ledger: str) -> None:
        self._ledger = ledger
        self._path = Path(path)

    def leave(self, head: Head) -> None:
        """Written and on disk when it returns. Raises: Outage."""
        try:
            # Append only, never truncate: a volume that refuses rewriting refuses the other modes.
            descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        except OSError as error:
            raise Outage(self.name, f"it cannot be opened ({error.strerror})") from None
        with os.fdopen(descriptor, "a") as file:
            try:
                file.write(line_of(head, self._ledger) + "\n")
                file.flush()
                os.fsync(descriptor)
            except OSError as error:
                raise Outage(self.name, f"it cannot be written ({error.strerror})") from None

    def heads(self) -> Iterator[Head]:
        try:
            with self._path.open() as file:
                yield from heads_in(file, self._ledger)
        except OSError as error:
            raise Outage(self.name, f"it cannot be read ({error.strerror})") from None
