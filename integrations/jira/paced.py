"""How often Jira lets us call: the documented limits, kept before it has to ask."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from integrations.http import wait_of
from integrations.pace import Limit, Pace

# developer.atlassian.com/cloud/jira/platform/rate-limiting. One issue may be written 20 times in 2 seconds and 100
# times in 30; some of both is left to others, and to calls that overtake each other on the way.
ONE_ISSUE = (Limit(15, 2.0), Limit(80, 30.0))
# An address takes 100 calls a second by one verb, and 50 that change or delete, from everybody on the site together.
READ, WRITE = (Limit(75, 1.0),), (Limit(35, 1.0),)
VERBS: Mapping[str, Sequence[Limit]] = {"GET": READ, "POST": READ, "PUT": WRITE, "DELETE": WRITE}
ISSUE = re.compile(r"/issue/([A-Za-z][A-Za-z0-9_]*-\d+)")
NUMBER = re.compile(r"/\d{3,}(?=/|$)")
"""An id; the version of the API is shorter."""


class PacedAdapter(HTTPAdapter):
    """Sends a client's requests at Jira's pace, which all clients share."""

    def __init__(self, pace: Pace) -> None:
        super().__init__()
        self._pace = pace

    def send(self, request: PreparedRequest, **settings: Any) -> Response:  # type: ignore[override]  # by name alone
        """Raises: NotOurTurn, beside what requests does."""
        wanted = limits_of(str(request.method), str(request.url))
        self._pace.turn(wanted)
        answer = super().send(request, **settings)
        if answer.status_code == 429:
            self._pace.hold(wanted, float(wait_of(answer) or 1))
        return answer


def limits_of(method: str, url: str) -> dict[str, Sequence[Limit]]:
    """The names a call counts under: its verb and address, and the issue it writes to."""
    path = urlsplit(url).path
    named = ISSUE.search(path)
    address = NUMBER.sub("/{id}", ISSUE.sub("/issue/{key}", path))
    wanted = {f"{method} {address}": VERBS.get(method, WRITE)}
    if named and method != "GET":
        wanted[f"writing {named[1].upper()}"] = ONE_ISSUE
    return wanted
