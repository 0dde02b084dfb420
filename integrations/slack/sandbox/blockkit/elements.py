"""Block elements: buttons, menus, pickers, inputs (docs.slack.dev/reference/block-kit/block-elements)."""

from integrations.slack.sandbox.blockkit.objects import (
    ACTION_ID,
    CONFIRM,
    DISPATCH,
    FILTER,
    OPTION,
    OPTION_GROUPS,
    OPTIONS,
    PLACEHOLDER,
    SLACK_FILE,
    URL,
    initial_is_an_option,
    option,
    plain,
)
from integrations.slack.sandbox.blockkit.rich_text import RICH_TEXT_OBJECT
from integrations.slack.sandbox.blockkit.rules import (
    Need,
    Rule,
    Shape,
    anything,
    boolean,
    choice,
    exactly_one_of,
    integer,
    listed,
    matching,
    not_above,
    shaped,
    string,
)

_BASE: Shape = {"action_id": ACTION_ID}
_PICKER: Shape = _BASE | {"placeholder": PLACEHOLDER, "confirm": CONFIRM, "focus_on_load": boolean}
_TYPED: Shape = _BASE | {"placeholder": PLACEHOLDER, "dispatch_action_config": DISPATCH, "focus_on_load": boolean}
_MULTI: Shape = _PICKER | {"max_selected_items": integer(1)}
_ANY_OPTION = option("plain_text", "mrkdwn")
_ID = string(255, 1)
_DATE = matching(r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$", "a date like 2026-03-02")
_TIME = matching(r"^([01]\d|2[0-3]):[0-5]\d$", "a time like 09:30")
_NUMBER = matching(r"^-?\d+(\.\d+)?$", "a number in a string")
_LABEL = string(75, 1)

BUTTON = shaped(
    _BASE
    | {
        "text": Need(plain(75)),
        "value": string(2000, 1),
        "url": URL,
        "style": choice("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": _LABEL,
    }
)
IMAGE = shaped(
    {"alt_text": Need(string(2000, 1)), "image_url": URL, "slack_file": SLACK_FILE},
    exactly_one_of("image_url", "slack_file"),
)
_FEEDBACK = shaped({"text": Need(plain(75)), "value": Need(string(2000, 1)), "accessibility_label": _LABEL})


_PARAMETER = shaped({"name": Need(_ID), "value": Need(anything)})
_WORKFLOW = shaped(
    {"trigger": Need(shaped({"url": Need(URL), "customizable_input_parameters": listed(_PARAMETER, None, 0)}))}
)


def _options(most: int, each: Rule = _ANY_OPTION) -> Rule:
    return listed(each, most)


def _select(more: Shape, multi: bool, *extras: str) -> Rule:
    checks = [exactly_one_of(*extras)] if extras else []
    return shaped((_MULTI if multi else _PICKER) | more, *checks, initial_is_an_option)


_FIXED: Shape = {"options": OPTIONS, "option_groups": OPTION_GROUPS}
_RESPONSE: Shape = {"response_url_enabled": boolean}

ELEMENTS: dict[str, Rule] = {
    "button": BUTTON,
    "workflow_button": shaped(
        _BASE
        | {
            "text": Need(plain(75)),
            "workflow": Need(_WORKFLOW),
            "style": choice("primary", "danger"),
            "accessibility_label": _LABEL,
        }
    ),
    "image": IMAGE,
    "overflow": shaped(_BASE | {"options": Need(_options(5, option("plain_text", with_url=True))), "confirm": CONFIRM}),
    "checkboxes": shaped(
        _BASE
        | {
            "options": Need(_options(10)),
            "initial_options": _options(10),
            "confirm": CONFIRM,
            "focus_on_load": boolean,
        },
        initial_is_an_option,
    ),
    "radio_buttons": shaped(
        _BASE
        | {"options": Need(_options(10)), "initial_option": _ANY_OPTION, "confirm": CONFIRM, "focus_on_load": boolean},
        initial_is_an_option,
    ),
    "static_select": _select(_FIXED | {"initial_option": OPTION}, False, "options", "option_groups"),
    "multi_static_select": _select(_FIXED | {"initial_options": OPTIONS}, True, "options", "option_groups"),
    "external_select": shaped(_PICKER | {"initial_option": OPTION, "min_query_length": integer()}),
    "multi_external_select": shaped(_MULTI | {"initial_options": OPTIONS, "min_query_length": integer()}),
    "users_select": shaped(_PICKER | {"initial_user": _ID}),
    "multi_users_select": shaped(_MULTI | {"initial_users": listed(_ID, None)}),
    "conversations_select": shaped(
        _PICKER
        | _RESPONSE
        | {"initial_conversation": _ID, "default_to_current_conversation": boolean, "filter": FILTER}
    ),
    "multi_conversations_select": shaped(
        _MULTI
        | {"initial_conversations": listed(_ID, None), "default_to_current_conversation": boolean, "filter": FILTER}
    ),
    "channels_select": shaped(_PICKER | _RESPONSE | {"initial_channel": _ID}),
    "multi_channels_select": shaped(_MULTI | {"initial_channels": listed(_ID, None)}),
    "datepicker": shaped(_PICKER | {"initial_date": _DATE}),
    "timepicker": shaped(_PICKER | {"initial_time": _TIME, "timezone": string(100, 1)}),
    "datetimepicker": shaped(
        _BASE
        | {"initial_date_time": integer(1_000_000_000, 9_999_999_999), "confirm": CONFIRM, "focus_on_load": boolean}
    ),
    "plain_text_input": shaped(
        _TYPED
        | {
            "initial_value": string(3000),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
        not_above("min_length", "max_length"),
    ),
    "email_text_input": shaped(_TYPED | {"initial_value": string(3000)}),
    "url_text_input": shaped(_TYPED | {"initial_value": string(3000)}),
    "number_input": shaped(
        _TYPED
        | {
            "is_decimal_allowed": Need(boolean),
            "initial_value": _NUMBER,
            "min_value": _NUMBER,
            "max_value": _NUMBER,
        },
        not_above("min_value", "max_value"),
    ),
    "rich_text_input": shaped(_TYPED | {"initial_value": RICH_TEXT_OBJECT}),
    "file_input": shaped(_BASE | {"filetypes": listed(string(20, 1), None), "max_files": integer(1, 10)}),
    "feedback_buttons": shaped(_BASE | {"positive_button": Need(_FEEDBACK), "negative_button": Need(_FEEDBACK)}),
    "icon_button": shaped(
        _BASE
        | {
            "icon": Need(choice("trash")),
            "text": Need(plain(75)),
            "value": string(2000, 1),
            "confirm": CONFIRM,
            "accessibility_label": _LABEL,
            "visible_to_user_ids": listed(_ID, None),
        }
    ),
}

_MENUS = tuple(name for name in ELEMENTS if name.endswith("_select"))
IN_ACTIONS = (
    "button", "workflow_button", "overflow", "checkboxes", "radio_buttons", "datepicker", "timepicker",
    "datetimepicker", *_MENUS,
)  # fmt: skip
# A datetimepicker stands in actions and inputs only.
IN_SECTION = ("image", *(name for name in IN_ACTIONS if name != "datetimepicker"))
IN_INPUT = (
    "plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input", "file_input",
    "checkboxes", "radio_buttons", "datepicker", "timepicker", "datetimepicker", *_MENUS,
)  # fmt: skip
