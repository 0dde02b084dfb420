"""GitLab: deployment events. docs.gitlab.com/user/project/integrations/webhook_events#deployment-events"""

import re
from datetime import datetime
from enum import StrEnum
from typing import Any

from fastapi.security import APIKeyHeader

from bot.api.webhooks.delivery import Delivery, Ignored, once_of
from bot.api.webhooks.proof import Headers, gitlab_token_or_signature
from bot.api.webhooks.sender import JSON, Payload, Sender, named, schema_of, understood
from bot.api.webhooks.words import LONGEST_LINK, Id, Name, Sha, Word, link, moment
from bot.change.issues import Grammar
from bot.change.model import Status
from bot.change.reading import Reading


class State(StrEnum):
    CREATED = "created"
    BLOCKED = "blocked"
    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"
    CANCELED = "canceled"
    SKIPPED = "skipped"


# Blocked: it waits for the approvals that a protected environment asks for (docs.gitlab.com/ci/environments/
# deployment_approvals). Skipped: its job never ran, for a newer deployment went first or an earlier job failed.
STATUSES = {
    State.CREATED: Status.REQUESTED,
    State.BLOCKED: Status.REQUESTED,
    State.RUNNING: Status.STARTED,
    State.SUCCESS: Status.SUCCEEDED,
    State.FAILED: Status.FAILED,
    State.CANCELED: Status.CANCELED,
    State.SKIPPED: Status.CANCELED,
}
WORDS = {State.BLOCKED: "blocked", State.SKIPPED: "skipped"}
_COMMIT = re.compile(r"/commit/([0-9a-fA-F]{40}|[0-9a-fA-F]{64})/?$")


class Project(Payload):
    path_with_namespace: Name
    web_url: str | None = None


class User(Payload):
    username: Word = None


class DeploymentEvent(Payload):
    status: State
    deployment_id: Id | None = None
    """GitLab before 13.5 has none."""
    environment: Word = None
    project: Project
    ref: Word = None
    short_sha: Sha
    commit_url: str | None = None
    commit_title: str | None = None
    user: User | None = None
    deployable_url: str | None = None
    status_changed_at: Any = None

    @property
    def sha(self) -> str:
        """In full, where the commit's page is named after it."""
        page = _COMMIT.search((self.commit_url or "")[-LONGEST_LINK:])
        short = self.short_sha.lower()
        return page[1].lower() if page and page[1].lower().startswith(short) else short


def read(payload: dict[str, Any], headers: Headers, now: datetime) -> Delivery | Ignored:
    if payload.get("object_kind") != "deployment":
        kind = named(payload.get("object_kind"), "event")
        return Ignored(f"GitLab's “{kind}” is no word on a deploy.", kind)
    event = understood(DeploymentEvent, payload)
    path = event.project.path_with_namespace
    return Delivery(
        source="gitlab",
        once=once_of("gitlab", *_statement(event, payload)),
        occurred_at=moment(event.status_changed_at, now),
        reading=_reading(event),
        job=path,
        repository=path,
    )


def _statement(event: DeploymentEvent, payload: dict[str, Any]) -> list[Any]:
    """The API may set a deployment to a status that it has had before: the moment tells the two apart."""
    if event.deployment_id is None:
        return [payload]
    project = event.project.web_url or event.project.path_with_namespace
    return [project, event.deployment_id, event.status, payload.get("status_changed_at")]


def _reading(event: DeploymentEvent) -> Reading:
    return Reading(
        format="gitlab webhook",
        status=STATUSES[event.status],
        service=event.project.path_with_namespace,
        environment=event.environment or "",
        ref=event.ref or "",
        sha=event.sha,
        actor=(event.user.username or "") if event.user else "",
        word=WORDS.get(event.status, ""),
        url=link(event.deployable_url),
        issue_keys=Grammar(()).keys_in((event.commit_title or "")[:LONGEST_LINK]),
    )


_OTHER = {
    "type": "object",
    "title": "Any other event",
    "not": {"required": ["object_kind"], "properties": {"object_kind": {"const": "deployment"}}},
}
_DEPLOYMENT = {"allOf": [{"required": ["object_kind"], "properties": {"object_kind": {"const": "deployment"}}}]}
GITLAB = Sender(
    name="gitlab",
    title="GitLab",
    prove=gitlab_token_or_signature,
    proofs=(
        APIKeyHeader(name="webhook-signature", scheme_name="GitLabSignature", auto_error=False),
        APIKeyHeader(name="X-Gitlab-Token", scheme_name="GitLabToken", auto_error=False),
    ),
    read=read,
    bodies={JSON: {"anyOf": [schema_of(DeploymentEvent) | _DEPLOYMENT, _OTHER]}},
    delivery_header="x-gitlab-event-uuid",
)
