"""The doors: what Slack, pipelines and people's browsers come in by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter
from starlette.types import ASGIApp

from bot import metrics
from bot.api import app as api
from bot.api import linking, pipeline, webhooks
from bot.api.tokens import Tokens
from bot.change.model import Transport
from bot.desk.front import ANSWERS, KINDS
from bot.ports import Message
from bot.rehearsal import machine_time
from bot.slack import digests
from bot.slack.app import SlackApp
from bot.slack.socket_door import SocketDoor
from bot.story.digest import compose
from bot.wiring.parts import Parts
from bot.wiring.systems import word
from bot.wiring.webhooks import hear_deliveries

SHORTEST_GATE_PATIENCE = timedelta(minutes=1)
TRANSPORTS = (Transport.HTTP, Transport.SOCKET, Transport.API, Transport.WEBHOOK)
Dispatch = Callable[[bytes, Mapping[str, str]], api.SlackAnswer]


@dataclass(frozen=True)
class Doors:
    slack: SlackApp
    socket: SocketDoor | None
    """In Socket Mode; else ``dispatch`` takes Slack's requests."""
    dispatch: Dispatch | None
    routers: list[APIRouter]

    def app(self, health: api.Health) -> ASGIApp:
        return api.build(health=health, slack=self.dispatch, routers=self.routers)


def doors(parts: Parts) -> Doors:
    slack, settings = _slack(parts), parts.settings
    socket: SocketDoor | None = None
    dispatch: Dispatch | None = None
    if settings.slack_app_token:
        socket = slack.socket(word(settings.slack_app_token))
    else:
        dispatch = slack.http(word(settings.slack_signing_secret), clock=machine_time).dispatch
    metrics.expect(metrics.HEARD, KINDS, [transport.name.lower() for transport in TRANSPORTS], ANSWERS)
    return Doors(slack, socket, dispatch, [_pipeline(parts), _webhooks(parts), *_link_pages(parts, slack)])


def _slack(parts: Parts) -> SlackApp:
    return SlackApp(
        desk=parts.desk,
        reads=parts.reads,
        room=parts.room,
        web=parts.messenger.web,
        clock=parts.tools.now,
        digest_text=lambda: _digest(parts),
        reader=parts.reader,
        offer=parts.own.offer if parts.own else None,
    )


def _digest(parts: Parts) -> Message:
    audiences = parts.policy().digests
    if not audiences:
        return Message("The policy names no digest.")
    return compose(parts.tools, audiences[0], show=digests.message)[1]


def _pipeline(parts: Parts) -> APIRouter:
    settings = parts.settings
    tokens = Tokens({word(token): services for token, services in settings.cabbie_api_tokens.items()})
    patience = max(SHORTEST_GATE_PATIENCE, 4 * settings.cabbie_look_every)
    return pipeline.routes(parts.desk, parts.reads, parts.policy, tokens, parts.tools.now, patience=patience)


def _webhooks(parts: Parts) -> APIRouter:
    secrets = {name: [word(secret) for secret in known] for name, known in parts.settings.cabbie_webhook_secret.items()}
    return webhooks.routes(secrets, hear_deliveries(parts.desk, parts.reader), parts.tools.now)


def _link_pages(parts: Parts, slack: SlackApp) -> list[APIRouter]:
    if parts.own is None:
        return []
    is_https = parts.settings.cabbie_public_url.startswith("https:")
    return [linking.routes(parts.own.linking, is_https=is_https, linked=slack.show_home)]
