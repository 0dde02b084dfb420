"""Times as people read them: in their own zone, with UTC beside it."""

from datetime import UTC, datetime, timedelta

from bot.change.model import Window


def moment(at: datetime) -> str:
    """A date and time in the reader's zone; UTC where that cannot be shown.

    docs.slack.dev/messaging/formatting-message-text: <!date^timestamp^format|fallback>"""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{utc(at)}>"


def clock_time(at: datetime) -> str:
    """Only the time of day, in UTC."""
    return at.astimezone(UTC).strftime("%H:%M UTC")


def utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def window(planned: Window) -> str:
    """The window in the reader's zone, and how long it is: for where its UTC stands beside it."""
    return f"{moment(planned.start)} – {moment(planned.end)}, {duration(planned.end - planned.start)}"


def window_utc(planned: Window) -> str:
    """
    >>> window_utc(Window(datetime(2026, 3, 2, 14, tzinfo=UTC), datetime(2026, 3, 2, 18, tzinfo=UTC)))
    '2026-03-02 14:00–18:00 UTC'
    """
    start, end = planned.start.astimezone(UTC), planned.end.astimezone(UTC)
    if start.date() == end.date():
        return f"{start:%Y-%m-%d %H:%M}–{end:%H:%M} UTC"
    return f"{start:%Y-%m-%d %H:%M} – {end:%Y-%m-%d %H:%M} UTC"


def duration(span: timedelta) -> str:
    """
    >>> duration(timedelta(hours=4, minutes=30))
    '4 h 30 min'
    """
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    parts = [f"{hours} h" if hours else "", f"{minutes} min" if minutes else ""]
    return " ".join(part for part in parts if part) or "0 min"
