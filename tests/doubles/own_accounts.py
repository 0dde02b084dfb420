"""ServiceNow in memory, as people themselves meet it: their sign-in, their tokens, and their own hand on their row."""

from datetime import timedelta
from itertools import count
from urllib.parse import urlencode

from bot.change.linking import Owner
from bot.change.model import Verdict
from bot.ports import Check, LinkEnded, OwnTokens
from tests.doubles.faults import Faults
from tests.doubles.records import ServiceNowDouble

LIVES = timedelta(minutes=30)


class OwnAccountsDouble:
    """``bot.ports.OwnAccounts``. A code is a user's sys_id; whoever brings it back has signed in as them."""

    def __init__(self, servicenow: ServiceNowDouble, *, rotates: bool = False) -> None:
        self._servicenow = servicenow
        self._count = count(1)
        self.rotates = rotates
        self.faults = Faults()
        self.access: dict[str, str] = {}
        """Living access tokens and whose they are."""
        self.refresh: dict[str, str] = {}
        self.renewed = 0
        self.writes_as: str = ""
        """Somebody else's name, which an instance shows instead of the person's."""

    def sign_in_page(self, *, state: str, challenge: str) -> str:
        return f"https://acme.service-now.example/oauth_auth.do?{urlencode({'state': state, 'challenge': challenge})}"

    def exchange(self, code: str, verifier: str) -> OwnTokens:
        with self.faults.around("exchange"):
            if code not in self._servicenow.users:
                raise LinkEnded("ServiceNow", "no such code")
            return self._give(code)

    def renew(self, refresh: str) -> OwnTokens:
        with self.faults.around("renew"):
            if refresh not in self.refresh:
                raise LinkEnded("ServiceNow", "it does not accept that sign-in any more")
            self.renewed += 1
            user = self.refresh.pop(refresh) if self.rotates else self.refresh[refresh]
            return self._give(user, "" if self.rotates else refresh)

    def owner(self, access: str) -> Owner:
        with self.faults.around("owner"):
            user = self._servicenow.users[self._whose(access)]
            may_sign_in = user.active and not user.locked_out
            return Owner(user.sys_id, user_name_of(user.sys_id), user.name, user.email, may_sign_in)

    def write(self, access: str, row: str, verdict: Verdict, comment: str) -> None:
        with self.faults.around("write"):
            user = self._whose(access)
            held, found = self._servicenow.row(row)
            by = self.writes_as or user_name_of(user)
            self._servicenow.write(held, found, verdict, by=by, comment=comment)
            self._servicenow.diary.append(f"{found.approver.name} {verdict} {held.number} by their own hand")

    def revoke(self, token: str) -> None:
        with self.faults.around("revoke"):
            self.access.pop(token, None)
            self.refresh.pop(token, None)

    def check(self) -> tuple[Check, ...]:
        return (Check("ServiceNow, OAuth application for people", "good", "it is known"),)

    def revoke_all(self) -> None:
        """What the person does in ServiceNow."""
        self.access.clear()
        self.refresh.clear()

    def _give(self, user: str, refresh: str = "") -> OwnTokens:
        number = next(self._count)
        access, refresh = f"access-{number}-of-{user}", refresh or f"refresh-{number}-of-{user}"
        self.access[access] = self.refresh[refresh] = user
        return OwnTokens(access, refresh, LIVES)

    def _whose(self, access: str) -> str:
        if access not in self.access:
            raise LinkEnded("ServiceNow", "it does not accept the person's own account's credentials")
        return self.access[access]


def user_name_of(sys_user: str) -> str:
    return sys_user.removeprefix("sys-")
