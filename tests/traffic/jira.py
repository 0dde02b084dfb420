"""Jira's traffic against Atlassian's own OpenAPI document, which CABBIE_CONFORMANCE names a copy of.

Without it nothing is checked here, and a warning says so.
"""

import os
import re
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tests.integrations.jira.openapi import Description
from tests.traffic.call import Call

FOLDER = "CABBIE_CONFORMANCE"
DOCUMENTS = {"2": "openapi-trimmed-v2-derived.json", "3": "openapi-trimmed.json"}
"""REST version → the document. They differ in rich text: strings of wiki markup in 2, documents in 3."""
GATEWAY = re.compile(r"^/ex/jira/[^/]+(?=/)")
VERSION = re.compile(r"^/rest/api/([^/]+)/")
JSON = "application/json"

# Addresses the trimmed document lacks: {call: ({parameter: pattern}, the members an answer must have)}.
BESIDE: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    # Cloud's own list of projects, paged (developer.atlassian.com, "Get projects paginated").
    "GET /rest/api/2/project/search": (
        {"startAt": r"\d+", "maxResults": r"\d+"},
        ("self", "startAt", "maxResults", "total", "isLast", "values"),
    ),
    # Data Center has the list only in one piece, which Cloud's document does not describe.
    "GET /rest/api/2/project": ({}, ()),
}
# Any call may be answered so: developer.atlassian.com, "Rate limiting"; the body is undocumented.
ANYWHERE = (429, 503)
# A live site says this as plain text, whatever the document says (recorded by brekkylab/backlot).
NOT_SIGNED_IN = (
    (401, "Client must be authenticated to access this resource."),
    # Of a Data Center's token, for whatever was asked.
    (403, '{"error":"Failed to parse Connect Session Auth Token"}'),
)
# Data Center says more of itself than Cloud, of which alone the document speaks.
OF_DATA_CENTER = ": databaseBuildNumber is unknown"
# It is said with a 400 as well, of comments: the request was well made all the same.
RIGHTS = re.compile("do not have (the )?permission")


@cache
def document(folder: str, version: str) -> Description:
    return Description(Path(folder, "golden", "jira", DOCUMENTS[version]))


def checker() -> Callable[[Call], Iterator[str]]:
    if not os.environ.get(FOLDER):
        warnings.warn(
            f"Jira's traffic is not checked: {FOLDER} names no folder with Atlassian's document", stacklevel=2
        )
        return lambda _: iter(())
    return complaints


def complaints(call: Call) -> Iterator[str]:
    """What is wrong with a call and its answer."""
    path = GATEWAY.sub("", call.path)
    version = VERSION.match(path)
    if not version or version[1] not in DOCUMENTS:
        yield "no documented address"
        return
    described = document(os.environ[FOLDER], version[1])
    if (beside := BESIDE.get(f"{call.method} {path}")) is not None:
        yield from _beside(call, *beside)
    elif (template := described.address(call.method, path)) is None:
        yield "no documented address"
    else:
        yield from _request(described, call, template)
        if call.is_answered:
            yield from _answer(described, call, template)


def _request(described: Description, call: Call, template: str) -> Iterator[str]:
    yield from described.parameter_complaints(call.method, template, call.pairs)
    if not described.takes_body(call.method, template):
        if call.body:
            yield "a body where none is taken"
        return
    if call.media != JSON:
        yield f"a body that says it is {call.media or 'nothing'}"
    try:
        sent = call.sent
    except ValueError:
        yield "a body that is no JSON"
        return
    yield from (line for line in described.request_complaints(call.method, template, sent) if not _exempt(call, line))
    if VERSION.match(template)[1] == "2":  # type: ignore[index]  # a template without one was not found
        yield from _rich_text(template, sent)


# The two that the library's own traffic needs: it sends null for what it leaves out of a POSTed search, and a
# transition's id as a number. Jira takes both.
EXEMPT = (
    (re.compile(r"POST .*/search/jql$"), re.compile(r"\.(expand|properties): null$")),
    (re.compile(r"POST .*/transitions$"), re.compile(r"\.transition\.id: \d+ is no string$")),
)


def _exempt(call: Call, line: str) -> bool:
    where = f"{call.method} {call.path}"
    return any(address.match(where) and wrong.search(line) for address, wrong in EXEMPT)


def _rich_text(template: str, sent: Any) -> Iterator[str]:
    """Where version 3 takes a document, version 2 takes a string; the derived document leaves both open."""
    if template.endswith("/comment") or "/comment/{id}" in template:
        if not isinstance(sent, dict) or not isinstance(sent.get("body"), str):
            yield "a comment's body that is no string"
        elif not 0 < len(sent["body"]) <= 32_767:  # facts of the platform, not of the document
            yield f"a comment of {len(sent['body'])} characters"


def _answer(described: Description, call: Call, template: str) -> Iterator[str]:
    if call.status in ANYWHERE or (call.status, call.answer.replace(": ", ":")) in NOT_SIGNED_IN:
        return
    if call.status in (400, 405, 415) and not RIGHTS.search(call.answer):
        yield f"it was refused as malformed: {call.status} {call.answer[:200]}"
    if call.answer and not call.answer_type.startswith(JSON):
        yield f"{call.status} came as {call.answer_type}"
        return
    given = call.given if call.answer else None
    if call.status == 200 and isinstance(given, dict) and _asks_for_one_link(call):
        given = [given]
    lines = described.complaints(call.method, template, int(call.status or 0), given)
    yield from (line for line in lines if not (_is_data_center(given) and line.endswith(OF_DATA_CENTER)))


def _is_data_center(given: Any) -> bool:
    return isinstance(given, dict) and given.get("deploymentType") == "Server"


def _asks_for_one_link(call: Call) -> bool:
    """By its globalId it comes alone: Atlassian's document says so of all, its own example shows a list without one."""
    return call.path.endswith("/remotelink") and "globalId" in dict(call.pairs)


def _beside(call: Call, parameters: dict[str, str], members: tuple[str, ...]) -> Iterator[str]:
    for name, value in call.pairs:
        if name not in parameters or not re.fullmatch(parameters[name], value):
            yield f"parameter {name}={value}"
    if call.is_answered and call.status == 200:
        yield from (f"the answer lacks {name}" for name in members if name not in call.given)
