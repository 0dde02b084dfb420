"""The checker of acknowledgements bites."""

from typing import Any

import pytest

from tests.traffic.slack_acknowledgements import acknowledgement_complaints
from tests.traffic.test_slack import FORM


def told(kind: str, answer: Any, *, kind_of_event: str = "", status: int | None = 200) -> list[str]:
    delivery = {"kind": kind, "type": kind_of_event, "status": status, "answer": answer}
    return list(acknowledgement_complaints(delivery))


def command(answer: Any) -> list[str]:
    return told("slash_commands", answer, kind_of_event="/deploy")


def form(answer: Any) -> list[str]:
    return told("interactive", answer, kind_of_event="view_submission")


def test_what_slack_documents_passes() -> None:
    assert not command(None)
    assert not command("Got it.")
    assert not command({"text": "Got it.", "response_type": "ephemeral"})
    assert not form(None)
    assert not form({"response_action": "errors", "errors": {"version": "There is no such version."}})
    assert not form({"response_action": "update", "view": FORM})
    assert not form({"response_action": "clear"})
    assert not told("events_api", None, kind_of_event="message")
    assert not told("events_api", None, kind_of_event="message", status=None)  # nobody was there
    assert not told("interactive", "oops", kind_of_event="block_actions", status=500)  # it is sent again, or said


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (command({"text": "x", "colour": "red"}), "colour is no argument"),
        (command({"text": "x", "replace_original": True}), "replace_original in a command's answer"),
        (command({"text": "<!channel>"}), "calls everybody"),
        (command("R & D"), "not escaped"),
        (command({"blocks": [{"type": "divider"}]}), "blocks without a text"),
        (command(["x"]), "a list instead of a message"),
        (form({"response_action": "shout"}), "a form answered with"),
        (form({"response_action": "errors", "errors": {}}), "errors without any"),
        (form({"response_action": "errors", "errors": {"colour": "no"}}), "'colour', which is no input"),
        (form({"response_action": "errors", "errors": {"version": " "}}), "says nothing"),
        (form({"response_action": "push", "view": FORM | {"callback_id": "x"}}), "is nobody's"),
        (told("interactive", {"text": "x"}, kind_of_event="block_actions"), "says nothing there"),
        (told("events_api", "ok", kind_of_event="message"), "says nothing there"),
        (told("events_api", None, kind_of_event="pin_added", status=404), "nobody listens"),
    ],
)
def test_what_it_does_not_is_told(lines: list[str], wanted: str) -> None:
    assert any(wanted in line for line in lines), lines
