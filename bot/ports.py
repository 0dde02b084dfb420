"""What we need from outside, in our words, and how it may fail.

Failures are sorted by remedy, once, here:

=============== ============================================ ====== ==================== ========
failure         means                                        again  who is told          gate
=============== ============================================ ====== ==================== ========
Outage          nothing happened, or it may be repeated      yes    the card, if it lasts shut
Unknown         a create was sent and its answer is lost     look   the card, if it lasts shut
BadCredentials  one refresh did not help                     yes    the admin            shut
LinkEnded       a person's own sign-in does not hold         no     the person           shut
NotThere        hidden by rights, or not yet visible         once   the person           shut
Declined        refused by a rule: perhaps it is already so  look   the person           shut
=============== ============================================ ====== ==================== ========
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.change.linking import Owner
from bot.change.model import ApprovalRow, Change, Commit, Outcome, Plan, Story, Verdict
from bot.change.model import State as State  # re-exported: a port's callers speak of states


class Failure(Exception):
    """Something outside did not do what we asked. Its arguments are strings, so that it survives a crash."""

    def __init__(self, system: str, what: str) -> None:
        super().__init__(system, what)
        self.system = system
        self.what = what

    def __str__(self) -> str:
        return self.what if self.what.startswith(self.system) else f"{self.system}: {self.what}"


class Outage(Failure):
    """It will work again later; asking twice does no harm."""

    def __init__(self, system: str, what: str, retry_after: str = "") -> None:
        super().__init__(system, what)
        self.args = (system, what, retry_after)
        self.retry_after = timedelta(seconds=float(retry_after)) if retry_after else None


class NotOurTurn(Outage):
    """We call it as often as it lets us: nothing was sent, and nothing is wrong."""


class Unknown(Failure):
    """A create was sent and its answer is lost: look before acting."""


class BadCredentials(Failure):
    """The system does not accept who we are: a person has to mend it."""


class LinkEnded(Failure):
    """A person's own sign-in is not accepted any more: they have to sign in again."""


class NotThere(Failure):
    """Gone, hidden by rights, or not yet visible."""


class Declined(Failure):
    """Understood and refused by the system's own rules."""


# ---------------------------------------------------------------------------------------------------------- ServiceNow


@dataclass(frozen=True)
class Record:
    """A change request as ServiceNow holds it now."""

    sys_id: str
    number: str
    state: State
    approval: str
    on_hold: bool
    correlation_id: str
    mod_count: int
    created_at: str
    fields: Mapping[str, str] = field(default_factory=dict)
    """The text fields we wrote, as read back: short_description, justification, …"""


@dataclass(frozen=True)
class User:
    """A ServiceNow user."""

    sys_id: str
    name: str
    email: str
    active: bool
    locked_out: bool


class ChangeRecords(Protocol):
    """ServiceNow's change requests, as the account that opens and moves them and never approves."""

    def find(self, correlation_id: str) -> tuple[Record, ...]:
        """Every change with this key that was not canceled as a duplicate, oldest first; equality is checked here."""
        ...

    def create(self, plan: Plan, change: Change, requested_by: str) -> Record:
        """A new change in New. requested_by: a sys_user.

        Raises: Unknown when the answer was lost, Declined with the reason, or when fields of ours were ignored."""
        ...

    def read(self, sys_id: str) -> Record: ...

    def differences(self, record: Record, plan: Plan, change: Change, requested_by: str) -> tuple[str, ...]:
        """Names of the fields that do not hold what we wrote."""
        ...

    def next_states(self, sys_id: str) -> frozenset[State]:
        """The states it may be moved to now, conditions passed."""
        ...

    def move(self, sys_id: str, to: State, **fields: str) -> Record:
        """Move one hop and read back. fields: extra columns in ServiceNow's names (close_code, work_notes, …).

        Raises: Declined when a rule refuses it."""
        ...

    def amend(self, sys_id: str, **fields: str) -> Record:
        """Write columns (ServiceNow's names) and read back. Repeating it is harmless except for journals."""
        ...

    def approvals(self, sys_ids: Sequence[str]) -> Mapping[str, tuple[ApprovalRow, ...]]:
        """All approver rows of these changes, by change sys_id, in one round of requests."""
        ...

    def changed_since(self, sys_ids: Sequence[str], watermark: str) -> tuple[frozenset[str], str]:
        """Which of these changes (or their approver rows) changed since the watermark, and the next watermark.

        The watermark is taken from ServiceNow's own data and overlaps."""
        ...

    def tasks(self, sys_id: str) -> tuple[Mapping[str, str], ...]:
        """The change tasks: number, short_description, state, assignment_group, correlation_id."""
        ...

    def create_task(
        self, sys_id: str, *, short_description: str, description: str, group: str, correlation_id: str
    ) -> str:
        """A change task for somebody to do; its number."""
        ...

    def users_by_email(self, email: str) -> tuple[User, ...]:
        """Active users with this e-mail, two at most."""
        ...

    def user(self, sys_id: str) -> User: ...

    def user_named(self, user_name: str) -> User | None:
        """Whoever signs in by this name, as ``ApprovalRow.updated_by`` has it; None for nobody we can tell."""
        ...

    def group_members(self, group: str) -> tuple[User, ...]:
        """Active members of the group with this name."""
        ...

    def configuration_item(self, name: str) -> str:
        """sys_id of the one operational item of this name. Raises: Declined, saying whether none or several."""
        ...

    def page(self, sys_id: str) -> str:
        """Where a person looks at the change."""
        ...

    def page_of_query(self, query: str) -> str:
        """Where a person sees the list of changes that an encoded query finds."""
        ...

    @property
    def host(self) -> str: ...

    def check(self) -> tuple["Check", ...]:
        """The doctor's questions, asked with real calls."""
        ...


