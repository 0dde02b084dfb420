"""Signing in to ServiceNow: who we are on each request, and how long we wait for an answer."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import requests
from requests.auth import AuthBase, HTTPBasicAuth

from bot.ports import BadCredentials
from integrations.http import reason_of
from integrations.servicenow.failures import SYSTEM, body_of, servicenow_failures
from integrations.servicenow.fields import whole

Clock = Callable[[], datetime]
Timeouts = tuple[float, float]
"""Seconds: to connect, and between two bytes of the answer."""

TIMEOUTS: Timeouts = (3.05, 20.0)
# ServiceNow docs, client-credentials-grant-workflow: a token lives 1800 s unless the instance says otherwise.
TOKEN_LIFE = timedelta(seconds=1800)
REFRESH_EARLY = timedelta(seconds=60)


class ClientCredentials(AuthBase):
    """A bearer token from an OAuth client's own credentials, renewed a little early and once after a 401.

    pysnow's OAuthClient knows the password grant only, and refuses tokens without a refresh token. One of these is
    shared by all threads of one account."""

    def __init__(
        self, url: str, client_id: str, client_secret: str, *, account: str, timeouts: Timeouts, clock: Clock
    ) -> None:
        self._url = f"{url}/oauth_token.do"
        self._client = {"client_id": client_id, "client_secret": client_secret}
        self._account = account
        self._timeouts = timeouts
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._renew_at: datetime | None = None

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._current()}"
        request.register_hook("response", self._once_more)  # type: ignore[no-untyped-call]  # untyped in the stubs
        return request

    def _current(self, *, refused: str = "") -> str:
        """A token that should work; ``refused`` is one that just did not."""
        with self._lock:
            is_due = self._renew_at is None or self._clock() >= self._renew_at
            if is_due or not self._token or self._token == refused:
                self._renew()
            return self._token

    def _renew(self) -> None:
        self._renew_at = None
        answer = ask_for_token(self._url, self._client, account=self._account, timeouts=self._timeouts)
        lives = timedelta(seconds=whole(str(answer.get("expires_in", "")))) or TOKEN_LIFE
        # An instance may hand out the token it has, with little time left: a tenth keeps us from asking on each call.
        self._renew_at = self._clock() + lives - min(REFRESH_EARLY, lives / 10)
        self._token = str(answer["access_token"])

    def _once_more(self, response: requests.Response, **kwargs: Any) -> requests.Response:
        """Send it again with a new token after a 401: refused at the door, so nothing was done.

        The copy carries no hook of ours, so a second 401 stays one."""
        if response.status_code != 401:
            return response
        _ = response.content  # read to the end, so that the connection can be used again
        response.close()
        again = response.request.copy()
        refused = str(again.headers.get("Authorization", "")).removeprefix("Bearer ")
        again.headers["Authorization"] = f"Bearer {self._current(refused=refused)}"
        second: requests.Response = response.connection.send(again, **kwargs)
        second.history.append(response)
        second.request = again
        return second


def ask_for_token(url: str, client: dict[str, str], *, account: str, timeouts: Timeouts) -> dict[str, Any]:
    """The token endpoint's answer. Raises: BadCredentials, Outage. Asking again does no harm."""
    # Form-urlencoded: ServiceNow docs, r_OAuthAPIRequestParameters.
    form = {"grant_type": "client_credentials", **client}
    with servicenow_failures(account):
        response = requests.post(url, data=form, timeout=timeouts, allow_redirects=False, auth=as_it_is)
    if response.status_code in (400, 401, 403):
        why = reason_of(response)
        raise BadCredentials(SYSTEM, f"it does not accept the {account}'s OAuth client{f' ({why})' if why else ''}")
    answer = body_of(response, account)
    if not isinstance(answer, dict) or not answer.get("access_token"):
        raise BadCredentials(SYSTEM, f"it gave the {account}'s OAuth client no token")
    return answer


def as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """No credentials but those in the form: without this, requests adds what a .netrc holds for the host."""
    return request


def sign_in(
    url: str,
    *,
    client_id: str,
    client_secret: str,
    user: str,
    password: str,
    account: str,
    timeouts: Timeouts,
    clock: Clock,
) -> AuthBase:
    """How an account proves who it is: by its OAuth client, or by user and password."""
    if client_id and client_secret:
        return ClientCredentials(url, client_id, client_secret, account=account, timeouts=timeouts, clock=clock)
    if user and password:
        return HTTPBasicAuth(user.encode(), password.encode())  # bytes: requests would send text as Latin-1
    raise ValueError(f"the {account} needs a client id and secret, or a user and password")
