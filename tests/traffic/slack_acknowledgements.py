"""How Cabbie acknowledges what Slack delivers: docs.slack.dev/interactivity/handling-user-interaction and modals."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.traffic.slack import argument_complaints
from tests.traffic.slack_blocks import INPUTS, message_complaints, view_complaints
from tests.traffic.slack_methods import RESPONSE_URL
from tests.traffic.slack_text import text_complaints

NOBODY_LISTENS = 404
ONLY_LATER = ("replace_original", "delete_original")
"""A command's answer has nothing before it to put away."""


def acknowledgement_complaints(delivery: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the answer to one delivery; none, when nobody was there to give one."""
    if delivery["status"] == NOBODY_LISTENS:
        yield "nobody listens: Slack shows an error, or sends it again"
    answer = delivery["answer"]
    if delivery["status"] != 200 or answer in (None, "", {}):
        return
    if delivery["kind"] == "slash_commands":
        yield from _command(answer)
    elif delivery["type"] == "view_submission":
        yield from _form(answer)
    else:
        yield f"acknowledged with {str(answer)[:120]}, which says nothing there"


def _command(answer: Any) -> Iterator[str]:
    """A sentence, or a message."""
    if isinstance(answer, str):
        yield from text_complaints(answer, "text")
    elif isinstance(answer, dict):
        yield from (f"{name} in a command's answer" for name in ONLY_LATER if name in answer)
        yield from argument_complaints(RESPONSE_URL, answer)
        yield from message_complaints(answer)
    else:
        yield f"a {type(answer).__name__} instead of a message"


def _form(answer: Any) -> Iterator[str]:
    """Errors by input, another view, or the end of all."""
    action = answer.get("response_action") if isinstance(answer, dict) else None
    if action == "errors":
        errors = answer.get("errors")
        if not isinstance(errors, dict) or not errors:
            yield "errors without any"
            return
        yield from (f"an error of {name!r}, which is no input" for name in errors if name not in INPUTS)
        yield from (f"the error of {name} says nothing" for name, said in errors.items() if not str(said).strip())
    elif action in ("update", "push"):
        yield from view_complaints(answer.get("view") or {}, home=False)
    elif action != "clear":
        yield f"a form answered with {str(answer)[:120]}"
