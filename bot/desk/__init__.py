"""The front desk: everything said anywhere is written down here, in one transaction, and then worked on."""

from bot.desk.front import Desk, FrontDesk

__all__ = ["Desk", "FrontDesk"]
