"""Where an application sends people: who are you, and may it act as you? ``/oauth_auth.do``."""

from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from integrations.servicenow.sandbox.access.grants import Form, Grants, may_sign_in
from integrations.servicenow.sandbox.data.store import Record
from integrations.servicenow.sandbox.instance import Instance

ASKED = ("response_type", "client_id", "redirect_uri", "state", "scope", "code_challenge", "code_challenge_method")
STYLE = "body{font:16px sans-serif;margin:3em auto;max-width:30em}label{display:block;padding:.2em}button{margin:1em}"


class Consent:
    """One page: the person of the sandbox says who they are, and allows or denies."""

    def __init__(self, inst: Instance, grants: Grants) -> None:
        self._inst = inst
        self._grants = grants

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/oauth_auth.do", self._show, methods=["GET"]),
            Route("/oauth_auth.do", self._decide, methods=["POST"]),
        ]

    def control(self) -> list[BaseRoute]:
        return [Route("/people/{key}/revoke_access", self._revoke, methods=["POST"])]

    async def _show(self, request: Request) -> Response:
        asked = dict(request.query_params)
        if wrong := self._objection(asked):
            return _page("Invalid request", f"<p>{escape(wrong)}</p>", 400)
        kept = "".join(
            f"<input type=hidden name='{name}' value='{escape(asked[name])}'>" for name in ASKED if name in asked
        )
        people = "".join(
            f"<label><input type=radio name=user value='{user.sys_id}' required> {escape(user['name'])} "
            f"({escape(user['user_name'])})</label>"
            for user in self._people()
        )
        buttons = "".join(f"<button name=decision value={word.lower()}>{word}</button>" for word in ("Allow", "Deny"))
        what = "<p><b>Cabbie</b> wants to act as you in this instance. Who are you?</p>"
        return _page("Connect an application", f"{what}<form method=post>{kept}{people}{buttons}</form>")

    async def _decide(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        if wrong := self._objection(form):
            return _page("Invalid request", f"<p>{escape(wrong)}</p>", 400)
        state = {"state": form["state"]} if "state" in form else {}
        if form.get("decision") != "allow":
            return _back(form, {"error": "access_denied", **state})
        user = next((user for user in self._people() if user.sys_id == form.get("user")), None)
        if user is None:
            return _page("User name or password invalid", "<p>Nobody signed in.</p>", 401)
        method = form.get("code_challenge_method", "")
        code = self._grants.allow(user, form["redirect_uri"], form.get("code_challenge", ""), method)
        return _back(form, {"code": code, **state})

    async def _revoke(self, request: Request) -> Response:
        """Self-Service > My Connected Apps > Revoke Access."""
        found = self._inst.store.where("sys_user", user_name=request.path_params["key"])
        count = self._grants.revoke_all_of(found[0].sys_id) if found else 0
        return JSONResponse({"ok": bool(count), "revoked": count})

    def _objection(self, asked: Form) -> str:
        """Why nobody is asked; an address that was not registered is never redirected to."""
        if not self._grants.is_application(asked.get("client_id", "")):
            return "Invalid client_id"
        if asked.get("redirect_uri") not in self._inst.switches["redirect_urls"]:
            return "Invalid redirect_uri"
        if asked.get("response_type") != "code":
            return "response_type is not supported"
        if self._inst.switches["state_required"] and not asked.get("state"):
            return "Missing State parameter in request"
        if asked.get("code_challenge_method", "S256") not in ("S256", "plain"):
            return "code_challenge_method is not supported"
        return ""

    def _people(self) -> list[Record]:
        return [user for user in self._inst.store.rows("sys_user") if may_sign_in(user)]


def _back(form: Form, words: Form) -> Response:
    parts = urlsplit(form["redirect_uri"])
    query = "&".join(part for part in (parts.query, urlencode(words)) if part)
    return RedirectResponse(urlunsplit(parts._replace(query=query)), 302)


def _page(title: str, body: str, status: int = 200) -> Response:
    head = f"<!doctype html><meta charset=utf-8><title>{escape(title)} | ServiceNow</title><style>{STYLE}</style>"
    return HTMLResponse(f"{head}<h1>{escape(title)}</h1>{body}", status)
