"""A clock that stands still until somebody moves it."""

from datetime import datetime, timedelta


class ClockDouble:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, by: timedelta) -> None:
        self.at += by
