"""What people do in ServiceNow's own screens: ``POST /_standin/people/{person}/…``."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from integrations.servicenow.sandbox.access.accounts import Accounts, Session
from integrations.servicenow.sandbox.data.choices import TASK_CLOSED
from integrations.servicenow.sandbox.data.seed import MAINTENANCE, give_role, take_role
from integrations.servicenow.sandbox.data.store import Record
from integrations.servicenow.sandbox.data.values import Reading, accept
from integrations.servicenow.sandbox.engine import people, risk, writes
from integrations.servicenow.sandbox.instance import Instance
from integrations.servicenow.sandbox.refusals import Refused

OWN_FACTS = ("active", "locked_out", "email", "time_zone", "name")


class CannotDo(Exception):
    """The screen does not offer it to this person."""


class Screens:
    """The people and what their buttons do."""

    def __init__(self, inst: Instance, accounts: Accounts) -> None:
        self._inst = inst
        self._accounts = accounts

    def routes(self) -> list[BaseRoute]:
        buttons = {
            "approve": self._approve,
            "reject": self._reject,
            "hold": self._hold,
            "release": self._release,
            "edit": self._edit,
            "close_task": self._close_task,
            "assess_risk": self._assess_risk,
            "reassign": self._reassign,
            "incident": self._incident,
            "token": self._token,
        }
        pressed = [
            Route(f"/people/{{key}}/{name}", _button(press), methods=["POST"]) for name, press in buttons.items()
        ]
        return [*pressed, Route("/people/{key}", _button(self._administer), methods=["POST"])]

    def _approve(self, key: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._decide(key, body, "approved")

    def _reject(self, key: str, body: dict[str, Any]) -> dict[str, Any]:
        if not body.get("comments"):
            raise CannotDo("comments are mandatory when rejecting")
        return self._decide(key, body, "rejected")

    def _decide(self, key: str, body: dict[str, Any], state: str) -> dict[str, Any]:
        """Their own row, or one of somebody they stand in for. Requesters and authors are not stopped here."""
        session, change = self._session(key), self._change(body)
        row = self._own_row(key, session, change)
        writes.vote(self._inst, row, {"state": state, "comments": str(body.get("comments", ""))}, session)
        return {"row": row.sys_id, "state": row["state"]}

    def _reassign(self, key: str, body: dict[str, Any]) -> dict[str, Any]:
        """Their own row becomes ``to``'s to answer."""
        session, change = self._session(key), self._change(body)
        row = self._own_row(key, session, change)
        self._inst.store.update(row, {"approver": self._user(body.get("to", "")).sys_id}, session)
        return {"row": row.sys_id, "approver": body["to"]}

    def _own_row(self, key: str, session: Session, change: Record) -> Record:
        rows = self._inst.store.where("sysapproval_approver", sysapproval=change.sys_id, state="requested")
        row = next((row for row in rows if people.may_answer(self._inst, session.sys_id, row)), None)
        if row is None:
            raise CannotDo(f"{key} has no requested approval on {change['number']}")
        return row

    def _hold(self, key: str, body: dict[str, Any]) -> dict[str, Any]:
        fields = {"on_hold": "true", "on_hold_reason": str(body.get("comments") or "On hold")}
        return self._edit(key, {**body, "fields": fields})

    def _release(self, key: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._edit(key, {**body, "fields": {"on_hold": "false", "on_hold_reason": ""}})

    def _edit(self, key: str, body: dict[str, Any]) -> dict[str, Any]:
        """Any field of the change's form, labels and names as a person types them; the same rules hold."""
        session, change = self._session(key), self._change(body)
        reading = Reading(self._inst.store, self._inst.switches, session.zone, None)
        fields = body.get("fields", {})
        frozen = writes.frozen_fields(self._inst, change, fields)
        values = accept(reading, "change_request", fields, frozen).values
        writes.update_change(self._inst, change, values, session)
        return {"number": change["number"], "state": change["state"]}

    def _close_task(self, key: str, body: dict[str, Any]) -> dict[str, Any]:
        """A task of a change, complete; what was said goes into its work notes."""
        session, number = self._session(key), str(body.get("number", ""))
        task = next(iter(self._inst.store.where("change_task", number=number)), None)
        if task is None:
            raise CannotDo(f"no task {number}")
        if task["active"] != "true":
            raise CannotDo(f"{number} is closed already")
        reading = Reading(self._inst.store, self._inst.switches, session.zone, None)
        fields = {"state": TASK_CLOSED, "work_notes": str(body.get("comments") or "")}
        writes.update(self._inst, task, accept(reading, "change_task", fields).values, session)
        return {"number": number, "state": task["state"]}

    def _assess_risk(self, key: str, body: dict[str, Any]) -> dict[str, Any]:
        """The questionnaire, come to a ``level``; it counts beside the risk conditions."""
        session, change = self._session(key), self._change(body)
        if not risk.can_assess(change):
            raise CannotDo(f"the risk of {change['number']} cannot be assessed in this state")
        self._inst.assessed[change.sys_id] = str(body.get("level", "Low"))
        level = risk.level_of(self._inst, change)
        self._inst.store.update(change, {"risk": risk.value_of(self._inst, level)}, session)
        return {"number": change["number"], "risk": level}

    def _incident(self, key: str, body: dict[str, Any]) -> dict[str, Any]:
        """``caused_by`` and ``rfc`` are numbers of changes; names and labels otherwise, as on the form."""
        session = self._session(key)
        reading = Reading(self._inst.store, self._inst.switches, session.zone, None)
        made = writes.create(self._inst, "incident", accept(reading, "incident", body).values, session)
        return {"number": made["number"], "sys_id": made.sys_id}

    def _token(self, key: str, _: dict[str, Any]) -> dict[str, Any]:
        """An access token of their own, as a person gets by signing in through a browser."""
        self._session(key)
        return {"access_token": self._accounts.issue(self._user(key)).text}

    def _administer(self, key: str, body: dict[str, Any]) -> dict[str, Any]:
        """What an administrator changes about a user: facts, roles to add and to take, a ``delegate`` with dates."""
        user = self._user(key)
        reading = Reading(self._inst.store, self._inst.switches, "UTC")
        facts = {name: value for name, value in body.items() if name in OWN_FACTS}
        self._inst.store.update(user, accept(reading, "sys_user", facts).values, MAINTENANCE)
        for role in body.get("without_roles", ()):
            take_role(self._inst, user.sys_id, role)
        for role in body.get("roles", ()):
            give_role(self._inst, user.sys_id, role)
        if "delegate" in body:
            about = {"user": user.sys_id, "delegate": self._user(body["delegate"]).sys_id}
            times: dict[str, Any] = {name: body[name] for name in ("starts", "ends", "approvals") if name in body}
            accepted = accept(reading, "sys_user_delegate", times).values
            self._inst.store.insert("sys_user_delegate", {**about, **accepted}, MAINTENANCE)
        return {name: user[name] for name in ("user_name", *OWN_FACTS)}

    def _session(self, key: str) -> Session:
        user = self._user(key)
        if user["active"] != "true" or user["locked_out"] == "true":
            raise CannotDo(f"{key} cannot sign in")
        return self._accounts.open_for(user)

    def _user(self, key: str) -> Record:
        found = self._inst.store.where("sys_user", user_name=key)
        if not found:
            raise CannotDo(f"{key} has no ServiceNow account")
        return found[0]

    def _change(self, body: dict[str, Any]) -> Record:
        found = self._inst.store.where("change_request", number=str(body.get("number", "")))
        if not found:
            raise CannotDo(f"no change {body.get('number')}")
        return found[0]


def _button(press: Callable[[str, dict[str, Any]], dict[str, Any]]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        body = await request.json() if await request.body() else {}
        try:
            return JSONResponse({"ok": True, **press(request.path_params["key"], body)})
        except CannotDo as reason:
            return JSONResponse({"ok": False, "error": str(reason)}, 400)
        except Refused as refused:
            return JSONResponse({"ok": False, "error": f"{refused.message}: {refused.detail}"}, 400)

    return endpoint
