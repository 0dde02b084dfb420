"""Jenkins: our own JSON, that any step can post, and what the Notification plugin posts.

Our own: ``job`` and ``status``, and whatever else is known of "build", "service", "environment", "version", "sha",
"ref", "kind" (deploy or rollback), "actor", "url", "repository" and "at". ``status`` is one of ours (requested,
started, succeeded, failed, canceled) or a result of Jenkins. In a Jenkinsfile:

    httpRequest(url: 'https://cabbie.acme.example/webhooks/jenkins', httpMode: 'POST', contentType: 'APPLICATION_JSON',
        customHeaders: [[name: 'Authorization', value: "Bearer ${CABBIE_WEBHOOK_SECRET}", maskValue: true]],
        requestBody: groovy.json.JsonOutput.toJson([job: env.JOB_NAME, build: env.BUILD_NUMBER as int,
            status: 'started', version: params.VERSION, sha: env.GIT_COMMIT, environment: 'production',
            url: env.BUILD_URL]))

The plugin's: plugins.jenkins.io/notification. Of a build's parameters SERVICE, ENVIRONMENT, VERSION, SHA, KIND and
ACTOR are read, in capitals or not."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi.security import HTTPBearer
from pydantic import AfterValidator, WithJsonSchema

from bot.api.webhooks.delivery import Delivery, Ignored, once_of
from bot.api.webhooks.proof import Headers, bearer_or_password
from bot.api.webhooks.sender import JSON, Payload, Sender, schema_of, understood
from bot.api.webhooks.words import Id, Name, Sha, Word, is_sha, link, moment, said
from bot.change.model import Kind, Status
from bot.change.reading import Reading

# Results: javadoc.jenkins.io/hudson/model/Result.html. Unstable: some step complained, and nobody can say that what
# runs is well. Aborted: somebody stopped it, wherever it was. Not built: an earlier step had failed.
RESULTS = {
    "SUCCESS": (Status.SUCCEEDED, ""),
    "FAILURE": (Status.FAILED, ""),
    "UNSTABLE": (Status.FAILED, "unstable"),
    "ABORTED": (Status.FAILED, "aborted"),
    "NOT_BUILT": (Status.FAILED, "not built"),
}
WORDS = RESULTS | {status.value: (status, "") for status in Status}
PARAMETERS = ("service", "environment", "version", "sha", "kind", "actor")


def _is_known(word: str) -> str:
    if word not in WORDS:
        raise ValueError(f"one of {', '.join(WORDS)}")
    return word


Outcome = Annotated[str, AfterValidator(_is_known), WithJsonSchema({"enum": list(WORDS)})]
Result = Annotated[str, AfterValidator(_is_known), WithJsonSchema({"enum": list(RESULTS)})]


class Phase(StrEnum):
    """github.com/jenkinsci/notification-plugin, Phase.java. None: a step of the build told us by itself."""

    QUEUED = "QUEUED"
    STARTED = "STARTED"
    COMPLETED = "COMPLETED"
    FINALIZED = "FINALIZED"
    NONE = "NONE"


class Post(Payload):
    """Our own."""

    job: Name
    status: Outcome
    build: Id | None = None
    service: Word = None
    environment: Word = None
    version: Word = None
    sha: Sha | None = None
    ref: Word = None
    kind: Kind = Kind.DEPLOY
    actor: Word = None
    url: str | None = None
    repository: Word = None
    at: Any = None


class Scm(Payload):
    url: Word = None
    branch: Word = None
    commit: Word = None


class Build(Payload):
    number: Id
    queue_id: Id | None = None
    phase: Phase
    status: Result | None = None
    full_url: str | None = None
    timestamp: Any = None
    scm: Scm | None = None
    parameters: dict[str, Any] | None = None

    @property
    def has_ended(self) -> bool:
        return self.phase not in (Phase.QUEUED, Phase.STARTED)


class Notification(Payload):
    """The plugin's."""

    name: Name
    url: str | None = None
    build: Build


def read(payload: dict[str, Any], headers: Headers, now: datetime) -> Delivery | Ignored:
    if isinstance(payload.get("build"), dict):
        return _of_plugin(understood(Notification, payload), now)
    return _of_post(understood(Post, payload), payload, now)


def _of_post(post: Post, payload: dict[str, Any], now: datetime) -> Delivery:
    status, word = WORDS[post.status]
    reading = Reading(
        format="jenkins webhook",
        status=status,
        kind=post.kind,
        service=post.service or "",
        environment=post.environment or "",
        version=post.version or "",
        ref=post.ref or "",
        sha=(post.sha or "").lower(),
        actor=post.actor or "",
        word=word,
        url=link(post.url),
    )
    # One build may deploy several services, and to one environment after the other.
    what = [post.service, post.environment, post.version, post.sha, post.kind]
    statement = [payload] if post.build is None else [post.url, post.job, post.build, status, word, *what]
    at = moment(post.at, now)
    return Delivery("jenkins", once_of("jenkins", *statement), at, reading, post.job, post.repository or "")


def _of_plugin(notification: Notification, now: datetime) -> Delivery | Ignored:
    build = notification.build
    if build.has_ended and build.status is None:
        return Ignored("Jenkins does not say yet how that build went.", build.phase)
    status, word = _outcome(build)
    scm = build.scm or Scm()
    # Completed and then finalized with the same result is one statement; a queue id is never used again.
    statement = [build.full_url or notification.url or notification.name, build.number, build.queue_id, status, word]
    return Delivery(
        source="jenkins",
        once=once_of("jenkins", *statement),
        occurred_at=moment(build.timestamp, now),
        reading=_reading(build, scm, status, word),
        job=notification.name,
        repository=scm.url or "",
    )


def _outcome(build: Build) -> tuple[Status, str]:
    if build.has_ended and build.status:
        return WORDS[build.status]
    return (Status.REQUESTED if build.phase is Phase.QUEUED else Status.STARTED), ""


def _reading(build: Build, scm: Scm, status: Status, word: str) -> Reading:
    told = _told(build.parameters or {})
    # A build that is told what to deploy has checked out something else: the pipeline itself, or nothing of use.
    is_checkout = not told["version"] and not told["sha"] and is_sha(scm.commit or "")
    sha = (scm.commit or "") if is_checkout else told["sha"]
    return Reading(
        format="jenkins webhook",
        status=status,
        kind=Kind.ROLLBACK if told["kind"].lower() == Kind.ROLLBACK else Kind.DEPLOY,
        service=told["service"],
        environment=told["environment"],
        version=told["version"] or f"#{build.number}",
        ref=(scm.branch or "") if is_checkout else "",
        sha=sha.lower() if is_sha(sha) else "",
        actor=told["actor"],
        word=word,
        url=link(build.full_url),
    )


def _told(parameters: dict[str, Any]) -> dict[str, str]:
    by_name = {name.lower(): value for name, value in parameters.items()}
    return {name: said(by_name.get(name)) for name in PARAMETERS}


_POST = {"properties": {"build": {"not": {"type": "object"}}}}
JENKINS = Sender(
    name="jenkins",
    title="Jenkins",
    prove=bearer_or_password,
    proofs=(HTTPBearer(scheme_name="WebhookSecret", auto_error=False),),
    read=read,
    bodies={JSON: {"anyOf": [schema_of(Post) | {"allOf": [_POST]}, schema_of(Notification)]}},
)
