"""How Jira says no: each shape of refusal, in its own words."""

import json
from typing import Any

from starlette.responses import Response

JSON = "application/json;charset=UTF-8"
PROBLEM = "application/problem+json;charset=UTF-8"
HTML = "text/html;charset=UTF-8"

BAD_JSON = "There was an error parsing JSON. Check that your request body is valid."
BAD_PAYLOAD = "Invalid request payload. Refer to the REST API documentation and try again."
HIDDEN = "Issue does not exist or you do not have permission to see it."
TITLES = {400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 415: "Unsupported Media Type"}


def answer(status: int, body: Any = None, *, headers: dict[str, str] | None = None, media: str = JSON) -> Response:
    """What goes out: JSON, or text as it is, or nothing at all."""
    if body is None:
        return Response(status_code=status, headers=headers)
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return Response(text, status_code=status, headers={"Content-Type": media} | (headers or {}))


class Refused(Exception):
    """A request is not carried out, and this is the answer to it."""

    def __init__(self, status: int, body: Any, *, headers: dict[str, str] | None = None, media: str = JSON) -> None:
        super().__init__(status, body)
        self.status, self.body, self.headers, self.media = status, body, headers or {}, media

    def response(self) -> Response:
        return answer(self.status, self.body, headers=self.headers, media=self.media)


def refused(
    status: int, *messages: str, errors: dict[str, str] | None = None, headers: dict[str, str] | None = None
) -> Refused:
    """The usual ErrorCollection: sentences, and sentences per field."""
    return Refused(status, {"errorMessages": list(messages), "errors": errors or {}}, headers=headers)


def hidden() -> Refused:
    """The same words for an issue that is not there and one that the caller may not see."""
    return refused(404, HIDDEN)


def unreadable(message: str = BAD_PAYLOAD) -> Refused:
    """A body that is no JSON, or not the JSON that was asked for; it comes without ``errors``."""
    return Refused(400, {"errorMessages": [message]})


def no_such_address(url: str) -> Refused:
    """Data Center's REST layer speaks of itself in this way (shape from memory of live servers, unverified)."""
    return Refused(404, {"message": f"null for uri: {url}", "status-code": 404})


def problem(status: int, detail: str, path: str) -> Refused:
    """What the framework below Jira says before Jira itself is asked."""
    body = {"type": "about:blank", "title": TITLES[status], "status": status, "detail": detail, "instance": path}
    return Refused(status, body, media=PROBLEM)
