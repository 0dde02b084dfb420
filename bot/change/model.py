"""The facts about a change: what was asked, what ServiceNow holds, what people decided, how it went."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """What ServiceNow says. Observed, never set by us."""

    NEW = "new"
    ASSESS = "assess"
    AUTHORIZE = "authorize"
    SCHEDULED = "scheduled"
    IMPLEMENT = "implement"
    REVIEW = "review"
    CLOSED = "closed"
    CANCELED = "canceled"


class Want(StrEnum):
    """What the people who asked want to become of it."""

    DEPLOY = "deploy"
    CANCEL = "cancel"


class Progress(StrEnum):
    """What we are doing about it."""

    LISTENING = "listening"
    OPENING = "opening"
    WAITING = "waiting for approval"
    APPROVED = "approved"
    CLEARED = "cleared"
    CLOSING = "closing"
    DONE = "done"
    STOPPED = "stopped"
    """A person has to do something first; ``stopped_because`` says what."""
    STUCK = "stuck"
    """Tried too often; ``cabbie retry CHG…`` takes it up again."""


class Kind(StrEnum):
    DEPLOY = "deploy"
    ROLLBACK = "rollback"


class Status(StrEnum):
    """What an announcement says of a deploy."""

    REQUESTED = "requested"
    STARTED = "started"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


class Outcome(StrEnum):
    """How it ended. No report is no outcome, never success."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ROLLED_BACK = "rolled back"
    CANCELED = "canceled"
    REJECTED = "rejected"
    EXPIRED = "expired"


class Verdict(StrEnum):
    """What a person pressed."""

    APPROVED = "approved"
    REJECTED = "rejected"
    HELD = "held"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"


class RowState(StrEnum):
    """The state of one approver's row in ServiceNow."""

    NOT_REQUESTED = "not requested"
    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELED = "cancelled"
    NOT_REQUIRED = "not_required"
    OTHER = "other"


class Recorded(StrEnum):
    """How a verdict got into ServiceNow."""

    ON_BEHALF = "recorded on behalf"
    DEEP_LINK = "deep link"
    SELF = "self-authenticated"
    IN_SERVICENOW = "given in ServiceNow"


class Transport(StrEnum):
    """What proves that Slack sent it."""

    HTTP = "signed request"
    SOCKET = "authenticated socket"
    API = "API token"
    WEBHOOK = "webhook"
    CLOCK = "clock"
    SERVICENOW = "ServiceNow"


class Level(StrEnum):
    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


class Found(StrEnum):
    """What became of looking up an issue key."""

    READ = "read"
    MISSING = "missing or hidden"
    RESTRICTED = "restricted"
    MOVED = "moved"
    ARCHIVED = "archived"


@dataclass(frozen=True)
class Person:
    """Somebody we have met. ``id`` is opaque: it stands in the ledger, and survives the name being erased."""

    id: str
    name: str = ""
    slack_id: str = ""
    slack_team: str = ""
    email: str = ""
    sys_user: str = ""
    """The bound ServiceNow user; empty until bound."""
    bound_by: str = ""
    """How that is known: their own sign-in, else their e-mail."""


@dataclass(frozen=True)
class Story:
    """A Jira issue named by the commits of a release."""

    key: str
    summary: str = ""
    """Empty when it may not be shown."""
    type: str = ""
    status: str = ""
    url: str = ""
    found: Found = Found.READ
    named_as: str = ""
    """The key in the commit, when the issue has moved since."""
    is_incident: bool = False
    is_defect: bool = False
    issue_id: str = ""

    @property
    def can_be_linked(self) -> bool:
        return self.found in (Found.READ, Found.MOVED, Found.RESTRICTED)


@dataclass(frozen=True)
class Commit:
    sha: str
    subject: str
    body: str = ""
    author_name: str = ""
    author_email: str = ""
    co_author_emails: tuple[str, ...] = ()


