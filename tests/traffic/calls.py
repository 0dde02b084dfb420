"""Calls as Cabbie makes them, to be spoiled in one place each."""

import json
from typing import Any
from urllib.parse import urlencode

from tests.traffic.call import Call

JSON = {"content-type": "application/json;charset=utf-8", "accept": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
CHANGE_ID = "0bb3c10e41b03f3a86aa1499357ebdea"


def slack(name: str, *, as_form: bool = False, answer: Any = None, **sent: Any) -> Call:
    """A Web API call with these arguments."""
    body, headers = (urlencode(sent), FORM) if as_form else (json.dumps(sent), JSON)
    return _answered(Call(name, "POST", f"/api/{name}", body=body, headers=headers), 200, answer)


def response_url(**sent: Any) -> Call:
    return Call("response_url", "POST", "/actions/T/1/x", body=json.dumps(sent), headers=JSON, status=200, answer="ok")


def jira(method: str, path: str, sent: Any = None, *, status: int = 200, answer: Any = None, query: str = "") -> Call:
    body = "" if sent is None else json.dumps(sent)
    made = Call(f"{method} {path}", method, f"/rest/api/2{path}", query, body, headers=JSON if body else {})
    return _answered(made, status, answer)


def servicenow(
    method: str, path: str, sent: Any = None, *, status: int = 200, answer: Any = None, **given: str
) -> Call:
    """given: pairs of the URL."""
    body = "" if sent is None else json.dumps(sent)
    made = Call(f"{method} {path}", method, f"/api{path}", urlencode(given), body, headers=JSON)
    return _answered(made, status, answer)


def _answered(call: Call, status: int, answer: Any) -> Call:
    """None: it never was."""
    if answer is None:
        return call
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return Call(**{**vars(call), "status": status, "answer": text, "answer_type": "application/json;charset=UTF-8"})
