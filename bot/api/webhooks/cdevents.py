"""CDEvents: a service was deployed, upgraded, rolled back or published. github.com/cdevents/spec, continuous-deployment

They come as CloudEvents over HTTP: in structured mode (application/cloudevents+json, the event in ``data``) or in
binary mode (the event as the body, its context once more in ce-… headers). What is read is the event's own context: a
header that says otherwise is refused. ``customData`` may say what the standard has no field for: "version", "sha",
"ref", "actor", "url" and "previous_version"."""

import re
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi.security import HTTPBearer
from pydantic import StringConstraints

from bot.api.webhooks.body import media_type
from bot.api.webhooks.delivery import Delivery, Ignored, NotUnderstood, once_of
from bot.api.webhooks.proof import Headers, bearer
from bot.api.webhooks.purl import artifact
from bot.api.webhooks.sender import JSON, Payload, Sender, named, schema_of, understood
from bot.api.webhooks.words import Name, Text, is_sha, link, moment, said
from bot.change.model import Kind, Status
from bot.change.reading import Reading

CLOUDEVENT, CDEVENT = "application/cloudevents+json", "application/cdevents+json"
KINDS = {
    "deployed": Kind.DEPLOY,
    "upgraded": Kind.DEPLOY,
    "rolledback": Kind.ROLLBACK,
    # "An existing instance of a service has an accessible URL": the end of a deploy, where it says of what.
    "published": Kind.DEPLOY,
}
# dev.cdevents.service.deployed.0.2.0; the first versions had none at the end.
_VERSION = r"(?:\.[0-9][0-9A-Za-z.+-]{0,40})?"
_TYPE = re.compile(rf"dev\.cdevents\.([a-z]{{1,40}})\.([a-z]{{1,40}}){_VERSION}")
_CONTEXT = ("id", "source", "type")


class Context(Payload):
    id: Name
    source: Name
    type: Name
    timestamp: Any = None


class Environment(Payload):
    id: Text = ""


class Content(Payload):
    environment: Environment | None = None
    artifactId: Annotated[str, StringConstraints(max_length=500)] | None = None  # noqa: N815  # CDEvents' own spelling


class Subject(Payload):
    id: Name
    content: Content = Content()


class Event(Payload):
    context: Context
    subject: Subject


class WithContext(Payload):
    context: Context


def read(payload: dict[str, Any], headers: Headers, now: datetime) -> Delivery | Ignored:
    payload = _unwrapped(payload, headers)
    context = understood(WithContext, payload).context
    kind = _TYPE.fullmatch(context.type)
    if kind is None or kind[1] != "service" or kind[2] not in KINDS:
        what = f"{kind[1]}.{kind[2]}" if kind else named(context.type, "event")
        return Ignored(f"CDEvents' “{what}” is no word on a deploy.", what)
    event = understood(Event, payload)
    if kind[2] == "published" and not event.subject.content.artifactId:
        sentence = "A service is published, and the event does not say what of it: nothing was deployed by that."
        return Ignored(sentence, "service.published")
    custom = payload.get("customData")
    return _delivery(event, custom if isinstance(custom, dict) else {}, kind[2], now)


def _unwrapped(payload: dict[str, Any], headers: Headers) -> dict[str, Any]:
    """The event, whichever way it was sent. Raises: NotUnderstood."""
    if media_type(headers) == CLOUDEVENT:
        outside, event = payload, payload.get("data")
        if not isinstance(event, dict):
            raise NotUnderstood("data: send the event as a JSON object")
    else:
        event = payload
        outside = {name: unquote(headers[f"ce-{name}"]) for name in _CONTEXT if f"ce-{name}" in headers}
    inside = event.get("context")
    for name in _CONTEXT:
        if isinstance(inside, dict) and name in inside and outside.get(name, inside[name]) != inside[name]:
            raise NotUnderstood(f"context.{name}: CloudEvents' {name} says something else")
    return event


def _delivery(event: Event, custom: dict[str, Any], predicate: str, now: datetime) -> Delivery:
    content, context = event.subject.content, event.context
    release = artifact(content.artifactId or "")
    sha = said(custom.get("sha"))
    reading = Reading(
        format="cdevents webhook",
        status=Status.SUCCEEDED,  # each says what is now: github.com/cdevents/spec/issues/248
        kind=KINDS[predicate],
        service=event.subject.id,
        environment=content.environment.id if content.environment else "",
        version=said(custom.get("version")) or release.version,
        previous_version=said(custom.get("previous_version")),
        ref=said(custom.get("ref")),
        sha=sha.lower() if is_sha(sha) else release.sha,
        actor=said(custom.get("actor")),
        word="published" if predicate == "published" else "",
        url=link(custom.get("url")),
    )
    # "source + id is unique for each distinct event": github.com/cdevents/spec, spec.md, context.id
    once = once_of("cdevents", context.source, context.id)
    at = moment(context.timestamp, now)
    return Delivery("cdevents", once, at, reading, event.subject.id, release.repository, context.id)


_SERVICE = rf"^dev\.cdevents\.service\.(?:{'|'.join(KINDS)}){_VERSION}$"
_OURS = {"context": {"properties": {"type": {"pattern": _SERVICE}}}}
_EVENT = {
    "anyOf": [
        schema_of(Event) | {"allOf": [{"properties": _OURS}]},
        schema_of(WithContext) | {"not": {"properties": _OURS}},
    ]
}
_CLOUDEVENT = {"type": "object", "required": ["data"], "properties": {"data": _EVENT}}
CDEVENTS = Sender(
    name="cdevents",
    title="CDEvents",
    prove=bearer,
    proofs=(HTTPBearer(scheme_name="WebhookSecret", auto_error=False),),
    read=read,
    bodies={CLOUDEVENT: _CLOUDEVENT, CDEVENT: _EVENT, JSON: _EVENT},
)