@dataclass(frozen=True)
class Release:
    """What the version brings: found by listening to git and Jira."""

    sha: str
    base_sha: str = ""
    base_version: str = ""
    """The last good version: what a backout returns to. Empty when none is known."""
    base_source: str = ""
    """How the base was found: "last successful deploy", "tag before it", "announcement"."""
    commits: int = 0
    stories: tuple[Story, ...] = ()
    commits_without_story: tuple[str, ...] = ()
    """Subjects, newest first, at most twenty."""
    commits_without_story_count: int = 0
    reverted_keys: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    """E-mails of authors and co-authors, lower case; another word for an author whose commit tells none."""


@dataclass(frozen=True)
class Window:
    """The planned start and end, UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Risk:
    level: Level
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """The request for change in our words: what ServiceNow is told, and what the approvers are shown."""

    short_description: str
    description: str
    justification: str
    affected: str
    implementation: str
    test: str
    backout: str
    risk: Risk
    risk_impact: str
    impact: int
    """1 high, 2 medium, 3 low."""
    window: Window
    configuration_item: str
    assignment_group: str
    fingerprint: str = ""
    """SHA-256 of what an approver decides on: a verdict is bound to it."""


@dataclass(frozen=True)
class ApprovalRow:
    """One ``sysapproval_approver`` row, as last seen."""

    sys_id: str
    approver: str
    """sys_user of the approver."""
    approver_name: str
    approver_email: str
    state: RowState
    group: str = ""
    """Name of the group that was asked; empty for a person asked directly."""
    updated_at: str = ""
    updated_by: str = ""
    """The user name of whoever wrote it last."""
    mod_count: int = 0
    approver_user_name: str = ""

    @property
    def is_by_another(self) -> bool:
        """Somebody else wrote it than the one who was asked: a delegate, or an administrator."""
        return bool(self.approver_user_name) and self.updated_by != self.approver_user_name


@dataclass(frozen=True)
class Claim:
    """Who pressed what, on which card, and what became of it."""

    id: str
    change_id: str
    by: Person
    verdict: Verdict
    at: datetime
    reason: str = ""
    fingerprint: str = ""
    """Of the content on the card that was pressed."""
    card: str = ""
    """The beginning of that card's own fingerprint: the ledger keeps its blocks."""
    channel: str = ""
    message_ts: str = ""
    action_ts: str = ""
    delivery: str = ""
    transport: Transport = Transport.HTTP
    response_url: str = ""
    progress: str = "heard"
    """heard → accepted → being written → recorded, or refused; then told."""
    row: str = ""
    """sys_id of the approver row it was matched to."""
    recorded: Recorded | None = None
    """How it is to be recorded, as it was judged; None until then."""
    sentence: str = ""
    """What the person is told became of it."""


@dataclass(frozen=True)
class Decision:
    """One person's verdict on one change, believed after ServiceNow was read back."""

    id: str
    by: Person
    name: str
    verdict: Verdict
    at: datetime
    stage: State
    recorded: Recorded
    reason: str = ""
    row: str = ""
    mod_count: int = 0
    is_valid: bool = True
    """False: the rules do not let this person decide; the gate stays shut."""


@dataclass(frozen=True)
class Projection:
    """Something shown elsewhere: the wanted and the shown fingerprint, and where it stands."""

    kind: str
    """card, thread, dm, link, comment, note, task…"""
    target: str
    """An issue key, a person's id, a stage; empty where there is only one."""
    shown: str = ""
    ref: str = ""
    """channel/ts of a message, id of a comment."""
    sent_at: datetime | None = None
    """It was about to be sent and no answer was kept: look before sending again."""

    @property
    def is_in_doubt(self) -> bool:
        return self.sent_at is not None


@dataclass(frozen=True)
class Finding:
    """Something a manager has to know: a deploy without clearance, a requester who approved…"""

    id: str
    kind: str
    sentence: str
    at: datetime
    change_id: str = ""
    service: str = ""
    is_open: bool = True


@dataclass(frozen=True)
class Hands:
    """Whose hands were on a deploy: those who may not approve it."""

    requester: str = ""
    """sys_user; empty when unknown."""
    authors: tuple[str, ...] = ()
    """sys_users."""
    unresolved: tuple[str, ...] = ()
    """E-mails of authors nobody can tell."""
    askers: tuple[str, ...] = ()
    """sys_users: who else asked for it, or is said to have."""

    def requested(self, sys_user: str) -> bool:
        return sys_user == self.requester or sys_user in self.askers

    def excludes(self, sys_user: str) -> bool:
        return self.requested(sys_user) or sys_user in self.authors


