"""The vendor's own examples, and how closely an answer of ours follows one. The examples are not in this repository."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.integrations.jira.apps import app_of
from tests.integrations.jira.conftest import RunningJira

ROOT = os.environ.get("CABBIE_CONFORMANCE")
GOLDEN = Path(ROOT or "", "golden", "jira")
SAME = object()
"""The body as it is in the example."""
# headers whose value is the vendor's data; that they are there is what counts
MOVING = frozenset({"Retry-After", "X-RateLimit-Reset", "X-RateLimit-Limit"})


def names() -> list[str]:
    return sorted(path.stem for path in GOLDEN.glob("*.json"))


def golden(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((GOLDEN / f"{name}.json").read_text())
    return content


@dataclass(frozen=True)
class Replay:
    """How an example is asked of our site, and what of it we do not have."""

    path: str
    before: Callable[[RunningJira], Any] = lambda _: None
    """What has to be there."""
    body: Any = SAME
    login: str = "good"
    """good, none, dead, bearer or app."""
    is_exact: bool = False
    """The very same body; otherwise the same members of the same types."""
    until: int = 0
    """Asked again and again until this status comes."""
    lacks: frozenset[str] = field(default_factory=frozenset)
    """Members of the example that are not modelled, as paths."""
    puts: tuple[tuple[str, str], ...] = ()
    """Words of the example that are others here."""


def replayed(jira: RunningJira, name: str, replay: Replay) -> list[str]:
    """What is not as in the example: nothing, or one line for each place."""
    replay.before(jira)
    example = golden(name)
    answer = _asked(jira, example["request"], replay)
    for _ in range(400):
        if replay.until in (0, answer.status_code):
            break
        answer = _asked(jira, example["request"], replay)
    return _differences(example["response"], answer, replay)


def _asked(jira: RunningJira, request: dict[str, Any], replay: Replay) -> requests.Response:
    body = request["body"] if replay.body is SAME else replay.body
    more: dict[str, Any] = _login(jira, replay.login)
    more["headers"] = {"Content-Type": "application/json"} | more.get("headers", {})
    if body is not None:
        more["data"] = body if isinstance(body, str) else json.dumps(body)
    path = replay.path
    if "{cloud}" in path:
        path = path.replace("{cloud}", requests.get(f"{jira.url}/_edge/tenant_info", timeout=10).json()["cloudId"])
    return requests.request(request["method"], jira.url + path, timeout=10, allow_redirects=False, **more)


def _login(jira: RunningJira, login: str) -> dict[str, Any]:
    if login == "app":
        return {"headers": {"Authorization": f"Bearer {app_of(jira).token}"}}
    if login == "bearer":
        return {"headers": {"Authorization": "Bearer expired"}}
    if login == "good" and jira.standin.switches["deployment"] != "Cloud":
        return {"headers": dict(jira.bearer)}
    logins: dict[str, Any] = {"good": jira.basic, "dead": ("cabbie@acme.example", "expired"), "none": None}
    return {"auth": logins[login]}


def _differences(wanted: dict[str, Any], answer: requests.Response, replay: Replay) -> list[str]:
    found = [] if answer.status_code == wanted["status"] else [f"status {answer.status_code}: {answer.text[:300]}"]
    for name, value in wanted["headers"].items():
        given = answer.headers.get(name)
        if given is None or (name not in MOVING and given != value):
            found.append(f"{name}: {given}")
    body = json.loads(_put(json.dumps(wanted["body"]), replay))
    if body is None or isinstance(body, str):
        return found + ([] if answer.text == (body or "") else [f"body {answer.text[:300]}"])
    given = answer.json()
    if replay.is_exact:
        return found + ([] if given == body else [f"body {given}"])
    return found + unlike(body, given, "", replay.lacks)


def _put(text: str, replay: Replay) -> str:
    for theirs, ours in replay.puts:
        text = text.replace(theirs, ours)
    return text


def unlike(wanted: Any, given: Any, where: str, lacks: frozenset[str] = frozenset()) -> list[str]:
    """Members that are missing or of another type; of lists each kind of member is looked at once."""
    if where in lacks or where.lstrip(".") in lacks:
        return []
    if isinstance(wanted, dict) and isinstance(given, dict):
        missing = [
            f"{where}.{name} is missing"
            for name in wanted
            if name not in given and f"{where}.{name}".lstrip(".") not in lacks
        ]
        return missing + [
            line
            for name in wanted
            if name in given
            for line in unlike(wanted[name], given[name], f"{where}.{name}", lacks)
        ]
    if isinstance(wanted, list) and isinstance(given, list):
        return unlike(wanted[0], given[0], f"{where}[]", lacks) if wanted and given else []
    is_same = type(wanted) is type(given) or None in (wanted, given)
    return [] if is_same else [f"{where}: {given!r} instead of {wanted!r}"]
