"""Whether an issue answers a query, and in which order the answers stand."""

from collections.abc import Iterable

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.jql import Clause, Node, Query
from integrations.jira.sandbox.jql_terms import KEY_FIELDS, SORTS, TERMS
from integrations.jira.sandbox.models import Issue


def find(call: Call, query: Query, issues: Iterable[Issue]) -> list[Issue]:
    """The issues that match; newest first where the query names no order, as nothing promises one."""
    found = [issue for issue in issues if query.where is None or _matches(call, issue, query.where)]
    found.sort(key=lambda issue: issue.id, reverse=True)
    for name, descending in reversed(query.order):
        if sort := SORTS.get(name.lower()):
            found.sort(key=sort, reverse=descending)  # type: ignore[arg-type]  # each sort key compares with its own kind
    return found


def _matches(call: Call, issue: Issue, node: Node) -> bool:
    if isinstance(node, Clause):
        return _fits(call, issue, node)
    results = (_matches(call, issue, inner) for inner in node.inner)
    if node.how == "not":
        return not next(results)
    return all(results) if node.how == "and" else any(results)


def _fits(call: Call, issue: Issue, clause: Clause) -> bool:
    name = clause.field.lower()
    if name in KEY_FIELDS:
        return _fits_key(call, issue, clause)
    if name not in TERMS:
        return False
    has = {word.lower() for word in TERMS[name].of(issue)}
    wanted = {value.lower() for value in clause.values}
    if clause.op in ("=", "in"):
        return bool(has & wanted)
    if clause.op in ("!=", "not in"):
        return bool(has) and not has & wanted
    if clause.op in ("is empty", "is not empty"):
        return bool(has) == (clause.op == "is not empty")
    is_inside = all(word in text for text in has for word in next(iter(wanted)).split())
    return is_inside == (clause.op == "~")


def _fits_key(call: Call, issue: Issue, clause: Clause) -> bool:
    named = [found for value in clause.values if (found := call.visible(value))]
    if clause.op in ("=", "in"):
        return issue.id in {found.id for found in named}
    if clause.op in ("!=", "not in"):
        return issue.id not in {found.id for found in named}
    if clause.op in ("is empty", "is not empty"):
        return clause.op == "is not empty"
    return bool(named) and _compares(issue, clause.op, named[0])


def _compares(issue: Issue, op: str, other: Issue) -> bool:
    if issue.project is not other.project:
        return False
    mine, its = issue.number, other.number
    return {"<": mine < its, ">": mine > its, "<=": mine <= its, ">=": mine >= its}[op]
