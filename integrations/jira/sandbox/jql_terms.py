"""What the words of a query stand for on this site, and which of them mean nothing here."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.errors import refused
from integrations.jira.sandbox.fields import TYPE_IDS
from integrations.jira.sandbox.jql import Clause, Node, Query
from integrations.jira.sandbox.models import Issue
from integrations.jira.sandbox.shapes import STATUSES
from integrations.jira.sandbox.store import KEY

KEY_FIELDS = frozenset({"key", "issuekey", "issue", "id"})
RANGES = frozenset({"<", ">", "<=", ">="})
SORTS: dict[str, Callable[[Issue], object]] = {
    "key": lambda issue: (issue.project.key, issue.number),
    "created": lambda issue: issue.created,
    "updated": lambda issue: issue.updated,
    "status": lambda issue: STATUSES[issue.status][0],
    "project": lambda issue: issue.project.key,
    "summary": lambda issue: issue.summary.lower(),
}
SORTS |= dict.fromkeys(KEY_FIELDS, SORTS["key"])


@dataclass(frozen=True)
class Term:
    """One searchable field: what an issue says there, and which values exist at all (None: any)."""

    of: Callable[[Issue], set[str]]
    known: Callable[[Call], set[str]] | None = None


TERMS: dict[str, Term] = {
    "project": Term(
        lambda i: {i.project.key, i.project.name, str(i.project.id)},
        lambda call: {
            w for p in call.store.projects.values() if call.may_browse(p) for w in (p.key, p.name, str(p.id))
        },
    ),
    "status": Term(
        lambda i: {i.status, str(STATUSES[i.status][0])},
        lambda _: {word for name, (number, _c) in STATUSES.items() for word in (name, str(number))},
    ),
    "statuscategory": Term(
        lambda i: {STATUSES[i.status][1][1], STATUSES[i.status][1][3]},
        lambda _: {word for _number, category in STATUSES.values() for word in (category[1], category[3])},
    ),
    "issuetype": Term(lambda i: {i.type}, lambda _: set(TYPE_IDS)),
    "resolution": Term(lambda i: {i.resolution} if i.resolution else set()),
    "labels": Term(lambda i: set(i.labels)),
    "fixversion": Term(lambda i: set(i.fix_versions)),
    "assignee": Term(lambda i: {i.assignee.account_id, i.assignee.key} if i.assignee else set()),
    "summary": Term(lambda i: {i.summary}),
}
TERMS["type"] = TERMS["issuetype"]


def clauses(node: Node | None) -> Iterator[Clause]:
    if isinstance(node, Clause):
        yield node
    elif node:
        for inner in node.inner:
            yield from clauses(inner)


def check_form(call: Call, query: Query) -> None:
    """Refuse what no validation mode lets pass: malformed keys, operators that a field or a moved key does not take."""
    for clause in clauses(query.where):
        name = clause.field.lower()
        if name in KEY_FIELDS:
            for value in clause.values:
                _check_key(call, clause, value)
        if _is_misused(clause.op, name):
            raise refused(400, f"The operator '{clause.op}' is not supported by the '{clause.field}' field.")


def _is_misused(op: str, name: str) -> bool:
    if op in RANGES:
        return name in TERMS
    return op in ("~", "!~") and name != "summary" and (name in TERMS or name in KEY_FIELDS)


def _check_key(call: Call, clause: Clause, value: str) -> None:
    is_id = bool(re.fullmatch("[0-9]+", value))
    if not (is_id or KEY.fullmatch(value.upper())):
        raise refused(400, f"The issue key '{value}' for field '{clause.field}' is invalid.")
    issue = call.visible(value)
    if clause.op in RANGES and issue and not is_id and issue.key != value.upper():
        raise refused(400, f"Operator '{clause.op}' cannot be applied to moved issue key '{value}'.")


def unknown_words(call: Call, query: Query) -> list[str]:
    """One sentence for each field, key or value that does not exist for this caller."""
    sentences = [sentence for clause in clauses(query.where) for sentence in _unknown(call, clause)]
    missing = [name for name, _ in query.order if name.lower() not in SORTS]
    return sentences + [_no_field(name) for name in missing]


def _unknown(call: Call, clause: Clause) -> list[str]:
    name = clause.field.lower()
    if name in KEY_FIELDS:
        return [_no_issue(key, clause.field) for key in clause.values if not call.visible(key)]
    if name not in TERMS:
        return [_no_field(clause.field)]
    known = TERMS[name].known
    if known is None:
        return []
    here = {word.lower() for word in known(call)}
    sentence = "The value '{}' does not exist for the field '{}'."
    return [sentence.format(value, clause.field) for value in clause.values if value.lower() not in here]


def _no_issue(key: str, name: str) -> str:
    if key.isdigit():
        return f"A value with ID '{key}' does not exist for the field '{name}'."
    return f"An issue with key '{key}' does not exist for field '{name}'."


def _no_field(name: str) -> str:
    return f"Field '{name}' does not exist or you do not have permission to view it."
