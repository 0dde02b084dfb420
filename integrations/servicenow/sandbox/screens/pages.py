"""The pages that deep links open: one change, or a list of them."""

from html import escape
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from integrations.servicenow.sandbox.data.display import display_of
from integrations.servicenow.sandbox.data.finding import find_all
from integrations.servicenow.sandbox.data.schema import TABLES
from integrations.servicenow.sandbox.data.store import SYSTEM, Record
from integrations.servicenow.sandbox.engine import approvals, tasks
from integrations.servicenow.sandbox.instance import Instance

SHOWN = (
    *("number", "short_description", "type", "state", "approval", "risk", "requested_by", "assignment_group"),
    *("cmdb_ci", "business_service", "start_date", "end_date", "on_hold", "correlation_display", "description"),
    *("justification", "implementation_plan", "backout_plan", "test_plan", "close_code", "close_notes"),
)
LISTED = ("number", "short_description", "state", "approval", "risk", "assignment_group")
STYLE = "body{font:15px sans-serif;margin:2em;max-width:60em}th{text-align:left;vertical-align:top;padding-right:1em}"


class Pages:
    """Plain pages; here nobody has to sign in to see them."""

    def __init__(self, inst: Instance) -> None:
        self._inst = inst

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/change_request.do", self._form, methods=["GET"]),
            Route("/change_request_list.do", self._list, methods=["GET"]),
            Route("/nav_to.do", self._framed, methods=["GET"]),
            Route("/login_redirect.do", self._sign_in, methods=["GET"]),
        ]

    async def _form(self, request: Request) -> Response:
        return self._show_form(request.query_params.get("sys_id", ""))

    async def _list(self, request: Request) -> Response:
        return self._show_list(request.query_params.get("sysparm_query", ""))

    async def _framed(self, request: Request) -> Response:
        """``/nav_to.do?uri=change_request.do?sys_id=…``: the page named inside."""
        inner = urlsplit(request.query_params.get("uri", ""))
        query = dict(parse_qsl(inner.query))
        if inner.path.lstrip("/") == "change_request_list.do":
            return self._show_list(query.get("sysparm_query", ""))
        return self._show_form(query.get("sys_id", ""))

    async def _sign_in(self, _: Request) -> Response:
        """Where an instance that wants single sign-on sends whatever it does not know."""
        return _page("Log in", "<p>Log in with your organization's account.</p>")

    def _show_form(self, sys_id: str) -> Response:
        change = self._inst.store.find("change_request", sys_id)
        if change is None:
            return _page("Record not found", "<p>Record not found</p>", 404)
        facts = "".join(f"<tr><th>{name}<td>{self._cell(change, name)}" for name in SHOWN)
        rows = "".join(
            f"<tr><td>{self._cell(row, 'approver')}<td>{self._cell(row, 'state')}"
            for row in approvals.rows_of(self._inst, change)
        )
        work = "".join(
            "<tr>" + "".join(f"<td>{self._cell(task, name)}" for name in ("number", "short_description", "state"))
            for task in tasks.of(self._inst, change)
        )
        notes = "".join(f"<pre>{self._cell(change, name)}</pre>" for name in ("work_notes", "comments"))
        body = (
            f"<table>{facts}</table><h2>Approvers</h2><table>{rows}</table><h2>Tasks</h2><table>{work}</table>{notes}"
        )
        return _page(change["number"], body)

    def _show_list(self, query: str) -> Response:
        found = find_all(self._inst, "change_request", query, SYSTEM, "UTC")
        rows = "".join(
            f"<tr><td><a href='/change_request.do?sys_id={change.sys_id}'>{escape(change['number'])}</a>"
            + "".join(f"<td>{self._cell(change, name)}" for name in LISTED[1:])
            for change in found
        )
        return _page("Change Requests", f"<p>{len(found)} records</p><table>{rows}</table>")

    def _cell(self, record: Record, name: str) -> str:
        column = TABLES[record.table].columns[name]
        return escape(display_of(self._inst.store, record, column, "UTC", self._inst.switches["risk_scale"]))


def _page(title: str, body: str, status: int = 200) -> Response:
    head = f"<!doctype html><meta charset=utf-8><title>{escape(title)} | ServiceNow</title><style>{STYLE}</style>"
    return HTMLResponse(f"{head}<h1>{escape(title)}</h1>{body}", status)
