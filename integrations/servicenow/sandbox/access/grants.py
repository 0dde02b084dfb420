"""What people let an application do as them: authorization codes, and the tokens that are given for them."""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from integrations.servicenow.sandbox.access.accounts import Accounts, Token
from integrations.servicenow.sandbox.data.store import Record
from integrations.servicenow.sandbox.instance import Instance

Form = Mapping[str, str]


class NoGrant(Exception):
    """Refused, in the words of RFC 6749, 5.2."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error, description)
        self.error = error
        self.description = description


@dataclass(frozen=True)
class Code:
    """Somebody pressed Allow: good once, for the client and the address it was asked with."""

    user_id: str
    redirect_url: str
    challenge: str
    method: str
    issued: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Refresh:
    """A refresh token, and the access token it gave last."""

    text: str
    user_id: str
    access: str
    issued: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Pair:
    """An access token and what renews it."""

    access: Token
    refresh: str


class Grants:
    """Of the one application that people sign in to. It keeps a secret; a code challenge is checked if one is sent."""

    def __init__(self, inst: Instance, accounts: Accounts) -> None:
        self._inst = inst
        self._accounts = accounts
        self._codes: dict[str, Code] = {}
        self._refreshes: dict[str, Refresh] = {}

    def is_application(self, client_id: str) -> bool:
        return hmac.compare_digest(client_id.encode(), self._inst.secrets.servicenow_user_client_id.encode())

    def allow(self, user: Record, redirect_url: str, challenge: str, method: str) -> str:
        """The code that the browser carries back."""
        text = secrets.token_urlsafe(48)
        self._codes[text] = Code(user.sys_id, redirect_url, challenge, method)
        return text

    def of_code(self, form: Form) -> Pair:
        """Raises: NoGrant."""
        self._check_client(form)
        code = self._codes.pop(form.get("code", ""), None)  # whatever becomes of it, it is used up
        if code is None or time.monotonic() >= code.issued + float(self._inst.switches["code_seconds"]):
            raise NoGrant("invalid_grant", "The authorization code is invalid or has expired")
        if form.get("redirect_uri", "") != code.redirect_url:
            raise NoGrant("invalid_grant", "redirect_uri does not match")
        if code.challenge and _challenge(form.get("code_verifier", ""), code.method) != code.challenge:
            raise NoGrant("invalid_grant", "code_verifier does not match")
        return self._give(self._living_user(code.user_id))

    def of_refresh_token(self, form: Form) -> Pair:
        """Raises: NoGrant."""
        self._check_client(form)
        known = self._refreshes.get(form.get("refresh_token", ""))
        if known is None or self._is_over(known):
            raise NoGrant("invalid_grant", "The refresh token is invalid or has expired")
        user = self._living_user(known.user_id)
        if self._inst.switches["rotates_refresh_tokens"]:
            del self._refreshes[known.text]
            self._accounts.forget(known.access)
            return self._give(user)
        # ServiceNow docs, OAuth API response parameters: the current access token is given again while it lives.
        access = self._accounts.living(known.access) or self._accounts.issue(user)
        self._refreshes[known.text] = Refresh(known.text, known.user_id, access.text, known.issued)
        return Pair(access, known.text)

    def of_password(self, form: Form) -> Pair:
        """Raises: NoGrant."""
        self._check_client(form)
        known: dict[str, str] = self._inst.switches["password_grant"]
        if not known:
            raise NoGrant("unsupported_grant_type", "grant_type is not supported")
        name, password = form.get("username", ""), form.get("password", "")
        if not hmac.compare_digest(known.get(name, "").encode(), password.encode()) or not password:
            raise NoGrant("invalid_grant", "The user name or the password is wrong")
        found = self._inst.store.where("sys_user", user_name=name)
        return self._give(self._living_user(found[0].sys_id if found else ""))

    def revoke(self, text: str) -> None:
        """This one token is expired from now on (docs: Revoke an OAuth token)."""
        self._refreshes.pop(text, None)
        self._accounts.forget(text)

    def revoke_all_of(self, user_id: str) -> int:
        """What the person presses among their connected apps: nothing of theirs works any more. How many there were."""
        theirs = [refresh for refresh in self._refreshes.values() if refresh.user_id == user_id]
        for refresh in theirs:
            self.revoke(refresh.access)
            self.revoke(refresh.text)
        return len(theirs)

    def _give(self, user: Record) -> Pair:
        return self._current(user) or self._new(user)

    def _current(self, user: Record) -> Pair | None:
        """Asked again while an access token lives, the same is given (docs: OAuth API response parameters)."""
        if self._inst.switches["rotates_refresh_tokens"]:
            return None
        for refresh in self._refreshes.values():
            access = self._accounts.living(refresh.access) if refresh.user_id == user.sys_id else None
            if access and not self._is_over(refresh):
                return Pair(access, refresh.text)
        return None

    def _is_over(self, refresh: Refresh) -> bool:
        return time.monotonic() >= refresh.issued + float(self._inst.switches["refresh_token_seconds"])

    def _new(self, user: Record) -> Pair:
        access = self._accounts.issue(user)
        text = secrets.token_urlsafe(48)
        self._refreshes[text] = Refresh(text, user.sys_id, access.text)
        return Pair(access, text)

    def _check_client(self, form: Form) -> None:
        secret = self._inst.secrets.servicenow_user_client_secret
        is_ours = hmac.compare_digest(form.get("client_secret", "").encode(), secret.encode())
        if not is_ours or not self.is_application(form.get("client_id", "")):
            raise NoGrant("invalid_client", "The client is not known, or its secret is wrong")

    def _living_user(self, sys_id: str) -> Record:
        user = self._inst.store.find("sys_user", sys_id)
        if user is None or not may_sign_in(user):
            raise NoGrant("invalid_grant", "The user is not active or is locked out")
        return user


def may_sign_in(user: Record) -> bool:
    """At the screen: machine users may not."""
    is_living = user["active"] == "true" and user["locked_out"] != "true"
    return is_living and user["web_service_access_only"] != "true"


def _challenge(verifier: str, method: str) -> str:
    """RFC 7636, 4.6."""
    if method != "S256":
        return verifier
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
