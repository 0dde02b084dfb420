"""A call's arguments, whichever of Slack's encodings carried them: JSON, form, multipart, or nothing at all."""

import json
from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from integrations.slack.sandbox.errors import Json, SlackError, invalid_arguments

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class Arguments:
    """Typed reads of what was sent. Forms carry booleans as 1 and 0 and objects as JSON text."""

    def __init__(self, sent: Json) -> None:
        self.sent = sent

    def __contains__(self, name: str) -> bool:
        return self.sent.get(name) is not None

    def text(self, name: str, default: str = "") -> str:
        value = self.sent.get(name)
        return default if value is None else str(value)

    def need(self, name: str) -> str:
        """The argument, or Slack's complaint that it is missing."""
        if not (value := self.text(name)):
            raise invalid_arguments(f"missing required field: {name}")
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.sent.get(name)
        return default if value is None else str(value).lower() in ("1", "true")

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.sent.get(name) or default)
        except (TypeError, ValueError):
            raise invalid_arguments(f"must be an integer: {name}") from None

    def items(self, name: str) -> list[str]:
        """A list that may come as JSON, or as words between commas."""
        value = self.sent.get(name)
        if isinstance(value, list):
            return [str(item) for item in value]
        return [part.strip() for part in str(value).split(",") if part.strip()] if value else []

    def data(self, name: str, *, error: str) -> Any:
        """An object or list; ``error`` when its JSON cannot be read. None when absent."""
        value = self.sent.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(error) from None


async def read_arguments(request: Request, *, takes_json: bool = True) -> Arguments:
    """Whatever was sent: the body's fields over the query's. JSON is read, and then overlooked where none is taken."""
    sent: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if kind == "application/json":
        found = _from_json(body)
        sent |= found if takes_json else {}
    elif kind in FORMS:
        try:
            form = await request.form()
        except HTTPException:
            raise SlackError("invalid_form_data") from None
        sent |= {k: (await v.read() if isinstance(v, UploadFile) else v) for k, v in form.items()}
    elif body:
        raise SlackError("invalid_post_type" if kind else "missing_post_type")
    return Arguments(sent)


def _from_json(body: bytes) -> Json:
    """slack_sdk announces JSON and sends nothing for calls without arguments (auth.test)."""
    if not body.strip():
        return {}
    try:
        found = json.loads(body)
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(found, dict):
        raise SlackError("json_not_object")
    return found