class ApprovalRecords(Protocol):
    """ServiceNow's approver rows, as the account that can write nothing else."""

    def record(self, row: str, verdict: Verdict, comment: str) -> ApprovalRow:
        """Write one row's state and read it back. WITHDRAWN puts it back to requested.

        Raises: Declined when the row is not what it was."""
        ...

    def check(self) -> tuple["Check", ...]: ...


@dataclass(frozen=True)
class OwnTokens:
    """What a person's own sign-in gave us."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    lives: timedelta
    """Of the access token, from when it was given."""


class OwnAccounts(Protocol):
    """ServiceNow as people themselves, each with the tokens of their own sign-in."""

    def sign_in_page(self, *, state: str, challenge: str) -> str:
        """Where a browser goes to sign in and to allow it. challenge: of the verifier (RFC 7636, S256)."""
        ...

    def exchange(self, code: str, verifier: str) -> OwnTokens:
        """The tokens for a code the browser brought back. Raises: LinkEnded when the code is refused."""
        ...

    def renew(self, refresh: str) -> OwnTokens:
        """New tokens; the refresh token may be another one, and the old one is void then. Raises: LinkEnded."""
        ...

    def owner(self, access: str) -> Owner:
        """Whom ServiceNow itself names for this token. Raises: LinkEnded."""
        ...

    def write(self, access: str, row: str, verdict: Verdict, comment: str) -> None:
        """Write a verdict into the person's own row; to be read back by another account.

        Raises: LinkEnded when the token is not accepted, Declined when the row is not what it was."""
        ...

    def revoke(self, token: str) -> None:
        """End a token of either kind. One that has ended already is no failure."""
        ...

    def check(self) -> tuple["Check", ...]: ...


# ---------------------------------------------------------------------------------------------------------------- Jira


@dataclass(frozen=True)
class RemoteLink:
    """What a story shows of its change."""

    global_id: str
    url: str
    title: str
    summary: str
    status: str
    resolved: bool
    icon: str = ""
    """Which of our icons: waiting, approved, done, failed."""


class Tracker(Protocol):
    """Jira's issues."""

    def read(self, keys: Sequence[str]) -> tuple[Story, ...]:
        """One story for each key asked, in that order; what cannot be read says so in ``found``."""
        ...

    def link(self, key: str, link: RemoteLink) -> None:
        """Create or update the link with this global_id. Repeating it is harmless."""
        ...

    def linked(self, key: str, global_id: str) -> RemoteLink | None: ...

    def comment(self, key: str, text: str, marker: str) -> str:
        """Add a comment carrying the marker; its id. text: plain, may hold newlines."""
        ...

    def find_comment(self, key: str, marker: str) -> str:
        """The id of our comment with this marker, or an empty string."""
        ...

    def find_comments(self, key: str, marker: str) -> tuple[str, ...]:
        """The ids of all our comments with this marker, oldest first: there are two when one came late."""
        ...

    def rewrite_comment(self, key: str, comment: str, text: str) -> None:
        """Have a comment of ours say something else. Raises: Declined when we may not, NotThere."""
        ...

    def projects(self) -> frozenset[str]:
        """The project keys we can see."""
        ...

    def check(self) -> tuple["Check", ...]: ...


# ----------------------------------------------------------------------------------------------------------------- git


