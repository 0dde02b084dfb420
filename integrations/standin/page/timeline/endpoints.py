"""The timeline as the page asks for it: lines, and one call in full."""

import json
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from integrations.standin.page.timeline.masking import Masking
from integrations.standin.page.timeline.rows import Timeline, Wanted
from integrations.standin.page.timeline.words import fields_of
from integrations.standin.systems import NAMES, Systems

USUAL, MOST = 300, 5000
LONGEST_SHOWN = 200_000


class TimelineEndpoints:
    def __init__(self, systems: Systems, timeline: Timeline, mask: Masking) -> None:
        self._systems = systems
        self._timeline = timeline
        self._mask = mask

    def routes(self) -> list[Route]:
        return [
            Route("/page/timeline", self.lines),
            Route("/page/timeline/{system}/{seq:int}", self.in_full),
        ]

    async def lines(self, request: Request) -> Response:
        """The newest so many, or only the revision when nothing happened since the one the caller has seen."""
        asked, revision = request.query_params, self._timeline.revision
        if asked.get("seen") == revision:
            return JSONResponse({"revision": revision})
        limit = int(asked["limit"]) if asked.get("limit", "").isdigit() else USUAL
        wanted = Wanted(
            limit=max(1, min(limit, MOST)),
            system=asked.get("system", ""),
            change=asked.get("change", ""),
            effects_only=asked.get("effects") == "1",
        )
        rows, has_more = self._timeline.rows(wanted)
        return JSONResponse({"revision": revision, "rows": rows, "more": has_more})

    async def in_full(self, request: Request) -> Response:
        system = request.path_params["system"]
        entry = self._systems[system].diary.find(request.path_params["seq"]) if system in NAMES else None
        if entry is None:
            return JSONResponse({"error": "That call is not in the diary any more."}, status_code=404)
        return JSONResponse(
            {
                "request": self._mask(f"{entry['method']} {entry['path']}"),
                "query": self._readable(entry["query"]),
                "body": self._readable(entry["body"]),
                "answer": self._readable(entry["answer"]),
                "cut": entry["cut"],
            }
        )

    def _readable(self, text: str) -> str:
        """JSON with line breaks, a form as its fields; no credential in either."""
        shown = self._mask(readable(self._mask(text)))
        return shown if len(shown) <= LONGEST_SHOWN else f"{shown[:LONGEST_SHOWN]}\n…"


def readable(text: str) -> str:
    """
    >>> print(readable('{"state":"-4"}'))
    {
      "state": "-4"
    }
    >>> readable("<h1>Down</h1>")
    '<h1>Down</h1>'
    """
    try:
        read: Any = json.loads(text)
    except ValueError:
        read = _from_form(text)
    return json.dumps(read, indent=2, ensure_ascii=False) if isinstance(read, (dict, list)) else text


def _from_form(text: str) -> dict[str, Any] | None:
    if "=" not in text or text.lstrip().startswith("<") or "\n" in text.strip():
        return None
    pairs = dict(parse_qsl(text, keep_blank_values=True))
    return {name: fields_of(value) or value if value.startswith("{") else value for name, value in pairs.items()}
