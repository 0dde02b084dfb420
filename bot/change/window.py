"""When a deploy may run, and until when it may be decided."""

from datetime import datetime

from bot.change.model import Window
from bot.change.policy import ApprovalPolicy, WindowPolicy


def planned_window(asked_at: datetime, policy: WindowPolicy) -> Window:
    start = asked_at + policy.starts_after
    return Window(start=start, end=start + policy.lasts)


def expiry(asked_at: datetime, window: Window, policy: ApprovalPolicy) -> datetime:
    """Nobody need decide on a window that is over."""
    return min(asked_at + policy.expires_after, window.end)


def is_inside(now: datetime, window: Window) -> bool:
    return window.start <= now < window.end
