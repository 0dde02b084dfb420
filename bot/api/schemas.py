"""What pipelines send and get: checked at the door, plain facts inside."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from bot.change.announcement import Announcement
from bot.change.model import Change, Commit, Kind, Outcome, State, Status
from bot.change.one_line import one_line
from bot.ledger.reads import HistoryLine

Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(one_line)]
MOST_COMMITS = 2000
SAYS_SOMETHING = r"[^\s\x00-\x1f\x7f-\x9f]"
"""What is left of a word in one line: control characters say nothing."""


class Problem(BaseModel):
    """RFC 9457."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""


PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": why, "content": {"application/problem+json": {"schema": Problem.model_json_schema()}}}
    for status, why in {
        400: "The body cannot be read at all.",
        401: "No token, or none that is known.",
        403: "The token does not speak for this service.",
        404: "Nothing of that name that this token may read.",
        409: "Understood, and refused: the sentence says why and what to do.",
        413: "The body is larger than we read.",
        422: "Not understood: the field is named by its path.",
    }.items()
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How an operation may say no, for its description."""
    return {status: PROBLEMS[status] for status in statuses}


class CommitIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    sha: Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{7,64}$")]
    message: Annotated[str, StringConstraints(max_length=20_000)]
    author_name: Word = ""
    author_email: Word = ""

    def as_commit(self) -> Commit:
        subject, _, body = self.message.partition("\n")
        return Commit(
            sha=self.sha.lower(),
            subject=one_line(subject),
            body=body.strip(),
            author_name=self.author_name,
            author_email=self.author_email.lower(),
        )


def _has(name: str) -> dict[str, Any]:
    """JSON Schema's word for: it is there, and says something."""
    return {"required": [name], "properties": {name: {"pattern": SAYS_SOMETHING}}}


class AnnouncementIn(BaseModel):
    """A deploy is asked for, has started or has ended. It names a version, or a sha, or both."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"anyOf": [_has("version"), _has("sha")]})
    service: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=SAYS_SOMETHING),
        AfterValidator(one_line),
    ]
    version: Word = ""
    environment: Word = ""
    status: Status = Status.REQUESTED
    kind: Kind = Kind.DEPLOY
    why: Annotated[str, StringConstraints(max_length=1000), AfterValidator(one_line)] = ""
    sha: Annotated[str, StringConstraints(pattern=r"^([0-9a-fA-F]{7,64})?$")] = ""
    commits: Annotated[list[CommitIn], Field(max_length=MOST_COMMITS)] = []
    url: Annotated[str, StringConstraints(pattern=r"^(https?://[^\s\x00-\x1f]{1,2000})?$")] = ""
    requested_by: Word = ""
    """A Slack id or an e-mail: a claim, which keeps that person from approving and proves nothing."""
    id: Word = ""
    """Makes a repeated post the same post."""

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if not self.version and not self.sha:
            raise ValueError("version is missing, and so is sha")
        return self

    def as_announcement(self) -> Announcement:
        return Announcement(
            service=self.service,
            version=self.version,
            environment=self.environment,
            status=self.status,
            kind=self.kind,
            why=self.why,
            sha=self.sha.lower(),
            commits=tuple(commit.as_commit() for commit in self.commits),
            url=self.url,
            requested_by=self.requested_by,
        )


class AnnouncementOut(BaseModel):
    sentence: str
    change: str
    """Cabbie's own id of the change; its number comes with ServiceNow's answer."""
    number: str


class HistoryOut(BaseModel):
    seq: int
    at: datetime
    kind: str
    by: str
    sentence: str


class ChangeOut(BaseModel):
    """A change as it stands, and the ledger's word on how it got there."""

    number: str
    title: str
    service: str
    environment: str
    version: str
    sha: str
    state: State | None
    progress: str
    on_hold: bool
    outcome: Outcome | None
    fingerprint: str
    cleared_until: datetime | None
    stories: list[str]
    history: list[HistoryOut]


class GateOut(BaseModel):
    """Whether this sha may go to this environment now. Shut unless everything says open."""

    open: bool
    reason: str
    number: str = ""
    sha: str = ""
    until: datetime | None = None


def change_out(change: Change, history: tuple[HistoryLine, ...]) -> ChangeOut:
    release = change.release
    return ChangeOut(
        number=change.number,
        title=change.title,
        service=change.service,
        environment=change.environment,
        version=change.version,
        sha=release.sha if release else "",
        state=change.state,
        progress=change.progress,
        on_hold=change.on_hold,
        outcome=change.outcome,
        fingerprint=change.fingerprint,
        cleared_until=change.cleared_until,
        stories=[story.key for story in release.stories] if release else [],
        history=[HistoryOut.model_validate(line, from_attributes=True) for line in history],
    )
