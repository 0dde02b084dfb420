"""ServiceNow as people themselves: their sign-in, the tokens of it, and a verdict written with them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import requests
from requests.auth import AuthBase

from bot.change.linking import Owner
from bot.change.model import Verdict
from bot.ports import BadCredentials, Check, Declined, LinkEnded, OwnTokens
from integrations.http import reason_of
from integrations.servicenow import approvals
from integrations.servicenow.connection import Connection
from integrations.servicenow.failures import SYSTEM, body_of, makes_no_sense, servicenow_failures
from integrations.servicenow.fields import is_true, whole
from integrations.servicenow.session import TIMEOUTS, TOKEN_LIFE, Timeouts, as_it_is

ACCOUNT = "person's own account"
APPLICATION = "OAuth application for people"
ME = "sys_id=javascript:gs.getUserID()"
COLUMNS = ("sys_id", "user_name", "name", "email", "active", "locked_out")
OVER = ("invalid_grant",)
AMBIGUOUS = ("server_error", "access_denied")
"""Seen for a dead token, for a wrong client secret, and now and then for nothing at all."""


class ServiceNowOwnAccounts:
    """``bot.ports.OwnAccounts`` over REST, by an OAuth application with the authorization code grant."""

    def __init__(
        self, url: str, *, client_id: str, client_secret: str, redirect_url: str, timeouts: Timeouts = TIMEOUTS
    ) -> None:
        """redirect_url: as it is registered with the application, letter by letter."""
        self._url = url.rstrip("/")
        self._client = {"client_id": client_id, "client_secret": client_secret}
        self._redirect_url = redirect_url
        self._timeouts = timeouts

    def sign_in_page(self, *, state: str, challenge: str) -> str:
        # ServiceNow docs, Authorization code grant workflow; its scope is always useraccount, named or not.
        words = {
            "response_type": "code",
            "client_id": self._client["client_id"],
            "redirect_uri": self._redirect_url,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._url}/oauth_auth.do?{urlencode(words)}"

    def exchange(self, code: str, verifier: str) -> OwnTokens:
        words = {"code": code, "redirect_uri": self._redirect_url, "code_verifier": verifier}
        response = self._ask(grant_type="authorization_code", **words)
        return self._tokens(response)

    def renew(self, refresh: str) -> OwnTokens:
        response = self._ask(grant_type="refresh_token", refresh_token=refresh)
        if response.status_code == 401 and _error_of(response) in AMBIGUOUS:
            # Seen: one renewal of several is refused like that, and the next one passes.
            response = self._ask(grant_type="refresh_token", refresh_token=refresh)
        return self._tokens(response, otherwise=refresh)

    def owner(self, access: str) -> Owner:
        with _as_a_person():
            rows = self._connection(access).rows("sys_user", ME, COLUMNS, limit=2)
        # More than one row means that the condition was dropped, and nobody knows who it is.
        if len(rows) != 1 or not rows[0].get("sys_id") or not rows[0].get("user_name"):
            raise Declined(SYSTEM, "it does not say whose sign-in that is")
        row = rows[0]
        return Owner(
            sys_user=row["sys_id"],
            user_name=row["user_name"],
            name=row.get("name", ""),
            email=row.get("email", ""),
            may_sign_in=is_true(row.get("active", "")) and not is_true(row.get("locked_out", "")),
        )

    def write(self, access: str, row: str, verdict: Verdict, comment: str) -> None:
        with _as_a_person():
            approvals.write(self._connection(access), row, verdict, comment)

    def revoke(self, token: str) -> None:
        """In the body: the documents put it into the URL, which proxies and logs keep."""
        with servicenow_failures(ACCOUNT):
            url = f"{self._url}/oauth_revoke_token.do"
            response = requests.post(
                url, data={"token": token}, timeout=self._timeouts, allow_redirects=False, auth=as_it_is
            )
            if response.status_code >= 500 or response.status_code == 429:
                response.raise_for_status()

    def check(self) -> tuple[Check, ...]:
        """Whether ServiceNow knows the application: asked with a token that nobody has. Never raises."""
        about = f"{SYSTEM}, {APPLICATION}"
        fix = (
            "check SERVICENOW_USER_CLIENT_ID and SERVICENOW_USER_CLIENT_SECRET, and that the application is active "
            f"with the redirect URL {self._redirect_url}"
        )
        try:
            response = self._ask(grant_type="refresh_token", refresh_token="of nobody")
        except Exception as error:  # the doctor reports whatever it meets
            return (Check(about, "wrong", f"it could not be asked ({type(error).__name__})", "check SERVICENOW_URL"),)
        said = _error_of(response)
        if said in OVER:
            return (Check(about, "good", "it is known, and its secret is right"),)
        if said in AMBIGUOUS:
            found = "Not proven: this instance refuses a wrong token and a wrong secret in the same words"
            return (Check(about, "warning", found, f"link an account to try it; if that fails, {fix}"),)
        return (Check(about, "wrong", f"it is not accepted ({said or response.status_code})", fix),)

    def _connection(self, access: str) -> Connection:
        return Connection(self._url, _Bearer(access), account=ACCOUNT, timeouts=self._timeouts)

    def _ask(self, **words: str) -> requests.Response:
        # Form-urlencoded: ServiceNow docs, r_OAuthAPIRequestParameters.
        with servicenow_failures(APPLICATION):
            return requests.post(
                f"{self._url}/oauth_token.do",
                data={**self._client, **words},
                timeout=self._timeouts,
                allow_redirects=False,
                auth=as_it_is,
            )

    def _tokens(self, response: requests.Response, *, otherwise: str = "") -> OwnTokens:
        """otherwise: the refresh token when the answer names none. Raises: LinkEnded, BadCredentials, Outage."""
        if response.status_code in (400, 401, 403):
            raise _refusal(response)
        answer = body_of(response, APPLICATION)
        access, refresh = answer.get("access_token"), answer.get("refresh_token") or otherwise
        if not access or not refresh:
            raise makes_no_sense("no token in it", repeatable=True)
        lives = timedelta(seconds=whole(str(answer.get("expires_in", "")))) or TOKEN_LIFE
        return OwnTokens(str(access), str(refresh), lives)


class _Bearer(AuthBase):
    def __init__(self, access: str) -> None:
        self._access = access

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._access}"
        return request


@contextmanager
def _as_a_person() -> Iterator[None]:
    """A token that is not accepted is the person's affair, not our admin's."""
    try:
        yield
    except BadCredentials as refused:
        raise LinkEnded(refused.system, refused.what) from None


def _refusal(response: requests.Response) -> Exception:
    error = _error_of(response)
    if error in OVER or error in AMBIGUOUS:
        return LinkEnded(SYSTEM, "it does not accept that sign-in any more")
    why = reason_of(response)
    return BadCredentials(SYSTEM, f"it does not accept the {APPLICATION}{f' ({why})' if why else ''}")


def _error_of(response: requests.Response) -> str:
    try:
        body: Any = response.json()
    except ValueError:
        return ""
    return str(body.get("error", "")) if isinstance(body, dict) else ""