class History(Protocol):
    """The source repositories."""

    def resolve(self, repository: str, version: str) -> str:
        """The full sha of a version, tag or sha. Raises: NotThere."""
        ...

    def commits(self, repository: str, base: str, head: str) -> tuple[Commit, ...]:
        """Reachable from head and not from base, newest first. An empty base gives everything."""
        ...

    def tag_before(self, repository: str, sha: str) -> tuple[str, str]:
        """(tag, sha) of the nearest tagged ancestor, or two empty strings."""
        ...

    def is_ancestor(self, repository: str, older: str, newer: str) -> bool: ...

    def check(self, repository: str) -> "Check": ...


# --------------------------------------------------------------------------------------------------------------- Slack


@dataclass(frozen=True)
class Member:
    """What Slack says about a person right now."""

    slack_id: str
    team: str
    name: str
    email: str
    time_zone: str = ""
    objection: str = ""
    """Why this is nobody who may decide: "a guest", "a bot", "deactivated", "of another workspace". Empty when fine."""


@dataclass(frozen=True)
class Message:
    """Something to show: fallback text, blocks, and the marker it can be found by again."""

    text: str
    blocks: tuple[Mapping[str, Any], ...] = ()
    marker: str = ""
    fingerprint: str = ""


class Messenger(Protocol):
    """Slack's wire, in our words."""

    def post(self, channel: str, message: Message, *, thread: str = "", broadcast: bool = False) -> str:
        """Post; "channel/ts" of the new message. A person's id as channel means their DM.

        Raises: Unknown when the answer was lost."""
        ...

    def edit(self, ref: str, message: Message) -> None: ...

    def find(self, channel: str, marker: str, *, thread: str = "", since: datetime | None = None) -> str:
        """The "channel/ts" of our message with this marker, or an empty string. A person's id means their DM."""
        ...

    def find_all(
        self, channel: str, marker: str, *, thread: str = "", since: datetime | None = None
    ) -> tuple[str, ...]:
        """All of ours with this marker, oldest first: there are two when one came late."""
        ...

    def permalink(self, ref: str) -> str: ...

    def whisper(self, response_url: str, channel: str, user: str, text: str) -> None:
        """Tell one person, only them: by the response_url while it lives, else in the channel. May be lost.

        Raises: NotOurTurn, nothing having been said."""
        ...

    def member(self, slack_id: str) -> Member:
        """What Slack says about this person now. Raises: NotThere."""
        ...

    def member_by_email(self, email: str) -> Member | None: ...

    def check(self, channels: Iterable[str]) -> tuple["Check", ...]: ...


class Room(Messenger, Protocol):
    """Where people talk: the wire, and what is shown on it."""

    def card(self, change: Change, *, now: datetime) -> Message:
        """The living card of a change. No I/O: same change, same card."""
        ...

    def notices(self, change: Change, *, now: datetime) -> tuple["Notice", ...]:
        """Everything else the change wants said by now, beside its card; each is said once. No I/O."""
        ...


@dataclass(frozen=True)
class Notice:
    """Something said once: a stage's mention in the thread, a DM at an outcome, the reason of a rejection."""

    kind: str
    """thread (below the card) or dm."""
    target: str
    """What tells it from the change's other notices: a stage, or "outcome"."""
    to: str
    """A channel, or a person's Slack id."""
    message: Message
    broadcast: bool = False


# -------------------------------------------------------------------------------------------------------------- doctor


@dataclass(frozen=True)
class Head:
    """The end of the ledger's chain: after so many entries its last fingerprint was this. at: when, ISO 8601."""

    seq: int
    fingerprint: str
    at: str


class Anchor(Protocol):
    """A place outside, where what was left cannot be rewritten by those who run Cabbie."""

    def leave(self, head: Head) -> None:
        """Kept when it returns. Leaving it twice is harmless."""
        ...

    def heads(self) -> Iterator[Head]:
        """Everything that was left there. Raises: Declined when the place gives nothing back."""
        ...


@dataclass(frozen=True)
class Check:
    """One question the doctor asked: good, a warning ("not proven"), or wrong; why, and the exact fix."""

    about: str
    verdict: str
    """good | warning | wrong"""
    found: str
    fix: str = ""


def outcome_close_code(outcome: Outcome) -> str:
    """ServiceNow's close code of an outcome: CM/state-model-activate-tasks."""
    return {Outcome.SUCCEEDED: "successful", Outcome.ROLLED_BACK: "unsuccessful", Outcome.FAILED: "unsuccessful"}[
        outcome
    ]
