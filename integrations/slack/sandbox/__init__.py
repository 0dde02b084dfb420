"""A Slack workspace that answers like the real one: Web API, Events API, interactivity, Socket Mode, people."""

from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from integrations.slack.sandbox.admin import Admin
from integrations.slack.sandbox.control import Control
from integrations.slack.sandbox.coverage import ABSENT, COVERAGE
from integrations.slack.sandbox.hooks import Hooks
from integrations.slack.sandbox.methods import METHODS
from integrations.slack.sandbox.people_api import PeopleApi
from integrations.slack.sandbox.web_api import WebApi
from integrations.slack.sandbox.workspace import Workspace
from integrations.standin.clock import Clock
from integrations.standin.secrets import Secrets
from integrations.standin.wire import Standin
from integrations.standin.world import World

__all__ = ["ABSENT", "COVERAGE", "Workspace", "build"]

READS = {name for name, method in METHODS.items() if method.is_read}
HOOKS = ("commands", "actions", "app")


def build(world: World, secrets: Secrets, clock: Clock | None = None) -> Workspace:
    """The seeded workspace; its ``standin`` is what a server serves. Messages are stamped by the clock."""
    workspace = Workspace(world, secrets, clock)
    workspace.standin = Standin(
        "slack",
        routes=_routes(workspace),
        coverage=COVERAGE,
        absent=ABSENT,
        state=workspace.state,
        control=[*PeopleApi(workspace).routes(), *Control(workspace).routes(), *Admin(workspace).routes()],
        switches=workspace.switches,
        namer=_name,
        is_effect=lambda call: call not in READS,
    )
    workspace.standin.app = _knowing_its_address(workspace, workspace.standin.app)
    return workspace


def _routes(workspace: Workspace) -> list[BaseRoute]:
    hooks, web_api = Hooks(workspace), WebApi(workspace)
    return [
        Route("/api/{method}", web_api.answer, methods=["GET", "POST"]),
        *(Route(f"/{hook}/{{path:path}}", hooks.respond, methods=["POST"]) for hook in HOOKS),
        Route("/services/{path:path}", workspace.webhooks.take, methods=["POST"]),
        Route("/upload/v1/{ticket}", hooks.upload, methods=["POST"]),
        WebSocketRoute("/link/", workspace.sockets.serve),
    ]


def _name(verb: str, path: str, _body: bytes) -> str:
    """The method's own name; ``response_url`` and ``upload_url`` for the addresses handed out."""
    first, _, rest = path.lstrip("/").partition("/")
    named = {
        "api": rest,
        "upload": "upload_url",
        "services": "incoming_webhook",
        **dict.fromkeys(HOOKS, "response_url"),
    }
    return named.get(first, f"{verb} {path}")


def _knowing_its_address(workspace: Workspace, app: ASGIApp) -> ASGIApp:
    """The addresses Slack hands out are absolute; ours is known from the socket a request arrived on."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("server"):
            host, port = scope["server"]
            workspace.address = f"http://{host}:{port}"
        await app(scope, receive, send)

    return answer
