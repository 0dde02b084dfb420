"""The session behind a cookie: whoever opened it is who calls, whatever the header says (REST API docs)."""

import secrets

from starlette.requests import Request
from starlette.responses import Response

from integrations.servicenow.sandbox.access.accounts import Accounts, Session
from integrations.servicenow.sandbox.instance import Instance

COOKIE = "JSESSIONID"


class Cookies:
    """The sessions opened so far. A client that shares its cookies between users acts as the first of them."""

    def __init__(self, inst: Instance, accounts: Accounts) -> None:
        self._inst = inst
        self._accounts = accounts
        self._opened: dict[str, str] = {}
        """Cookie → whose session it is."""

    def caller(self, request: Request, proven: Session) -> Session:
        owner = self._inst.store.find("sys_user", self._opened.get(request.cookies.get(COOKIE, ""), ""))
        if owner is None or owner.sys_id == proven.sys_id or not self._inst.switches["session_cookies"]:
            return proven
        return self._accounts.open_for(owner)

    def hand_out(self, request: Request, response: Response, session: Session) -> None:
        """A cookie for whoever came without one."""
        if self._inst.switches["session_cookies"] and request.cookies.get(COOKIE, "") not in self._opened:
            text = secrets.token_hex(16).upper()
            self._opened[text] = session.sys_id
            response.set_cookie(COOKIE, text, path="/", httponly=True)
