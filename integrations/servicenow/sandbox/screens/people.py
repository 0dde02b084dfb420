"""What people do in ServiceNow's own screens: ``POST /_standin/people/{person}/…``."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from integrations.servicenow.sandbox.access.accounts import Accounts, Session
from integrations.servicenow.sandbox.data.seed import MAINTENANCE, give_role
from integrations.servicenow.sandbox.data.store import Record
from integrations.servicenow.sandbox.data.values import Reading, accept
from integrations.servicenow.sandbox.engine import writes
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
        mine = {
            session.sys_id,
            *(row["user"] for row in self._inst.store.where("sys_user_delegate", delegate=session.sys_id)),
        }
        rows = self._inst.store.where("sysapproval_approver", sysapproval=change.sys_id, state="requested")
        row = next((row for row in rows if row["approver"] in mine), None)
        if row is None:
            raise CannotDo(f"{key} has no requested approval on {change['number']}")
        writes.update(self._inst, row, {"state": state, "comments": str(body.get("comments", ""))}, session)
        return {"row": row.sys_id, "state": row["state"]}

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

    def _token(self, key: str, _: dict[str, Any]) -> dict[str, Any]:
        """An access token of their own, as a person gets by signing in through a browser."""
        self._session(key)
        return {"access_token": self._accounts.issue(self._user(key)).text}

    def _administer(self, key: str, body: dict[str, Any]) -> dict[str, Any]:
        """What an administrator changes about a user: facts, ``roles`` to add, a ``delegate``."""
        user = self._user(key)
        reading = Reading(self._inst.store, self._inst.switches, "UTC")
        facts = {name: value for name, value in body.items() if name in OWN_FACTS}
        self._inst.store.update(user, accept(reading, "sys_user", facts).values, MAINTENANCE)
        for role in body.get("roles", ()):
            give_role(self._inst, user.sys_id, role)
        if "delegate" in body:
            about = {"user": user.sys_id, "delegate": self._user(body["delegate"]).sys_id}
            self._inst.store.insert("sys_user_delegate", about, MAINTENANCE)
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
