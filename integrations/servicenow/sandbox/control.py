"""What else tests and the page steer: events, and the business rules that tell others."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from integrations.servicenow.sandbox.engine import unplanned
from integrations.servicenow.sandbox.engine.outbound import Outbound, Rule
from integrations.servicenow.sandbox.instance import Instance


class Control:
    """``POST /_standin/events/ci.change.unplanned`` and ``/_standin/business_rules``."""

    def __init__(self, inst: Instance, outbound: Outbound) -> None:
        self._inst = inst
        self._outbound = outbound

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/events/ci.change.unplanned", self._unplanned, methods=["POST"]),
            Route("/business_rules", self._rules, methods=["GET", "POST", "DELETE"]),
        ]

    async def _unplanned(self, request: Request) -> Response:
        """``{"item": name, "what": title}``; the answer says whether a change came of it."""
        asked = await request.json()
        items = self._inst.store.where("cmdb_ci", name=asked.get("item", ""))
        if not items:
            return JSONResponse({"ok": False, "error": f"no item {asked.get('item')}"}, 400)
        made = unplanned.report_unplanned(self._inst, items[0], asked.get("what", ""))
        return JSONResponse({"ok": True, "number": made["number"] if made else None})

    async def _rules(self, request: Request) -> Response:
        """POST adds ``{"url", "header", "secret", "tables"}``; GET tells what was sent, without the secrets."""
        if request.method == "POST":
            asked = await request.json()
            tables = tuple(asked.pop("tables", Rule.tables))
            self._outbound.rules.append(Rule(**asked, tables=tables))
        elif request.method == "DELETE":
            self._outbound.rules.clear()
            self._outbound.log.clear()
        rules = [{"url": rule.url, "header": rule.header, "tables": rule.tables} for rule in self._outbound.rules]
        return JSONResponse({"rules": rules, "sent": [asdict(delivery) for delivery in self._outbound.log]})
