"""What a tool's module says of the tool: how it proves itself, what it sends, and how that is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.api.webhooks.delivery import Delivery, Ignored, NotUnderstood
from bot.api.webhooks.proof import Headers, Prove
from bot.change.one_line import one_line

JSON = "application/json"
MOST_WRONG, LONGEST_PATH = 20, 120

P = TypeVar("P", bound="Payload")
Read = Callable[[dict[str, Any], Headers, datetime], Delivery | Ignored]
"""(body, headers, now). Raises: NotUnderstood."""


class Payload(BaseModel):
    """What we read of a tool's JSON: it may say more, and later versions of it will."""

    model_config = ConfigDict(extra="ignore", frozen=True)


@dataclass(frozen=True)
class Sender:
    name: str
    """The last word of its path, and its key in the setting that holds the secrets."""
    title: str
    prove: Prove
    proofs: tuple[Callable[..., Any], ...]
    """The same for the API's description."""
    read: Read
    bodies: Mapping[str, dict[str, Any]]
    """Media type → JSON Schema of what is understood, or is nothing to us; empty where the same comes in another way.

    An empty type: it need not say."""
    delivery_header: str = ""


def understood(model: type[P], payload: dict[str, Any]) -> P:
    """Raises: NotUnderstood, with each wrong field by its path, never its value."""
    try:
        return model.model_validate(payload)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)
        named = [f"{_path(each['loc'])}: {each['msg'].removeprefix('Value error, ')}" for each in wrong[:MOST_WRONG]]
        more = [f"and {len(wrong) - MOST_WRONG} more"] if len(wrong) > MOST_WRONG else []
        raise NotUnderstood("; ".join([*named, *more])) from None


def _path(where: tuple[int | str, ...]) -> str:
    return one_line(".".join(str(part) for part in where))[:LONGEST_PATH]


def named(word: Any, otherwise: str) -> str:
    """A word of theirs that we say again: in one line, and short."""
    return one_line(word)[:60] if isinstance(word, str) and one_line(word) else otherwise


def schema_of(model: type[Payload]) -> dict[str, Any]:
    """JSON Schema in one piece: an operation's description has no place for definitions of its own."""
    schema = model.model_json_schema()
    definitions = schema.pop("$defs", {})

    def whole(part: Any) -> Any:
        if isinstance(part, list):
            return [whole(each) for each in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            return whole(definitions[part["$ref"].rpartition("/")[2]])
        return {key: whole(value) for key, value in part.items()}

    found: dict[str, Any] = whole(schema)
    return found
