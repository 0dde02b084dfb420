"""Slack's traffic against its documentation: methods, arguments, what is shown, and what comes back."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from tests.traffic.call import Call
from tests.traffic.slack_blocks import message_complaints, view_complaints
from tests.traffic.slack_methods import MALFORMED, METHODS, REFUSALS, RESPONSE_URL, Method

FORM = "application/x-www-form-urlencoded"
RESPONSES = ("response_url",)


def complaints(call: Call) -> Iterator[str]:
    """What is wrong with a call and its answer."""
    method = RESPONSE_URL if call.name in RESPONSES else METHODS.get(call.name)
    if method is None:
        yield "no method that Cabbie is known to need"
        return
    if call.method != "POST":
        yield f"{call.method} instead of POST"
    if call.query:
        yield f"arguments in the URL: {', '.join(name for name, _ in call.pairs)}"
    try:
        sent = _arguments(call, method)
    except ValueError as error:
        yield str(error)
        return
    yield from argument_complaints(method, sent)
    yield from message_complaints(sent)
    if isinstance(sent.get("view"), dict):
        yield from view_complaints(sent["view"], home=call.name == "views.publish")
    if call.is_answered:
        yield from _answer(call, method)


def _arguments(call: Call, method: Method) -> dict[str, Any]:
    """Raises: ValueError, in words."""
    if call.media == "application/json" and not call.body.strip():
        return {}  # slack_sdk announces JSON and sends none for calls without arguments
    if call.media == "application/json":
        if not method.as_json:
            raise ValueError("JSON where only a form is taken")
        if "charset=utf-8" not in call.header("content-type").lower() and call.name not in RESPONSES:
            raise ValueError("JSON without a charset")
        sent = json.loads(call.body)
        if not isinstance(sent, dict):
            raise ValueError("JSON that is no object")
        return sent
    if call.media == FORM or not call.body:
        pairs = parse_qsl(call.body, keep_blank_values=True)
        if len(dict(pairs)) < len(pairs):
            raise ValueError("an argument given twice")
        return dict(pairs)
    raise ValueError(f"a body that says it is {call.media or 'nothing'}")


def argument_complaints(method: Method, sent: dict[str, Any]) -> Iterator[str]:
    yield from (f"{name} is missing" for name in method.needs if sent.get(name) in (None, ""))
    for name, value in sent.items():
        judge = method.argument(name)
        if judge is None:
            yield f"{name} is no argument of it"
        elif name in sent and not judge(value) and not (name in method.needs and value in (None, "")):
            yield f"{name} is {_short(value)}"


def _answer(call: Call, method: Method) -> Iterator[str]:
    if call.name in RESPONSES:
        if call.status == 200 and call.answer != "ok":
            yield f"an answer of {_short(call.answer)} instead of ok"
        elif call.status not in (200, 404):
            yield f"refused as malformed: {call.status} {call.answer[:200]}"
        return
    if call.status != (429 if '"ratelimited"' in call.answer else 200):
        yield f"answered with the status {call.status}"
        return
    given = call.given
    if given.get("ok") is True:
        yield from (
            f"the answer's {name} is {_short(given.get(name))}"
            for name, judge in method.answers.items()
            if not judge(given.get(name))
        )
        return
    error = str(given.get("error"))
    if error in MALFORMED:
        yield f"refused as malformed: {error} {given.get('response_metadata') or ''}"
    elif not re.fullmatch("|".join(REFUSALS), error):
        yield f"refused by a word that Slack does not document: {error}"


def _short(value: Any) -> str:
    written = json.dumps(value, ensure_ascii=False)
    return written if len(written) <= 120 else f"{written[:100]}… ({len(written)} characters)"
