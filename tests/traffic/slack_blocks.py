"""What Cabbie shows in Slack: Block Kit by two judges, texts that say it all without blocks, metadata, buttons."""

import re
from collections.abc import Iterator
from typing import Any

from integrations.slack.sandbox.blockkit import block_problems, view_problems
from tests.traffic import slack_models
from tests.traffic.slack_methods import words
from tests.traffic.slack_text import text_complaints

BUTTONS = words(
    "change.approve change.reject change.ask change.hold change.release change.withdraw change.details "
    "deploy.succeeded deploy.failed deploy.rolled_back home.refresh account.link account.unlink "
    "announcement.complete announcement.dismiss"
)
OF_NO_CHANGE = words("home.refresh account.link account.unlink")
OF_A_POST = words("announcement.complete announcement.dismiss")
INPUTS = words("service version environment why reason requested_by")
"""Of the forms; their block_ids are the same words."""
FORMS = words("deploy.request change.reason details announcement.completion announcement.why")
NUMBER = re.compile(r"CHG\d{7,}")
POST = re.compile(r"[CG][A-Z0-9]+:(?:\d{10}\.\d{6}|unposted:[0-9a-f]{16})")
"""A post's channel and ts; what came by webhook was posted nowhere."""
LONGEST_EVENT_TYPE = 50
SCALARS = (str, int, float, bool)


def message_complaints(sent: dict[str, Any]) -> Iterator[str]:
    """Of a message: its text, blocks and metadata."""
    text, blocks = sent.get("text"), sent.get("blocks")
    if isinstance(text, str):
        yield from text_complaints(text, "text")
    if isinstance(blocks, list):
        if blocks and not str(text or "").strip():
            yield "blocks without a text: nothing for notifications and screen readers"
        yield from block_problems(blocks, "message")
        yield from blocks_complaints(blocks, "blocks")
    if sent.get("metadata") is not None:
        yield from metadata_complaints(sent["metadata"])


def view_complaints(view: dict[str, Any], *, home: bool) -> Iterator[str]:
    """Of a form, or of the Home tab."""
    yield from view_problems(view, "home" if home else "modal")
    yield from slack_models.view_complaints(view)
    if not home and view.get("callback_id") not in FORMS:
        yield f"callback_id {view.get('callback_id')!r} is nobody's"
    if isinstance(view.get("blocks"), list):
        yield from blocks_complaints(view["blocks"], "view.blocks")


def blocks_complaints(blocks: list[Any], where: str) -> Iterator[str]:
    for index, block in enumerate(blocks):
        at = f"{where}[{index}]"
        if not isinstance(block, dict):
            yield f"{at} is no block"
            continue
        yield from slack_models.block_complaints(block, at)
        yield from _inside(block, at)


def _inside(node: Any, at: str) -> Iterator[str]:
    """Texts and elements, however deep."""
    if isinstance(node, list):
        for index, one in enumerate(node):
            yield from _inside(one, f"{at}[{index}]")
    if not isinstance(node, dict):
        return
    if node.get("type") in ("mrkdwn", "plain_text") and isinstance(node.get("text"), str):
        yield from text_complaints(node["text"], at, is_plain=node["type"] == "plain_text")
    if "action_id" in node:
        yield from _element(node, at)
    for name, one in node.items():
        yield from _inside(one, f"{at}.{name}")


def _element(element: dict[str, Any], at: str) -> Iterator[str]:
    """Something to press or to fill in: somebody must listen to it."""
    known = BUTTONS if element.get("type") == "button" else INPUTS
    action_id = element["action_id"]
    if action_id not in known:
        yield f"{at}: nobody listens to {action_id!r}"
    elif element.get("type") == "button" and action_id in OF_A_POST and not POST.fullmatch(_value(element)):
        yield f"{at}: the value of {action_id} is {_value(element)!r}, no post's place"
    elif element.get("type") == "button" and _is_of_a_change(action_id) and not NUMBER.fullmatch(_value(element)):
        yield f"{at}: the value of {action_id} is {_value(element)!r}, no change's number"


def _is_of_a_change(action_id: str) -> bool:
    return action_id not in OF_NO_CHANGE | OF_A_POST


def _value(element: dict[str, Any]) -> str:
    return str(element.get("value", ""))


def metadata_complaints(metadata: Any) -> Iterator[str]:
    """docs.slack.dev/messaging/message-metadata: a word, and values no deeper than one level."""
    if not isinstance(metadata, dict) or set(metadata) - {"event_type", "event_payload"}:
        yield "metadata is not an event_type and an event_payload"
        return
    kind, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(kind, str) or not re.fullmatch(r"[A-Za-z0-9_]+", kind) or len(kind) > LONGEST_EVENT_TYPE:
        yield f"metadata: event_type {kind!r}"
    if not isinstance(payload, dict):
        yield "metadata: event_payload is no object"
        return
    yield from (f"metadata: {name} is too deep" for name, value in payload.items() if not _is_shallow(value))


def _is_shallow(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return isinstance(value, (*SCALARS, dict, list)) and all(isinstance(one, SCALARS) for one in inner)
