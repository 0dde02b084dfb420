"""Who is calling: access tokens, the basic authentication gate, roles."""

import base64
import hmac
import secrets
import time
from dataclasses import dataclass, field

from integrations.servicenow.sandbox.data.display import SYSTEM_ZONE
from integrations.servicenow.sandbox.data.store import Actor, Record
from integrations.servicenow.sandbox.instance import Instance

CHANGE_ACCOUNT = "cabbie.change"
APPROVAL_ACCOUNT = "cabbie.approval"


@dataclass(frozen=True)
class Session(Actor):
    """A signed-in caller."""

    zone: str
    roles: frozenset[str]


@dataclass
class Token:
    """An access token and whom it stands for."""

    text: str
    user_id: str
    issued: float = field(default_factory=time.monotonic)

    def seconds_left(self, lifetime: float) -> float:
        return self.issued + lifetime - time.monotonic()


class Accounts:
    """The OAuth clients, the tokens given out, and the way from a header to a session."""

    def __init__(self, inst: Instance) -> None:
        self._inst = inst
        self._tokens: dict[str, Token] = {}
        s = inst.secrets
        self._clients = {
            s.servicenow_client_id: (s.servicenow_client_secret, CHANGE_ACCOUNT),
            s.servicenow_approval_client_id: (s.servicenow_approval_client_secret, APPROVAL_ACCOUNT),
        }

    def grant(self, client_id: str, secret: str) -> Token | None:
        """The client's token: the current one while it lives (docs: OAuth API response parameters)."""
        known = self._clients.get(client_id)
        if known is None or not hmac.compare_digest(known[0].encode(), secret.encode()):
            return None
        user = self._user(known[1])
        if user is None:
            return None
        self._tokens = {text: token for text, token in self._tokens.items() if self.seconds_left(token) > 0}
        own = (token for token in self._tokens.values() if token.user_id == user.sys_id)
        return next((token for token in own if self.seconds_left(token) >= 1), None) or self.issue(user)

    def issue(self, user: Record) -> Token:
        token = Token(secrets.token_urlsafe(48), user.sys_id)
        self._tokens[token.text] = token
        return token

    def living(self, text: str) -> Token | None:
        """The token of these letters, while it lives."""
        token = self._tokens.get(text)
        return token if token and self.seconds_left(token) >= 1 else None

    def forget(self, text: str) -> None:
        self._tokens.pop(text, None)

    def seconds_left(self, token: Token) -> float:
        return token.seconds_left(float(self._inst.switches["token_seconds"]))

    def session_of(self, authorization: str) -> Session | None:
        """Whoever an Authorization header proves, if they may sign in at all."""
        scheme, _, credential = authorization.partition(" ")
        user = None
        if scheme.lower() == "bearer":
            user = self._bearer(credential.strip())
        elif scheme.lower() == "basic":
            user = self._basic(credential.strip())
        if user is None or user["active"] != "true" or user["locked_out"] == "true":
            return None
        return self.open_for(user)

    def open_for(self, user: Record) -> Session:
        held = self._inst.store.where("sys_user_has_role", user=user.sys_id)
        roles = (self._inst.store.find("sys_user_role", row["role"]) for row in held)
        zone = user["time_zone"] or SYSTEM_ZONE
        return Session(user["user_name"], user.sys_id, zone, frozenset(role["name"] for role in roles if role))

    def _bearer(self, text: str) -> Record | None:
        token = self._tokens.get(text)
        if token is None or self.seconds_left(token) <= 0:
            return None
        return self._inst.store.find("sys_user", token.user_id)

    def _basic(self, credential: str) -> Record | None:
        """The gate lets machine users in, and nobody who could sign in at the screen, right password or not.

        A machine user's password is its OAuth client secret here."""
        try:
            name, _, password = base64.b64decode(credential, validate=True).decode().partition(":")
        except ValueError:
            return None
        if self._inst.switches["basic_auth"] == "refused":
            return None
        secret = next((secret for secret, user_name in self._clients.values() if user_name == name), None)
        if secret is None or not hmac.compare_digest(secret.encode(), password.encode()):
            return None
        return self._user(name)

    def _user(self, user_name: str) -> Record | None:
        found = self._inst.store.where("sys_user", user_name=user_name)
        return found[0] if found and found[0]["active"] == "true" and found[0]["locked_out"] != "true" else None
