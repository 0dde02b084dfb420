"""The Details form of a change: all of what an approver may want to read before deciding."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.change.model import Change, RowState
from bot.slack import times
from bot.slack.blocks import Block, context, divider, link, modal, section
from bot.slack.cards import first_line
from bot.slack.reads import HistoryLine
from bot.slack.remarks import remarks
from bot.slack.stories import story_lines
from bot.slack.text import said
from bot.slack.verdicts import verdict_line
from bot.slack.words import name_of

DETAILS_FORM = "details"
LINES_IN_A_SECTION = 10
LINES_IN_A_TEXT = 12
MOST_STORIES = 60
MOST_HISTORY = 30


def details(change: Change, history: Sequence[HistoryLine], *, now: datetime, page: str = "") -> Block:
    """A modal view."""
    where = [link(page, "Open it in ServiceNow")] if page else []
    blocks = [
        section(first_line(change, now)),
        *_plan(change),
        *_listed("Stories", story_lines(change.release, most=MOST_STORIES)),
        *_listed("Commits without a story", _commits(change)),
        *_listed("Decisions", [*map(verdict_line, change.decisions), *_rows(change)]),
        *_small([*remarks(change), *where, *_proof(change)]),
        *([divider()] if history else []),
        *_listed("History", history_lines(history, most=MOST_HISTORY)),
    ]
    return modal(name_of(change), blocks, callback_id=DETAILS_FORM)


def history_lines(history: Sequence[HistoryLine], *, most: int) -> list[str]:
    """The newest, oldest first."""
    lines = [" · ".join(filter(None, _parts(entry))) for entry in history]
    return lines if len(lines) <= most else [f"{len(lines) - most} earlier entries", *lines[-most:]]


def _parts(entry: HistoryLine) -> tuple[str, ...]:
    """When, who (nobody, where Cabbie itself did it, or where the sentence begins with them), what."""
    by = "" if entry.sentence.startswith(entry.by) else entry.by
    return times.utc(entry.at), said(by, 60), said(entry.sentence, 300)


def _plan(change: Change) -> list[Block]:
    plan = change.plan
    if plan is None:
        return []
    reasons = "; ".join(plan.risk.reasons) or "no particular reason"
    told = {
        "What": plan.description or plan.short_description,
        "Why": change.why,  # what the stories add to it is listed below
        "Affects": plan.affected,
        "Risk": f"{plan.risk.level}: {reasons}",
        "Implementation": plan.implementation,
        "Tests": plan.test,
        "Backout": plan.backout,
    }
    texts = [f"*{name}* {_lines(text)}" for name, text in told.items() if text]
    return [section(text) for text in [*texts, f"*Window* {times.window(plan.window)}"]]


def _lines(text: str) -> str:
    """A longer text, line for line."""
    lines = [said(line, 500) for line in text.splitlines()[:LINES_IN_A_TEXT]]
    return "\n".join(line for line in lines if line)


def _commits(change: Change) -> list[str]:
    release = change.release
    if release is None:
        return []
    lines = [f"• {said(subject, 120)}" for subject in release.commits_without_story]
    more = release.commits_without_story_count - len(lines)
    return [*lines, f"and {more} more"] if more > 0 else lines


def _rows(change: Change) -> list[str]:
    """Who is still asked; a group's members stay behind its name."""
    open_rows = [row for row in change.rows if row.state is RowState.REQUESTED]
    names = dict.fromkeys(said(row.group or row.approver_name, 80) for row in open_rows)
    return [f"⏳ asked: {name}" for name in list(names)[:10]]


def _proof(change: Change) -> list[str]:
    sha = change.release.sha if change.release else change.announced_sha
    found = [f"commit {said(sha, 40)}"] if sha else []
    return [*found, f"content {said(change.fingerprint, 16)}"] if change.fingerprint else found


def _listed(title: str, lines: list[str]) -> Iterable[Block]:
    """A heading and its lines, ten to a section so that none grows too long."""
    for start in range(0, len(lines), LINES_IN_A_SECTION):
        heading = [f"*{title}*"] if start == 0 else []
        yield section("\n".join([*heading, *lines[start : start + LINES_IN_A_SECTION]]))


def _small(lines: list[str]) -> list[Block]:
    return [context(lines)] if lines else []
