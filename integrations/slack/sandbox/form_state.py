"""state.values: what is chosen and typed, for every element that can hold something."""

import re
from collections.abc import Iterator
from typing import Any

from integrations.slack.sandbox.errors import Json

# The property that carries an element's content, and the one it starts from.
CONTENT: dict[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", ""),
}
_EMAIL, _WEB = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"), re.compile(r"https?://[^\s]+")
_WHOLE, _DECIMAL = re.compile(r"-?\d+"), re.compile(r"-?\d+(\.\d+)?")
LISTS = {"selected_options", "selected_users", "selected_conversations", "selected_channels", "files"}


class NoSuchElement(Exception):
    """The element is not there (any more)."""


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every (block, element) of a message or view that a person could act on."""
    for block in blocks:
        inside = [
            block.get("accessory"),
            block.get("element"),
            *(block.get("elements") or []),
            *(block.get("actions") or []),
        ]
        for element in inside:
            if isinstance(element, dict) and element.get("action_id"):
                yield block, element
        yield from elements([b for b in block.get("child_blocks") or [] if isinstance(b, dict)])
        if block.get("type") == "carousel":
            yield from elements(block["elements"])


def find_element(blocks: list[Json], action_id: str, block_id: str = "") -> tuple[Json, Json]:
    """The element with this action_id, in this block when one is named.

    Raises: NoSuchElement.
    """
    for block, element in elements(blocks):
        if element["action_id"] == action_id and block_id in ("", block["block_id"]):
            return block, element
    raise NoSuchElement(action_id)


def fresh_state(blocks: list[Json], old: Json) -> Json:
    """The state of these blocks: initial values, or what was there under the same ids and type."""
    values: Json = {}
    for block, element in elements(blocks):
        if element["type"] not in CONTENT:
            continue
        block_id, action_id = block["block_id"], element["action_id"]
        before = old.get(block_id, {}).get(action_id)
        same = before and before["type"] == element["type"]
        values.setdefault(block_id, {})[action_id] = before if same else _initial(element)
    return {"values": values}


def fill(blocks: list[Json], state: Json, typed: Json) -> None:
    """Put what a person typed into the state.

    Raises: NoSuchElement for anything the blocks do not offer.
    """
    for block_id, actions in typed.items():
        for action_id, content in actions.items():
            _, element = find_element(blocks, action_id, block_id)
            state["values"][block_id][action_id] = chosen(element, content)


def chosen(element: Json, content: Any) -> Json:
    """An element's content on the wire; options are found among those offered by their value."""
    name, _ = CONTENT.get(element["type"], ("", ""))
    if not name:
        raise NoSuchElement(element["action_id"])
    value = content.get(name) if isinstance(content, dict) else content
    if "option" in name and value:
        many = value if isinstance(value, list) else [value]
        found = [offered(element, one) for one in many]
        value = found if isinstance(value, list) else found[0]
    wire: Json = {"type": element["type"], name: value or ([] if name in LISTS else None)}
    if element["type"] == "timepicker" and element.get("timezone"):
        wire["timezone"] = element["timezone"]
    return wire


def offered(element: Json, wanted: Any) -> Json:
    """The whole option with this value; an external menu offers whatever its app answered.

    Raises: NoSuchElement.
    """
    value = wanted.get("value") if isinstance(wanted, dict) else wanted
    groups = [g["options"] for g in element.get("option_groups") or []]
    for option in [*(element.get("options") or []), *(o for options in groups for o in options)]:
        if option["value"] == value:
            return dict(option)
    if "external" in element["type"] and isinstance(wanted, dict):
        return wanted
    raise NoSuchElement(element["action_id"])


def complaints(blocks: list[Json], state: Json) -> Json:
    """What the client refuses to submit: block_id → sentence."""
    found: Json = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        content = state["values"].get(block["block_id"], {}).get(element["action_id"], {})
        value = content.get(CONTENT[element["type"]][0])
        if not value and not block.get("optional"):
            found[block["block_id"]] = "Please complete this required field."
        elif isinstance(value, str) and value and (sentence := _misfit(element, value)):
            found[block["block_id"]] = sentence
        elif isinstance(value, str) and len(value) < element.get("min_length", 0):
            found[block["block_id"]] = f"Must be at least {element['min_length']} characters."
        elif isinstance(value, str) and len(value) > element.get("max_length", 3000):
            found[block["block_id"]] = f"Must be at most {element.get('max_length', 3000)} characters."
    return found


def _misfit(element: Json, value: str) -> str:
    """What the client says of an entry of the wrong kind; empty when it is right."""
    kind = element["type"]
    if kind == "email_text_input" and not _EMAIL.fullmatch(value):
        return "Must be a valid email address."
    if kind == "url_text_input" and not _WEB.fullmatch(value):
        return "Must be a valid URL."
    if kind != "number_input":
        return ""
    if not (_DECIMAL if element["is_decimal_allowed"] else _WHOLE).fullmatch(value):
        return "Must be a number."
    least, most = element.get("min_value"), element.get("max_value")
    too_small = least is not None and float(value) < float(least)
    return "Out of range." if too_small or (most is not None and float(value) > float(most)) else ""


def _initial(element: Json) -> Json:
    name, start = CONTENT[element["type"]]
    value = element.get(start)
    wire: Json = {"type": element["type"], name: value if value is not None else ([] if name in LISTS else None)}
    if element["type"] == "timepicker" and element.get("timezone"):
        wire["timezone"] = element["timezone"]
    return wire
