"""The front desk: everything said anywhere is written down here, in one transaction, and then worked on."""

from typing import Protocol

from bot.change.announcement import Answer, Heard


class Desk(Protocol):
    """What the doors know of the desk."""

    def hear(self, heard: Heard) -> Answer:
        """Write it down and queue the work. Returns after the commit.

        A refusal (unknown service, unknown change, not allowed to) comes back as an Answer with is_refusal and one
        sentence; it is in the ledger too. Anything else raises: nothing was written, the door must not acknowledge."""
        ...
