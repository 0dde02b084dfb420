"""What people and pipelines say of a deploy, in one form whoever says it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.change.model import Commit, Kind, Person, Status, Transport, Verdict
from bot.change.reading import Reading


@dataclass(frozen=True)
class Speaker:
    """Who said it, and what proves that."""

    transport: Transport
    slack_id: str = ""
    slack_team: str = ""
    name: str = ""
    app_id: str = ""
    """The Slack app or the API token's name, for pipelines."""


@dataclass(frozen=True)
class Announcement:
    """A deploy is asked for, has started or has ended.

    ``requested_by`` is whom a pipeline names (a Slack id or an e-mail): a claim, which keeps that person from approving
    and proves nothing."""

    service: str
    version: str = ""
    environment: str = ""
    status: Status = Status.REQUESTED
    kind: Kind = Kind.DEPLOY
    why: str = ""
    sha: str = ""
    commits: tuple[Commit, ...] = ()
    url: str = ""
    requested_by: str = ""
    channel: str = ""
    message_ts: str = ""
    is_emergency: bool = False
    run: str = ""
    """What the tool calls the run where it names no version: it ties what is said of one run together."""
    may_open: bool = False
    """A tool's own post, which nobody wrote for us: its "started" opens the change that nobody asked for."""
    waits_at_gate: bool = False
    """Its pipeline asks the gate: "started" may be said before that is open."""
    source: str = ""
    """Who says it, for people; empty: whoever speaks."""


COMPLETED = "completed by "
"""A source that is a person, by their id."""
UNPOSTED = "unposted:"
"""Begins the place of what was told, and stands nowhere in Slack."""


@dataclass(frozen=True)
class Told:
    """What another tool says in its own words: a post of its in Slack, or its webhook."""

    reading: Reading
    source: str
    """Who says it, for people: "GitHub's webhook", "Jenkins in Slack"."""
    channel: str = ""
    message_ts: str = ""
    thread_ts: str = ""
    """Of the post below which it was said, or empty."""
    waits_at_gate: bool = False
    is_guess: bool = False
    """Read from no format that is known: a person has to confirm it."""

    @property
    def place(self) -> str:
        """Of the post that the thread, or the edits, belong to."""
        return self.thread_ts or self.message_ts


@dataclass(frozen=True)
class Question:
    """What a person is asked below a tool's post."""

    told: Told
    missing: tuple[str, ...] = ()
    """By the names of an announcement's fields; none where they are only asked whether it is a deploy."""
    service: str = ""
    """The policy's name for it, and for where it goes; empty when that is missing."""
    environment: str = ""


@dataclass(frozen=True)
class Completion:
    """A person adds what a tool's post does not say, or confirms what it seems to say."""

    channel: str
    message_ts: str
    """Of the post."""
    service: str = ""
    version: str = ""
    environment: str = ""
    requested_by: str = ""
    """A Slack id."""
    is_no_deploy: bool = False
    is_proven: bool = False
    """It was asked who the person is by now: nothing is done about it before."""
    objection: str = ""
    """What was found against them then."""


@dataclass(frozen=True)
class Press:
    """A button on a card, or the form it opened."""

    number: str
    verdict: Verdict
    reason: str = ""
    fingerprint: str = ""
    """Of the content that was shown."""
    card: str = ""
    """The beginning of the fingerprint of the very card; empty when it was pressed elsewhere (the Home tab)."""
    channel: str = ""
    message_ts: str = ""
    action_ts: str = ""
    response_url: str = ""


def names_of(version: str = "", sha: str = "", run: str = "") -> list[str]:
    """What a deploy is called by, strongest first. A tag is the same version with its v and without.

    >>> names_of("v2.4.1", "0F1E2D3C")
    ['sha:0f1e2d3c', 'version:2.4.1']
    """
    names = (
        f"sha:{sha.lower()}" if sha else "",
        f"version:{version.removeprefix('v')}" if version else "",
        f"run:{run}" if run else "",
    )
    return [name for name in names if name]


def word_of(source: str, kind: Kind, status: Status, named: Person | None) -> str:
    """One source's word, for a change's history. named: whom it names, which proves nothing."""
    if source.startswith(COMPLETED):
        return f"{named.name if named else 'Somebody'} completed what a tool had left out: {kind} {status}"
    by = f"; asked by {named.name or named.email or named.slack_id}, by its word" if named else ""
    return f"{'Slack' if source == 'slack' else source} said: {kind} {status}{by}"


class ReportWord(StrEnum):
    """The verbs of ``/deploy <verb> CHG…``, and of the card's outcome buttons."""

    START = "start"
    DONE = "done"
    FAILED = "failed"
    ROLLED_BACK = "rolled-back"
    CANCEL = "cancel"


@dataclass(frozen=True)
class Report:
    """How a deploy whose number is known goes."""

    number: str
    word: ReportWord
    why: str = ""
    response_url: str = ""
    channel: str = ""
    message_ts: str = ""
    """Of the card that was pressed; empty when it was typed."""


@dataclass(frozen=True)
class Heard:
    """One thing said at one of the doors.

    once: what tells it from everything else ever said there (a trigger id, an event id): said again, it changes
    nothing."""

    by: Speaker
    at: datetime
    once: str
    body: "Announcement | Press | Report | Told | Completion"


@dataclass(frozen=True)
class Answer:
    """What the desk says back at once: heard and written down, or why not."""

    sentence: str
    change_id: str = ""
    number: str = ""
    is_refusal: bool = False
