"""Other tools in a channel: each known format as its tool posts it, and goes on from there."""

import asyncio
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from integrations.git.sandbox import sha_of
from integrations.standin.page.deeds import Deeds
from integrations.standin.page.door import ask
from integrations.standin.page.timeline.words import quote
from integrations.standin.systems import Systems
from integrations.standin.wire import CONTROL

KNOWN = Path(__file__).with_name("tools.yaml")
APP = "tools"
"""The app of the seed that posts for all of them; its messages carry each tool's name."""
BEGINS = ("requested", "started")
GAP = re.compile(r"\{(\w+)\}")
ABOUT = ("channel", "service", "version", "environment")
NEEDED = (*ABOUT, "status")


@dataclass(frozen=True)
class Tool:
    """One tool's way of announcing."""

    format: str
    tool: str
    then: str
    """How it goes on from a start: ``edit``, ``reply`` or ``post``."""
    says: Mapping[str, Any]
    message: Mapping[str, Any]

    def message_of(self, status: str, facts: Mapping[str, str]) -> dict[str, Any]:
        """As it is posted. facts: service, version, environment, actor and sha."""
        sha, service = facts["sha"], facts["service"]
        known = {**facts, "short": sha[:7], "eight": sha[:8], "Service": service.capitalize()}
        own = self.says[status] if isinstance(self.says[status], dict) else {"word": self.says[status]}
        words = {name: _filled(value, known) for name, value in own.items()}
        message: dict[str, Any] = _filled(dict(self.message), known | words)
        return message


@dataclass(frozen=True)
class Begun:
    """A post that a tool began with."""

    ts: str
    actor: str


@cache
def tools() -> dict[str, Tool]:
    """By format, in the order in which they are offered."""
    return {one["format"]: Tool(**one) for one in yaml.safe_load(KNOWN.read_text(encoding="utf-8"))}


class OtherTools:
    def __init__(self, systems: Systems, deeds: Deeds, repositories: Path) -> None:
        self._systems = systems
        self._deeds = deeds
        self._repositories = repositories
        self._begun: dict[tuple[str, ...], Begun] = {}
        systems.on_renewal(self._begun.clear)

    def routes(self) -> list[Route]:
        return [Route("/page/tools", self.known), Route("/page/tools/{format}", self.post, methods=["POST"])]

    async def known(self, _: Request) -> Response:
        return JSONResponse(
            [{"format": t.format, "tool": t.tool, "then": t.then, "statuses": list(t.says)} for t in tools().values()]
        )

    async def post(self, request: Request) -> Response:
        """``{channel, service, version, environment, status, actor}``: a post, an edit or a reply, as the tool does."""
        tool, told = tools().get(request.path_params["format"]), await request.json()
        facts = {name: str(told.get(name) or "") for name in (*NEEDED, "actor")}
        if tool is None or facts["status"] not in tool.says or not self._are_known(facts):
            return JSONResponse({"error": "No tool says that."}, status_code=404)
        about = (tool.format, *(facts[name] for name in ABOUT))
        begun = None if facts["status"] in BEGINS else self._begun.get(about)
        facts["actor"] = begun.actor if begun else facts["actor"]  # whoever ends it: the tool names who began
        facts["sha"] = await asyncio.to_thread(self._sha, facts["service"], facts["version"])
        message = tool.message_of(facts["status"], facts) | {"channel": facts["channel"], "username": tool.tool}
        noted = self._deeds.begin(tool.tool, "slack", f"announced {quote(facts['status'])} of {facts['service']}")
        answer = await self._say(tool.then, message, begun.ts if begun else "")
        if not answer.get("ok"):
            self._deeds.failed(noted, str(answer.get("error", "")))
        elif facts["status"] in BEGINS:
            self._begun[about] = Begun(str(answer["ts"]), facts["actor"])
        return JSONResponse(answer)

    async def _say(self, then: str, message: dict[str, Any], begun: str) -> dict[str, Any]:
        """begun: the ts of the post it began with, if it did."""
        if begun and then == "edit":
            return await self._slack("edit", message | {"ts": begun})
        return await self._slack("message", message | {"thread_ts": begun if then == "reply" else ""})

    async def _slack(self, deed: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await ask(self._systems["slack"].app, "POST", f"{CONTROL}/apps/{APP}/{deed}", body)
        told: dict[str, Any] = answer.body
        return told

    def _are_known(self, facts: Mapping[str, str]) -> bool:
        return all(facts[name] for name in NEEDED) and facts["service"] in self._systems.world["git"]

    def _sha(self, service: str, version: str) -> str:
        """A version that git does not know is built from a commit that git does not know either."""
        known = sha_of(self._repositories / f"{service}.git", f"v{version}")
        return known or hashlib.sha1(f"{service} {version}".encode(), usedforsecurity=False).hexdigest()


def _filled(value: Any, known: Mapping[str, str]) -> Any:
    """Every {gap} in it, however deep."""
    if isinstance(value, str):
        return GAP.sub(lambda found: known[found[1]], value)
    if isinstance(value, dict):
        return {_filled(name, known): _filled(one, known) for name, one in value.items()}
    return [_filled(one, known) for one in value] if isinstance(value, list) else value
