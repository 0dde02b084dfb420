"""Clients of the ``jira`` library, used the safe way: one thread each at a time, nothing repeated unasked."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from queue import Empty, LifoQueue
from typing import Any

from jira import JIRA
from requests import Response

from bot.ports import BadCredentials, Outage
from integrations.http import LONGEST_WAIT, answer_of, failures_of
from integrations.jira.paced import PacedAdapter
from integrations.pace import Pace

SYSTEM = "Jira"
PATIENCE = 2.0
"""Seconds that a call waits for its turn, with a connection in hand."""
# A dead token is not refused on Cloud: the caller is treated as anonymous, and reads come back empty
# (measured by brekkylab/backlot, tests/test_atlassian.py). A captcha is Data Center's answer to too many wrong logins.
_FAILED_LOGINS = frozenset({"AUTHENTICATED_FAILED", "AUTHENTICATION_DENIED"})
_BEARER_ON_SITE = "Failed to parse Connect Session Auth Token"


class Connections:
    """A few clients, lent to whoever calls: requests does not promise that threads may share one."""

    def __init__(
        self,
        url: str,
        *,
        email: str = "",
        api_token: str = "",
        token: str = "",
        connect: timedelta = timedelta(seconds=3.05),
        read: timedelta = timedelta(seconds=20),
        most: int = 4,
        pace: float = 1.0,
    ) -> None:
        self.url = url.rstrip("/")
        self._login: dict[str, Any] = {"token_auth": token} if token else {"basic_auth": (email, api_token)}
        self._timeout = (connect.total_seconds(), read.total_seconds())
        self._pace = Pace(SYSTEM, patience=PATIENCE, times=pace)
        self._idle: LifoQueue[JIRA | None] = LifoQueue()
        for _ in range(most):
            self._idle.put(None)

    def get(self, path: str, **params: Any) -> Any:
        """The JSON below /rest/api/2/."""
        with self._lent() as client, failures_of(SYSTEM):
            return answer_of(SYSTEM, client._session.get(client._get_url(path), params=params))

    def post(self, path: str, body: Mapping[str, Any], *, repeatable: bool, **params: Any) -> Any:
        """The JSON of the answer. repeatable: sending it twice does no harm."""
        # Raw: the library has no bulkfetch, and its remote links ask for all application links first.
        with self._lent() as client, failures_of(SYSTEM, repeatable=repeatable):
            answer = client._session.post(client._get_url(path), data=json.dumps(body), params=params)
            return answer_of(SYSTEM, answer, repeatable=repeatable)

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        """The JSON of the answer. Sending it twice does no harm."""
        with self._lent() as client, failures_of(SYSTEM):
            answer = client._session.put(client._get_url(path), data=json.dumps(body))
            return answer_of(SYSTEM, answer)

    @contextmanager
    def _lent(self) -> Iterator[JIRA]:
        client = self._borrowed()
        try:
            client = client or self._new()
            yield client
        finally:
            self._idle.put(client)

    def _borrowed(self) -> JIRA | None:
        try:
            return self._idle.get(timeout=sum(self._timeout))
        except Empty:
            raise Outage(SYSTEM, "all our connections to it are busy") from None

    def _new(self) -> JIRA:
        # No serverInfo per client; no retries: the library would sleep in our thread, and send a comment twice.
        client = JIRA(
            self.url,
            options={"rest_api_version": "2"},
            **self._login,
            get_server_info=False,
            timeout=self._timeout,
            max_retries=0,
            logging=False,
        )
        for scheme in ("https://", "http://"):
            client._session.mount(scheme, PacedAdapter(self._pace))
        client._session.max_redirects = 0  # a renamed site answers 302, and requests would turn a POST into a GET
        client._session.hooks["response"].append(_check_login)
        client._session.hooks["response"].append(_check_reset)
        return client


def _check_login(response: Response, *_: Any, **__: Any) -> None:
    """Raises: BadCredentials, also when the answer looks fine."""
    # first, for it comes with AUTHENTICATION_DENIED beside it
    if response.headers.get("X-Authentication-Denied-Reason"):
        raise BadCredentials(SYSTEM, "it wants our account to solve a captcha: sign in by hand once")
    if response.headers.get("X-Seraph-LoginReason", "") in _FAILED_LOGINS:
        raise BadCredentials(SYSTEM, "it does not know us: the token is wrong, expired or revoked")
    if response.status_code == 403 and _BEARER_ON_SITE in response.text:
        raise BadCredentials(SYSTEM, "Jira Cloud takes an e-mail and an API token, not a token alone")


def _check_reset(response: Response, *_: Any, **__: Any) -> None:
    """Raises: Outage, when only X-RateLimit-Reset says how long to wait (Atlassian's gateway, 2026-04)."""
    reset = response.headers.get("X-RateLimit-Reset", "")
    if response.status_code != 429 or not reset or response.headers.get("Retry-After"):
        return
    try:
        then = datetime.fromisoformat(reset)
    except ValueError:
        return
    wait = (then if then.tzinfo else then.replace(tzinfo=UTC)) - datetime.now(UTC)
    raise Outage(SYSTEM, "it asks us to wait", str(min(max(int(wait.total_seconds()) + 1, 0), LONGEST_WAIT)))
