"""One call as a behaviour sees it: who asks, of which issue, with which body."""

import re
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from integrations.jira.sandbox.errors import (
    BAD_JSON,
    Refused,
    hidden,
    no_such_address,
    problem,
    refused,
    unreadable,
)
from integrations.jira.sandbox.lengths import parsed
from integrations.jira.sandbox.models import Issue
from integrations.jira.sandbox.view import View

# Data Center tells a stranger that logging in may help; Cloud says the issue is not there
LOGIN_REQUIRED = ("You do not have the permission to see the specified issue.", "Login Required")
CONFLICT = "The issue could not be updated because somebody else changed it at the same time. Please try again."
MISCONFIGURED = "A configuration problem prevents the issue from being changed."


@dataclass(kw_only=True)
class Call(View):
    """A request, read and authenticated."""

    request: Request
    raw: bytes

    def part(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])

    def query(self, name: str) -> str | None:
        return self.request.query_params.get(name)

    def listed(self, name: str) -> list[str]:
        """A query parameter that may be repeated, comma-separated, or both."""
        given = ",".join(self.request.query_params.getlist(name))
        return [word.strip() for word in given.split(",") if word.strip()]

    def whole(self, name: str, default: int) -> int:
        """A query parameter that is a number; anything else is refused before Jira sees it."""
        text = self.query(name)
        if text is None:
            return default
        try:
            return int(text)
        except ValueError:
            raise self._unconvertible(name, text) from None

    def flag(self, name: str) -> bool:
        """A query parameter that is true or false; anything else is refused before Jira sees it."""
        text = self.query(name)
        if text is None:
            return False
        if text.lower() not in ("true", "false"):
            raise self._unconvertible(name, text)
        return text.lower() == "true"

    def _unconvertible(self, name: str, text: str) -> Refused:
        if self.site.is_cloud:
            return problem(400, f"Failed to convert '{name}' with value: '{text}'", self.request.url.path)
        return no_such_address(str(self.request.url))  # Jersey takes such an address for another one (unverified)

    def number(self, name: str) -> int | None:
        """A part of the path that is a number."""
        text = self.part(name)
        return int(text) if re.fullmatch("[0-9]{1,18}", text) else None

    def json(self) -> Any:
        try:
            return parsed(self.raw)
        except (ValueError, RecursionError):
            raise unreadable(BAD_JSON) from None

    def members(self) -> dict[str, Any]:
        """The body, which has to be an object."""
        body = self.json()
        if not isinstance(body, dict):
            raise unreadable()
        return body

    def issue(self) -> Issue:
        """The issue in the path.

        Raises:
            Refused: it is not there, or not for this caller; nobody can tell which.
        """
        issue = self.visible(self.part("key"))
        if issue:
            return issue
        if self.caller.account is None and not self.site.is_cloud:
            raise refused(401, *LOGIN_REQUIRED)
        if not self.site.is_cloud and self.site.switches["dc_tells_hidden"]:
            is_there = self.store.find(self.part("key")) is not None
            raise refused(403, LOGIN_REQUIRED[0]) if is_there else refused(404, "Issue Does Not Exist")
        raise hidden()

    def issue_to_write(self) -> Issue:
        """The issue in the path, open for writing; counts as one write."""
        return self.writing(self.issue())

    def writing(self, issue: Issue) -> Issue:
        if self.site.is_cloud and self.site.switches["limits_writes"]:
            self.site.limiter.count(issue.id)
        if issue.archived:
            raise refused(self.site.switches["archived_write_status"], "This issue is archived and read-only.")
        return issue

    def undisturbed(self) -> None:
        """Refuse where the switches say that somebody else is writing, or that the site is set up wrongly."""
        switches = self.site.switches
        if switches["conflicts"] > 0:
            switches["conflicts"] -= 1
            raise refused(409, CONFLICT)
        if switches["is_misconfigured"]:
            raise refused(422, MISCONFIGURED)

    def need(self, switch: str, status: int, sentence: str) -> None:
        """Refuse unless the caller holds the right that this switch stands for."""
        if not self.has(switch):
            raise refused(status, sentence)

    def need_setting(self, switch: str, status: int, sentence: str) -> None:
        """Refuse unless the site itself is set up for it."""
        if not self.site.switches[switch]:
            raise refused(status, sentence)

    def need_login(self) -> None:
        if self.caller.account is None:
            media = "text/html;charset=UTF-8"
            raise Refused(401, "Client must be authenticated to access this resource.", media=media)
