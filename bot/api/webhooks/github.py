"""GitHub: a deployment was created, or its status was.

What is read comes out of the body alone, which is signed. The header X-GitHub-Event is not: whoever plays a body back
could call a status a deployment.
docs.github.com/en/webhooks/webhook-events-and-payloads#deployment_status"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from fastapi.security import APIKeyHeader

from bot.api.webhooks.body import FORM
from bot.api.webhooks.delivery import Delivery, Ignored, once_of
from bot.api.webhooks.proof import Headers, github_signature
from bot.api.webhooks.sender import JSON, Payload, Sender, named, schema_of, understood
from bot.api.webhooks.words import Id, Name, Sha, Word, link, moment, said
from bot.change.model import Kind, Status
from bot.change.reading import Reading


class State(StrEnum):
    WAITING = "waiting"
    QUEUED = "queued"
    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    SUCCESS = "success"
    FAILURE = "failure"
    ERROR = "error"
    INACTIVE = "inactive"


# Waiting: an environment's reviewers have not let it go; queued: no runner has it yet. Nothing runs, and whoever
# approves still can (github.com/octokit/webhooks.net/pull/52). Pending is the older word of those who deploy by
# themselves: GitHub's guide sends it as the work begins (docs.github.com/en/rest/guides/delivering-deployments),
# and GitHub's app for Slack calls it "Deploying".
STATUSES = {
    State.WAITING: Status.REQUESTED,
    State.QUEUED: Status.REQUESTED,
    State.PENDING: Status.STARTED,
    State.IN_PROGRESS: Status.STARTED,
    State.SUCCESS: Status.SUCCEEDED,
    State.FAILURE: Status.FAILED,
    State.ERROR: Status.FAILED,
}


class User(Payload):
    login: Name
    type: Word = None


class Repository(Payload):
    full_name: Name
    html_url: Word = None


class Run(Payload):
    triggering_actor: User | None = None
    html_url: str | None = None


class Deployment(Payload):
    """``payload`` is the team's own: {"kind": "rollback", "version": "2.4.1", "previous_version": "2.4.0"}."""

    id: Id
    sha: Sha
    ref: Word = None
    task: Word = None
    environment: Word = None
    creator: User | None = None
    created_at: Any = None
    payload: Any = None

    def hint(self, name: str) -> str:
        return said(self.payload.get(name)) if isinstance(self.payload, dict) else ""

    @property
    def kind(self) -> Kind:
        # A task is any word; "deploy" unless its maker says otherwise.
        words = f"{self.task or ''} {self.hint('kind')}".lower()
        return Kind.ROLLBACK if "rollback" in words else Kind.DEPLOY


class DeploymentStatus(Payload):
    id: Id
    state: State
    environment: Word = None
    log_url: str | None = None
    target_url: str | None = None
    created_at: Any = None


class DeploymentEvent(Payload):
    deployment: Deployment
    repository: Repository
    workflow_run: Run | None = None

    @property
    def actor(self) -> str:
        """Who asked. Where an app did on somebody's behalf, whoever set off its workflow."""
        creator, run = self.deployment.creator, self.workflow_run
        if creator and creator.type == "Bot" and run and run.triggering_actor:
            return run.triggering_actor.login
        return creator.login if creator else ""

    @property
    def repository_key(self) -> str:
        return self.repository.html_url or self.repository.full_name


class DeploymentStatusEvent(DeploymentEvent):
    deployment_status: DeploymentStatus


def read(payload: dict[str, Any], headers: Headers, now: datetime) -> Delivery | Ignored:
    is_new = payload.get("action") in ("created", None)
    if is_new and "deployment_status" in payload:
        return _status(understood(DeploymentStatusEvent, payload), now)
    if is_new and "deployment" in payload:
        event = understood(DeploymentEvent, payload)
        run = event.workflow_run.html_url if event.workflow_run else None
        once = once_of("github", "deployment", event.repository_key, event.deployment.id)
        reading = _reading(event, Status.REQUESTED, event.deployment.environment or "", "", link(run))
        return _delivery(event, once, moment(event.deployment.created_at, now), reading)
    if "zen" in payload:
        return Ignored("GitHub's ping is heard: its deployments and their statuses will be too.", "ping")
    name = named(headers.get("x-github-event"), "event")
    return Ignored(f"GitHub's “{name}” is no word on a deploy.", name)


def _status(event: DeploymentStatusEvent, now: datetime) -> Delivery | Ignored:
    status = event.deployment_status
    if status.state is State.INACTIVE:
        # "Inactive" says that another deployment is there now: nothing about how this one went.
        return Ignored("GitHub calls that deployment inactive: another one has taken its place.", State.INACTIVE)
    once = once_of("github", "deployment_status", event.repository_key, status.id)
    word = status.state if status.state is State.ERROR else ""
    where = status.environment or event.deployment.environment or ""
    reading = _reading(event, STATUSES[status.state], where, word, link(status.log_url, status.target_url))
    return _delivery(event, once, moment(status.created_at, now), reading)


def _reading(event: DeploymentEvent, status: Status, environment: str, word: str, url: str) -> Reading:
    deployment = event.deployment
    return Reading(
        format="github webhook",
        status=status,
        kind=deployment.kind,
        service=event.repository.full_name,
        environment=environment,
        version=deployment.hint("version"),
        previous_version=deployment.hint("previous_version"),
        ref=deployment.ref or "",
        sha=deployment.sha.lower(),
        actor=event.actor,
        word=word,
        url=url,
    )


def _delivery(event: DeploymentEvent, once: str, at: datetime, reading: Reading) -> Delivery:
    name = event.repository.full_name
    return Delivery("github", once, at, reading, job=name, repository=name)


_NEW: dict[str, Any] = {"properties": {"action": {"enum": ["created", None]}}}
_OTHER = {
    "type": "object",
    "title": "Any other event",
    "not": {"allOf": [_NEW, {"anyOf": [{"required": ["deployment"]}, {"required": ["deployment_status"]}]}]},
}
GITHUB = Sender(
    name="github",
    title="GitHub",
    prove=github_signature,
    proofs=(APIKeyHeader(name="X-Hub-Signature-256", scheme_name="GitHubSignature", auto_error=False),),
    read=read,
    bodies={
        JSON: {
            "anyOf": [
                schema_of(DeploymentStatusEvent) | {"allOf": [_NEW]},
                schema_of(DeploymentEvent) | {"allOf": [_NEW, {"not": {"required": ["deployment_status"]}}]},
                _OTHER,
            ]
        },
        FORM: {},
    },
    delivery_header="x-github-delivery",
)
