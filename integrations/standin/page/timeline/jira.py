"""Calls to Jira, in words."""

import re
from collections.abc import Callable

from integrations.standin.page.timeline.names import Names
from integrations.standin.page.timeline.words import Call, quote, within

Phrase = Callable[[Call, Names], str]

VERSION = re.compile(r"^(\w+) (?:/ex/jira/[^/]+)?/rest/api/(?:2|3|latest|\*)")
MOST_KEYS = 4


def tell(call: Call, names: Names) -> str:
    """An infinitive: what was wanted."""
    phrase = PHRASES.get(plain(call.name))
    return phrase(call, names) if phrase else f"call {call.name.partition(' ')[0]} {call.path}"


def plain(name: str) -> str:
    """
    >>> plain("GET /rest/api/2/myself")
    'GET /myself'
    """
    return VERSION.sub(r"\1 ", name)


def _stories(call: Call, _: Names) -> str:
    asked = call.sent.get("issueIdsOrKeys")
    keys = [str(key) for key in asked] if isinstance(asked, list) else ["stories"]
    shown = ", ".join(keys[:MOST_KEYS])
    return f"read {shown}" + (f" and {len(keys) - MOST_KEYS} more" if len(keys) > MOST_KEYS else "")


def _link(call: Call, names: Names) -> str:
    key, number = call.part(2), names.change(call.body)
    if within(call.sent, "object", "status", "resolved"):
        return f"mark the link from {key} to {number} as done"
    return f"link {key} with {number}"


def _comment(call: Call, _: Names) -> str:
    body = call.sent.get("body")
    return f"comment on {call.part(2)}" + (f": {quote(body)}" if isinstance(body, str) else "")


def _fixed(phrase: str) -> Phrase:
    return lambda _call, _names: phrase


def _of(phrase: str, part: int) -> Phrase:
    return lambda call, _: phrase.format(call.part(part))


PHRASES: dict[str, Phrase] = {
    "GET /serverInfo": _fixed("ask what Jira this is"),
    "GET /myself": _fixed("check its own sign-in"),
    "GET /mypermissions": _fixed("ask what it may do"),
    "GET /field": _fixed("read which fields there are"),
    "GET /project/{key}": _of("read the project {}", 1),
    "POST /issue/bulkfetch": _stories,
    "POST /search/jql": _fixed("search for stories"),
    "GET /search/jql": _fixed("search for stories"),
    "GET /search": _fixed("search for stories"),
    "POST /search": _fixed("search for stories"),
    "GET /issue/{key}": _of("read {}", 1),
    "GET /issue/{key}/remotelink": _of("read the links of {}", 2),
    "POST /issue/{key}/remotelink": _link,
    "PUT /issue/{key}/remotelink/{id}": lambda call, names: f"change the link from {call.part(3)}",
    "DELETE /issue/{key}/remotelink": _of("remove a link of {}", 2),
    "GET /issue/{key}/comment": _of("read the comments on {}", 2),
    "POST /issue/{key}/comment": _comment,
    "PUT /issue/{key}/comment/{id}": lambda call, names: f"change a comment on {call.part(3)}",
    "GET /issue/{key}/transitions": _of("ask where {} may go next", 2),
    "POST /issue/{key}/transitions": _of("move {} on", 2),
    "GET /issue/{key}/properties/{property}": _of("read a note on {}", 3),
    "PUT /issue/{key}/properties/{property}": _of("write a note on {}", 3),
}
CALLS = {
    "POST /rest/api/*/issue/bulkfetch": "read the stories",
    "POST /rest/api/*/issue/{key}/remotelink": "link a story with the change",
    "GET /rest/api/*/issue/{key}/remotelink": "read a story's links",
    "POST /rest/api/*/issue/{key}/comment": "comment on a story",
    "POST /rest/api/*/search/jql": "search for stories",
}
"""The calls that matter, in whatever version, for whoever wants to spoil one."""
