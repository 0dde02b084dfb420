"""The digest as a message: counts first, what is most pressing next, twenty lines at most. And as plain text."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.change.digest import Count, Facts, Orphans, Planned, Wait, Wrong
from bot.ports import Message
from bot.slack import cards
from bot.slack.blocks import context, link, section
from bot.slack.text import plain, said
from bot.slack.times import duration

MOST_WAITING, MOST_PLANNED, MOST_WRONG = 5, 3, 5
"""Lines, one of which says how many more there are. With headings, counts, orphans and the time: twenty at most."""
MOST_ORPHANED = 4

Page = Callable[[str], str]
Link = Callable[[str, str], str]
"""(sys_id or encoded query, label) → the label, as a link where links can be shown."""
Words = Callable[[str, int], str]
"""Other people's words, cut and made harmless for where they are shown."""


@dataclass(frozen=True)
class Hand:
    """How things are written: for Slack, or for a console."""

    words: Words
    change: Link
    query: Link
    strong: str


def message(facts: Facts, *, marker: str, page: Page, page_of_query: Page) -> Message:
    """page: where a person sees a change, by sys_id. page_of_query: where they see the list that a query finds."""
    hand = Hand(
        words=said,
        change=lambda sys_id, label: link(page(sys_id), label) if sys_id else label,
        query=lambda query, label: link(page_of_query(query), label) if query else label,
        strong="*",
    )
    if facts.is_quiet:
        line = _quiet_line(facts)
        return cards.message(line, [section(line)], marker=marker)
    blocks = [section("\n".join(lines)) for lines in _paragraphs(facts, hand)]
    return cards.message(headline(facts), [*blocks, context([_as_of(facts)])], marker=marker)


def plain_text(facts: Facts) -> str:
    """For a console, without anything that could steer it."""
    if facts.is_quiet:
        return _quiet_line(facts)
    hand = Hand(words=plain, change=lambda _, label: label, query=lambda _, label: label, strong="")
    parts = ["\n".join(lines) for lines in _paragraphs(facts, hand)]
    queries = "\n".join(f"{count.what}: {count.query}" for count in facts.counts if count.query)
    return "\n\n".join(part for part in (*parts, queries, _as_of(facts)) if part)


def headline(facts: Facts) -> str:
    """What a notification and a screen reader give."""
    numbers = ", ".join(f"{count.number} {count.what}" for count in facts.counts)
    wrong = f", {len(facts.wrong)} went wrong" if facts.wrong else ""
    return f"Changes: {numbers}{wrong}. {_as_of(facts)}"


def _quiet_line(facts: Facts) -> str:
    return f"Changes: nothing waits, nothing is planned, nothing went wrong. {_as_of(facts)}"


def _as_of(facts: Facts) -> str:
    return f"As of {_local(facts.as_of)} {_zone(facts.as_of)}, since {_local(facts.since)}"


def _paragraphs(facts: Facts, hand: Hand) -> Iterator[list[str]]:
    """Each a block of lines; those with nothing to say are left out."""
    yield [_title("Changes", hand), " · ".join(_count(count, hand) for count in facts.counts)]
    waits = [_wait(wait, facts.as_of, hand) for wait in facts.waits]
    planned = [_plan(one, facts.as_of, hand) for one in facts.planned]
    wrong = [_wrong(one, hand) for one in facts.wrong]
    for title, lines, most, rest in (
        (f"Waiting ({len(waits)})", waits, MOST_WAITING, ": `/change queue` lists them"),
        (f"Next ({len(planned)})", planned, MOST_PLANNED, ": `/change queue` lists them"),
        (f"Went wrong ({len(wrong)})", wrong, MOST_WRONG, ""),
    ):
        if lines:
            yield [_title(title, hand), *_some(lines, most, rest)]
    if facts.orphans:
        yield [_orphans(facts.orphans, facts.commits_without_story, hand)]


def _title(text: str, hand: Hand) -> str:
    return f"{hand.strong}{text}{hand.strong}"


def _some(lines: Sequence[str], most: int, rest: str) -> list[str]:
    """rest: where to find those that are left out."""
    if len(lines) <= most:
        return list(lines)
    return [*lines[: most - 1], f"and {len(lines) - most + 1} more{rest}"]


def _count(count: Count, hand: Hand) -> str:
    return f"{hand.query(count.query, str(count.number))} {count.what}"


def _wait(wait: Wait, now: datetime, hand: Hand) -> str:
    whom = hand.words(" and ".join(wait.for_whom), 50) or "nobody is asked yet"
    parts = [
        f"{_name(wait.number, wait.sys_id, hand)} {hand.words(wait.what, 60)}",
        "on hold" if wait.is_on_hold else whom,
        _age(now - wait.since),
        f"expires {_near(wait.expires_at, now)}" if wait.expires_at else "",
    ]
    return "• " + " · ".join(part for part in parts if part)


def _plan(one: Planned, now: datetime, hand: Hand) -> str:
    window = f"{_near(one.window.start, now)} – {_near(one.window.end, now)}"
    return f"• {_name(one.number, one.sys_id, hand)} {hand.words(one.what, 60)} · {one.standing} · {window}"


def _wrong(one: Wrong, hand: Hand) -> str:
    number = f"{_name(one.number, one.sys_id, hand)} " if one.number else ""
    why = f" · {hand.words(one.why, 80)}" if one.why else ""
    return f"• {hand.words(one.how, 40)}: {number}{hand.words(one.what, 60 if one.why else 140)}{why}"


def _orphans(orphans: Sequence[Orphans], total: int, hand: Hand) -> str:
    most = sorted(orphans, key=lambda one: -one.commits)
    parts = [f"{_name(one.number, one.sys_id, hand)} {one.commits}" for one in most[:MOST_ORPHANED]]
    if len(most) > MOST_ORPHANED:
        parts.append(f"{len(most) - MOST_ORPHANED} more changes")
    return f"{_title('Commits without a story', hand)} {total}: {', '.join(parts)}"


def _name(number: str, sys_id: str, hand: Hand) -> str:
    return hand.change(sys_id, hand.words(number or "a new change", 40))


def _age(span: timedelta) -> str:
    """
    >>> _age(timedelta(days=2, hours=3)), _age(timedelta(minutes=5))
    ('2 days', '5 min')
    """
    if span >= timedelta(days=1):
        return "1 day" if span.days == 1 else f"{span.days} days"
    if span >= timedelta(hours=1):
        return f"{span.seconds // 3600} h"
    return duration(max(span, timedelta(0)))


def _near(at: datetime | None, now: datetime) -> str:
    """The time of day; with the date when it is another day's."""
    if at is None:
        return ""
    return f"{at:%H:%M}" if at.date() == now.date() else f"{at:%a %d %b %H:%M}"


def _local(at: datetime) -> str:
    return f"{at:%a %d %b %Y %H:%M}"


def _zone(at: datetime) -> str:
    """
    >>> from zoneinfo import ZoneInfo
    >>> _zone(datetime(2026, 3, 2, tzinfo=ZoneInfo("Europe/Berlin")))
    'CET (Europe/Berlin)'
    """
    name, key = at.strftime("%Z"), getattr(at.tzinfo, "key", "")
    return f"{name} ({key})" if key and key != name else name
