"""OAuth 2.0 apps: credentials that an administrator made, and the short-lived tokens they are traded for."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

APP_SCOPES = (
    "read:jira-work",
    "write:jira-work",
    "read:jira-user",
    "manage:jira-webhook",
    "read:deployment-info:jira",
    "write:deployment-info:jira",
)


@dataclass
class Apps:
    """The one app of this site, and its tokens."""

    clock: Callable[[], float] = monotonic
    client_id: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    client_secret: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    _ends: dict[str, float] = field(default_factory=dict)

    def is_known(self, client_id: object, client_secret: object) -> bool:
        given = f"{client_id}\0{client_secret}".encode()
        return secrets.compare_digest(given, f"{self.client_id}\0{self.client_secret}".encode())

    def token(self, seconds: float) -> str:
        token = secrets.token_urlsafe(48)
        self._ends[token] = self.clock() + seconds
        return token

    def is_good(self, token: str) -> bool:
        return self._ends.get(token, float("-inf")) > self.clock()
