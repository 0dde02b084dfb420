"""The rules about a whole message or view: how many blocks, where each may stand, ids used once."""

from collections.abc import Iterator
from typing import Any

from integrations.slack.sandbox.blockkit.blocks import BLOCK
from integrations.slack.sandbox.blockkit.objects import OPTION, OPTION_GROUPS, plain
from integrations.slack.sandbox.blockkit.rules import (
    Need,
    anything,
    boolean,
    choice,
    listed,
    objects,
    shaped,
    string,
    wrong,
)

MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100, "any": 100}
# Slack refuses some blocks on some surfaces: docs.slack.dev/reference/block-kit/blocks, "Available in surfaces".
FORBIDDEN = {
    "any": {"file"},  # blocks alone, without saying where they are to stand
    "message": {"alert", "file"},
    "modal": {
        "card", "carousel", "container", "context_actions", "data_visualization", "file", "markdown", "plan", "table",
        "task_card",
    },
    "home": {"alert", "context_actions", "data_visualization", "file", "markdown", "plan", "table", "task_card"},
}  # fmt: skip
MOST_CHARTS = 2
MOST_MARKDOWN = 12_000
MOST_ATTACHMENTS = 100

_FIELDS = listed(objects, None, 0)
_COMMON = {"callback_id": string(255), "private_metadata": string(3000), "external_id": string(255)}
_BLOCKS = {"blocks": Need(listed(anything, None, 0))}
_VIEWS = {
    "modal": shaped(
        _COMMON
        | _BLOCKS
        | {
            "type": Need(choice("modal")),
            "title": Need(plain(24)),
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        }
    ),
    "home": shaped(_COMMON | _BLOCKS | {"type": Need(choice("home"))}),
}


def block_problems(blocks: list[Any], surface: str, at: str = "/blocks") -> list[str]:
    """Everything wrong with these blocks on this surface."""
    return [*_blocks(blocks, surface, at)]


def view_problems(view: Any, surface: str) -> list[str]:
    """Everything wrong with a modal or home view."""
    if not isinstance(view, dict):
        return [wrong("must be an object", "/view")]
    problems = [*_VIEWS[surface](view, "/view")]
    blocks = view.get("blocks")
    if not isinstance(blocks, list):
        return problems
    problems += _blocks(blocks, surface, "/view/blocks")
    has_input = any(isinstance(b, dict) and b.get("type") == "input" for b in blocks)
    if surface == "modal" and has_input and not view.get("submit"):
        problems.append(wrong("missing required field: submit", "/view"))
    return problems


def menu_problems(answer: Any) -> list[str]:
    """Everything wrong with what an app offers in an external menu: options or groups of them; none is an answer."""
    if not isinstance(answer, dict):
        return [wrong("must be an object", "")]
    if "option_groups" in answer:
        return [*OPTION_GROUPS(answer["option_groups"], "/option_groups")]
    return [*listed(OPTION, 100, 0)(answer.get("options"), "/options")]


def attachment_problems(attachments: list[Any]) -> list[str]:
    """Everything wrong with legacy attachments, as far as their blocks go."""
    problems = []
    for index, attachment in enumerate(attachments):
        if not isinstance(attachment, dict):
            problems.append(wrong("must be an object", f"/attachments/{index}"))
            continue
        if attachment.get("fields") is not None:
            problems += _FIELDS(attachment["fields"], f"/attachments/{index}/fields")
        if attachment.get("blocks") is not None:
            problems += _blocks(attachment["blocks"], "message", f"/attachments/{index}/blocks")
    return problems


def table_problems(blocks: list[Any], attachments: list[Any]) -> list[str]:
    """One table in a message, data tables counted in."""
    attached = [a.get("blocks") for a in attachments if isinstance(a, dict)]
    everywhere = [b for some in (blocks, *attached) for b, _ in _everywhere(some, "")]
    tables = [b for b in everywhere if b.get("type") in ("table", "data_table")]
    return ["only_one_table_allowed"] if len(tables) > 1 else []


def _blocks(blocks: Any, surface: str, at: str) -> Iterator[str]:
    if not isinstance(blocks, list):
        yield wrong("must be an array", at)
        return
    if len(blocks) > MOST_BLOCKS[surface]:
        yield wrong(f"no more than {MOST_BLOCKS[surface]} items allowed", at)
    for index, block in enumerate(blocks):
        kind = block.get("type") if isinstance(block, dict) else None
        if isinstance(kind, str) and kind in FORBIDDEN[surface]:
            yield wrong(f"unsupported type: {kind}", f"{at}/{index}/type")
        else:
            yield from BLOCK(block, f"{at}/{index}")
    yield from _totals([b for b in blocks if isinstance(b, dict)], at)
    yield from _twice(blocks, at)


def _totals(blocks: list[dict[str, Any]], at: str) -> Iterator[str]:
    if sum(len(str(b.get("text", ""))) for b in blocks if b.get("type") == "markdown") > MOST_MARKDOWN:
        yield wrong(f"markdown blocks must be less than {MOST_MARKDOWN + 1} characters together", at)
    if sum(b.get("type") == "data_visualization" for b in blocks) > MOST_CHARTS:
        yield wrong(f"no more than {MOST_CHARTS} data_visualization blocks allowed", at)
    if sum(b.get("type") == "plan" for b in blocks) > 1:
        yield wrong("no more than 1 plan block allowed", at)
    if sum(_counts(b, "focus_on_load") for b in blocks) > 1:
        yield wrong("focus_on_load may be set on one element only", at)


def _twice(blocks: list[Any], at: str) -> Iterator[str]:
    """block_id once in the payload; action_id once in a block (Slack pairs both to find an element)."""
    seen: set[str] = set()
    for block, where in _everywhere(blocks, at):
        block_id = block.get("block_id")
        if isinstance(block_id, str) and block_id in seen:
            yield wrong(f"block_id already exists: {block_id}", f"{where}/block_id")
        if isinstance(block_id, str):
            seen.add(block_id)
        actions: set[str] = set()
        elements = block.get("elements") if block.get("type") in ("actions", "context_actions") else []
        for number, element in enumerate(elements if isinstance(elements, list) else []):
            action_id = element.get("action_id") if isinstance(element, dict) else None
            if isinstance(action_id, str) and action_id in actions:
                yield wrong(f"action_id already exists: {action_id}", f"{where}/elements/{number}/action_id")
            if isinstance(action_id, str):
                actions.add(action_id)


def _everywhere(blocks: Any, at: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Every block with its pointer, those inside containers too."""
    for index, block in enumerate(blocks if isinstance(blocks, list) else []):
        if isinstance(block, dict):
            yield block, f"{at}/{index}"
            yield from _everywhere(block.get("child_blocks"), f"{at}/{index}/child_blocks")


def _counts(node: Any, flag: str) -> int:
    if isinstance(node, list):
        return sum(_counts(item, flag) for item in node)
    if isinstance(node, dict):
        return int(node.get(flag) is True) + sum(_counts(value, flag) for value in node.values())
    return 0
