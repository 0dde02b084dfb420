"""Argo CD: its notifications send what a team's template writes. This is the template that is read here:

    service.webhook.cabbie: |
      url: https://cabbie.acme.example/webhooks/argocd
      headers:
        - {name: Authorization, value: Bearer $cabbie-webhook-secret}
        - {name: Content-Type, value: application/json}
    template.cabbie: |
      webhook:
        cabbie:
          method: POST
          body: |
            {"app": {{toJson .app.metadata.name}},
             "namespace": {{toJson .app.spec.destination.namespace}},
             "phase": {{toJson .app.status.operationState.phase}},
             "health": {{toJson .app.status.health.status}},
             "revision": {{with .app.status.operationState.syncResult}}{{toJson .revision}}{{else}}null{{end}},
             "repository": {{with .app.spec.source}}{{toJson .repoURL}}{{else}}null{{end}},
             "actor": {{with .app.status.operationState.operation.initiatedBy}}{{toJson .username}}{{else}}null{{end}},
             "started_at": {{toJson .app.status.operationState.startedAt}},
             "finished_at": {{toJson .app.status.operationState.finishedAt}},
             "url": {{toJson (print .context.argocdUrl "/applications/" .app.metadata.name)}}}

A team may add "service", "environment", "version" and "sha" (of the application) where it knows them. Triggers:
on-sync-running, on-deployed and on-sync-failed of Argo CD's catalog, each with ``send: [cabbie]``.
argo-cd.readthedocs.io/en/stable/operator-manual/notifications/services/webhook"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from fastapi.security import HTTPBearer

from bot.api.webhooks.delivery import Delivery, Ignored, once_of
from bot.api.webhooks.proof import Headers, bearer
from bot.api.webhooks.sender import JSON, Payload, Sender, schema_of, understood
from bot.api.webhooks.words import Name, Sha, Word, is_sha, link, moment
from bot.change.model import Status
from bot.change.reading import Reading


class Phase(StrEnum):
    """Of a sync: argo-cd.readthedocs.io/en/stable/operator-manual/application.yaml, status.operationState."""

    RUNNING = "Running"
    TERMINATING = "Terminating"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    ERROR = "Error"


class Health(StrEnum):
    HEALTHY = "Healthy"
    PROGRESSING = "Progressing"
    DEGRADED = "Degraded"
    SUSPENDED = "Suspended"
    MISSING = "Missing"
    UNKNOWN = "Unknown"


class Notification(Payload):
    app: Name
    namespace: Word = None
    phase: Phase
    health: Health | None = None
    revision: Word = None
    repository: Word = None
    actor: Word = None
    started_at: Any = None
    finished_at: Any = None
    url: str | None = None
    service: Word = None
    environment: Word = None
    version: Word = None
    sha: Sha | None = None

    @property
    def status(self) -> Status | None:
        """A sync has succeeded when the manifests are applied; what runs is there once it is healthy.

        A template that does not tell the health is taken at its word."""
        if self.phase is Phase.RUNNING:
            return Status.STARTED
        if self.phase in (Phase.FAILED, Phase.ERROR):
            return Status.FAILED
        is_there = self.phase is Phase.SUCCEEDED and self.health in (Health.HEALTHY, None)
        return Status.SUCCEEDED if is_there else None


def read(payload: dict[str, Any], headers: Headers, now: datetime) -> Delivery | Ignored:
    said = understood(Notification, payload)
    status = said.status
    if status is None:
        return Ignored(_why_nothing(said), f"{said.phase}/{said.health or Health.UNKNOWN}")
    ended = said.finished_at if status is not Status.STARTED else None
    return Delivery(
        source="argocd",
        once=once_of("argocd", *_statement(said, payload, status)),
        occurred_at=moment(ended or said.started_at, now),
        reading=_reading(said, status),
        job=said.app,
        repository=said.repository or "",
    )


def _why_nothing(said: Notification) -> str:
    if said.health is Health.DEGRADED and said.phase is Phase.SUCCEEDED:
        # It may be days after the sync.
        return "Argo CD says that the application has degraded: that is how it runs, not how a deploy went."
    return "Argo CD's sync has no outcome yet: it is heard when it has failed, or the application is healthy."


def _statement(said: Notification, payload: dict[str, Any], status: Status) -> list[Any]:
    """A sync is known by its application and the moment it began."""
    if not said.started_at:
        return [payload]
    return [said.url, said.app, said.namespace, status, said.revision, payload["started_at"]]


def _reading(said: Notification, status: Status) -> Reading:
    """The revision is of the repository with the manifests, and no sha where they come as a Helm chart."""
    revision = said.revision or ""
    is_commit = is_sha(revision)
    return Reading(
        format="argocd webhook",
        status=status,
        service=said.service or "",
        environment=said.environment or "",
        version=said.version or "",
        ref="" if said.sha or is_commit else revision,
        sha=(said.sha or (revision if is_commit else "")).lower(),
        actor=said.actor or "",
        word="error" if said.phase is Phase.ERROR else "",
        url=link(said.url),
        is_gitops=not said.sha,
    )


ARGOCD = Sender(
    name="argocd",
    title="Argo CD",
    prove=bearer,
    proofs=(HTTPBearer(scheme_name="WebhookSecret", auto_error=False),),
    read=read,
    bodies={JSON: schema_of(Notification), "": {}},  # Argo CD names no type of its own accord
)