@dataclass(frozen=True)
class Trouble:
    """Why a move did not work, and when it is tried again."""

    what: str
    tries: int
    retry_at: datetime
    sentence: str = ""
    """For people; empty while it is nobody's business."""


def title_of(kind: Kind, service: str, version: str, environment: str) -> str:
    """
    >>> title_of(Kind.DEPLOY, "payments", "2.4.1", "production")
    'Deploy payments 2.4.1 to production'
    """
    verb = "Roll back" if kind is Kind.ROLLBACK else "Deploy"
    return f"{verb} {service} {version} to {environment}"


@dataclass(frozen=True)
class Change:
    """One deploy's way through change management, everything known about it."""

    id: str
    service: str
    environment: str
    kind: Kind
    version: str
    requested_by: Person
    requested_at: datetime
    why: str = ""
    source: str = "slack"
    """Who says that requested_by asked: slack (proven), api or announcement (claimed)."""
    channel: str = ""
    announced_sha: str = ""
    announced_commits: tuple[Commit, ...] = ()
    url: str = ""
    """The pipeline run, where one is known."""
    attempt: int = 1
    key: str = ""
    """change_key; empty until listened."""
    number: str = ""
    sys_id: str = ""
    state: State | None = None
    approval: str = ""
    """ServiceNow's own roll-up: not requested, requested, approved, rejected."""
    on_hold: bool = False
    want: Want = Want.DEPLOY
    progress: Progress = Progress.LISTENING
    stopped_because: str = ""
    revision: int = 0
    release: Release | None = None
    plan: Plan | None = None
    rows: tuple[ApprovalRow, ...] = ()
    expires_at: datetime | None = None
    approved_at: datetime | None = None
    cleared_until: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    outcome: Outcome | None = None
    outcome_by: Person | None = None
    outcome_source: str = ""
    outcome_why: str = ""
    seen_at: datetime | None = None
    """When ServiceNow was last read for it."""
    stage_at: datetime | None = None
    """When ServiceNow was last seen to have changed something about it."""
    look_at: datetime | None = None
    """When to read ServiceNow again: something was heard, or is expected, that only it can confirm."""
    wake_at: datetime | None = None
    """When to look at the change again although nothing was heard."""
    hands: Hands | None = None
    troubles: Mapping[str, Trouble] = field(default_factory=dict)
    """By move."""
    trouble: str = ""
    """What keeps a move from working just now, for people."""
    alias_of: str = ""
    """Number of the change that already does the same; this one is then nothing of its own."""
    claims: tuple[Claim, ...] = ()
    """Those not yet answered, oldest first."""
    decisions: tuple[Decision, ...] = ()
    projections: Mapping[tuple[str, str], Projection] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    """Those still open."""
    slack_ids: Mapping[str, str] = field(default_factory=dict)
    """sys_user → Slack id of the approvers we know in both systems."""
    askers: tuple[Person, ...] = ()
    """Who asked for it by any source's word, the requester too."""

    @property
    def excluded(self) -> Hands:
        """Whose hands were on it, by everything heard until now: those who may not approve it."""
        askers = tuple(person.sys_user for person in self.askers if person.sys_user)
        return replace(self.hands or Hands(requester=self.requested_by.sys_user), askers=askers)

    @property
    def correlation_id(self) -> str:
        """ServiceNow's key for this deploy: never longer than its 100 characters."""
        return f"cabbie-{self.key[:40]}"

    @property
    def fingerprint(self) -> str:
        return self.plan.fingerprint if self.plan else ""

    @property
    def title(self) -> str:
        return title_of(self.kind, self.service, self.version, self.environment)

    @property
    def is_waiting_for_approval(self) -> bool:
        return self.state in (State.ASSESS, State.AUTHORIZE) and not self.on_hold and self.outcome is None

    @property
    def is_over(self) -> bool:
        return self.progress is Progress.DONE

    def projection(self, kind: str, target: str = "") -> Projection:
        return self.projections.get((kind, target)) or Projection(kind=kind, target=target)
