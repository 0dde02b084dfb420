"""Many issues in few calls, and what became of those that do not come back."""

import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any, TypeVar

from bot.ports import Declined, NotThere
from integrations.jira.connections import Connections
from integrations.jira.fields import ISSUE_FIELDS

KEY = re.compile(r"[A-Z][A-Z0-9_]+-[1-9][0-9]{0,18}")
MOST_AT_ONCE = 100  # issue/bulkfetch: 1 to 100 keys (Jira Cloud's OpenAPI)
MOST_TO_RECONCILE = 50  # search/jql, reconcileIssues
MOST_IN_SEARCH = 1000
PARALLEL = 4
Issue = dict[str, Any]
In = TypeVar("In")
Out = TypeVar("Out")


def fetch_by_bulk(connections: Connections, keys: Sequence[str]) -> list[Issue]:
    """Cloud: what is visible of these issues, archived ones perhaps included, under the keys they have now."""
    return list(chain.from_iterable(in_parallel(lambda part: _bulk(connections, part), parts(keys, MOST_AT_ONCE))))


def _bulk(connections: Connections, keys: Sequence[str]) -> list[Issue]:
    body = {"issueIdsOrKeys": list(keys), "fields": list(ISSUE_FIELDS)}
    return list(connections.post("issue/bulkfetch", body, repeatable=True).get("issues", []))


def fetch_by_search(connections: Connections, keys: Sequence[str]) -> list[Issue]:
    """Data Center, which has no bulkfetch: what a search finds of these issues."""
    return list(chain.from_iterable(in_parallel(lambda part: _search(connections, part), parts(keys, MOST_AT_ONCE))))


def _search(connections: Connections, keys: Sequence[str]) -> list[Issue]:
    """One bad key may spoil the whole query, whatever validateQuery says: then without it, or by halves."""
    try:
        return _pages(connections, f"key in ({','.join(keys)})", len(keys))
    except Declined as refusal:
        if len(keys) == 1:
            return []
        named = set(KEY.findall(refusal.what)) & set(keys)
        rest = [key for key in keys if key not in named]
        if named:
            return _search(connections, rest) if rest else []
        middle = len(keys) // 2
        return _search(connections, keys[:middle]) + _search(connections, keys[middle:])


def _pages(connections: Connections, jql: str, most: int) -> list[Issue]:
    """All of it: a Data Center may give fewer at once than it was asked for."""
    found: list[Issue] = []
    while True:
        page = connections.get(
            "search", jql=jql, fields=",".join(ISSUE_FIELDS), validateQuery="false", startAt=len(found), maxResults=most
        )
        found += page["issues"]
        if not page["issues"] or len(found) >= page["total"]:
            return found


def fetch_one(connections: Connections, key: str) -> Issue | None:
    """The issue by its direct address, which follows moves and reaches archived issues; None when there is none.

    A Data Center may say 403 of one that is hidden (DefaultIssueService.getIssue): to us it is not there.
    """
    try:
        return dict(connections.get(f"issue/{key}", fields=",".join(ISSUE_FIELDS)))
    except (NotThere, Declined):
        return None


def archived_among(connections: Connections, ids: Sequence[str]) -> frozenset[str]:
    """Cloud: the issues that answer to their address and that no search finds (help.tempo.io: archived issues).

    The index lags behind; those it misses are asked again with reconcileIssues, which looks at the issues."""
    missed = [one for part in parts(ids, MOST_IN_SEARCH) for one in _unsearchable(connections, part)]
    suspects = parts(missed, MOST_TO_RECONCILE)
    return frozenset(one for part in suspects for one in _unsearchable(connections, part, reconcile=True))


def _unsearchable(connections: Connections, ids: Sequence[str], *, reconcile: bool = False) -> list[str]:
    body: dict[str, Any] = {"jql": f"id in ({','.join(ids)})", "maxResults": len(ids), "fields": ["id"]}
    if reconcile:
        body["reconcileIssues"] = [int(one) for one in ids]
    found: set[str] = set()
    while True:
        page = connections.post("search/jql", body, repeatable=True)
        found |= {str(issue["id"]) for issue in page["issues"]}
        if not page.get("nextPageToken"):
            return [one for one in ids if one not in found]
        body["nextPageToken"] = page["nextPageToken"]


def parts(things: Sequence[In], size: int) -> list[Sequence[In]]:
    return [things[start : start + size] for start in range(0, len(things), size)]


def in_parallel(does: Callable[[In], Out], things: Iterable[In]) -> list[Out]:
    """The results in order; the first failure ends it."""
    todo = list(things)
    if len(todo) < 2:
        return [does(thing) for thing in todo]
    with ThreadPoolExecutor(min(PARALLEL, len(todo))) as threads:
        return list(threads.map(does, todo))
