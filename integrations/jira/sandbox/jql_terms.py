"""What the words of a query stand for on this site, and which of them mean nothing here."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from integrations.jira.sandbox.errors import refused
from integrations.jira.sandbox.fields import TYPE_IDS
from integrations.jira.sandbox.jql import Clause, Node, Query
from integrations.jira.sandbox.jql_values import EMPTY, Function, moment_of, words_of
from integrations.jira.sandbox.models import Issue
from integrations.jira.sandbox.richtext import text_of
from integrations.jira.sandbox.store import KEY
from integrations.jira.sandbox.view import View
from integrations.jira.sandbox.workflow import RESOLUTIONS, STATUSES

KEY_FIELDS = frozenset({"key", "issuekey", "issue", "id"})
RANGES = frozenset({"<", ">", "<=", ">="})
SORTS: dict[str, Callable[[Issue], object]] = {
    "key": lambda issue: (issue.project.key, issue.number),
    "created": lambda issue: issue.created,
    "updated": lambda issue: issue.updated,
    "status": lambda issue: STATUSES[issue.status][0],
    "project": lambda issue: issue.project.key,
    "summary": lambda issue: issue.summary.lower(),
    "issuetype": lambda issue: issue.type,
    "resolution": lambda issue: issue.resolution or "",
    "assignee": lambda issue: issue.assignee.name if issue.assignee else "",
}
SORTS |= dict.fromkeys(KEY_FIELDS, SORTS["key"])
MOMENTS: dict[str, Callable[[Issue], datetime | None]] = {
    "created": lambda issue: issue.created,
    "createddate": lambda issue: issue.created,
    "updated": lambda issue: issue.updated,
    "updateddate": lambda issue: issue.updated,
    "resolved": lambda issue: issue.resolved,
    "resolutiondate": lambda issue: issue.resolved,
}


@dataclass(frozen=True)
class Term:
    """One searchable field: what an issue says there, and which values exist at all (None: any)."""

    of: Callable[[Issue], set[str]]
    known: Callable[[View], set[str]] | None = None


def _people(view: View) -> set[str]:
    return {word for human in view.site.everybody() for word in (human.account_id, human.key, human.name, human.email)}


def _comments(_: Issue) -> set[str]:
    """Which comments there are depends on who asks: ``texts_for`` adds them."""
    return set()


def texts_for(view: View, name: str) -> Callable[[Issue], set[str]]:
    """What is searched in a field of text; of the comments those that the caller may read."""
    of = TERMS[name].of
    if name not in ("comment", "text"):
        return of
    return lambda issue: of(issue) | {text_of(comment.body) for comment in view.comments_on(issue)}


TERMS: dict[str, Term] = {
    "project": Term(
        lambda i: {i.project.key, i.project.name, str(i.project.id)},
        lambda view: {
            w for p in view.store.projects.values() if view.may_browse(p) for w in (p.key, p.name, str(p.id))
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
    "resolution": Term(lambda i: {i.resolution} if i.resolution else set(), lambda _: {*RESOLUTIONS, "Unresolved"}),
    "labels": Term(lambda i: set(i.labels)),
    "fixversion": Term(
        lambda i: set(i.fix_versions),
        lambda view: {v.name for p in view.store.projects.values() if view.may_browse(p) for v in p.versions},
    ),
    "assignee": Term(
        lambda i: {i.assignee.account_id, i.assignee.key, i.assignee.name} if i.assignee else set(), _people
    ),
    "reporter": Term(
        lambda i: {i.reporter.account_id, i.reporter.key, i.reporter.name} if i.reporter else set(), _people
    ),
    "level": Term(lambda i: {i.security} if i.security else set()),
    "summary": Term(lambda i: {i.summary}),
    "description": Term(lambda i: {text_of(i.description)} if i.description else set()),
    "comment": Term(_comments),
    "text": Term(lambda i: {i.summary, text_of(i.description or "")}),
}
TERMS["type"] = TERMS["issuetype"]
TEXTS = frozenset({"summary", "description", "comment", "text"})
PARENTS = frozenset({"parent"})
FIELDS = {*TERMS, *MOMENTS, *KEY_FIELDS, *PARENTS}


def clauses(node: Node | None) -> Iterator[Clause]:
    if isinstance(node, Clause):
        yield node
    elif node:
        for inner in node.inner:
            yield from clauses(inner)


def check_form(view: View, query: Query) -> None:
    """Refuse what no validation mode lets pass: malformed keys and days, functions that there are not, operators that
    a field or a moved key does not take."""
    for clause in clauses(query.where):
        name = clause.field.lower()
        if _is_misused(clause.op, name):
            raise refused(400, f"The operator '{clause.op}' is not supported by the '{clause.field}' field.")
        for value in clause.values:
            if value == EMPTY:
                continue
            if name in MOMENTS:
                moment_of(view, clause.field, value)
            elif isinstance(value, Function):
                words_of(view, name, value)
            elif name in KEY_FIELDS | PARENTS:
                _check_key(view, clause, value)


def _is_misused(op: str, name: str) -> bool:
    if op in RANGES:
        return name in TERMS or name in PARENTS
    if op in ("~", "!~"):
        return name in FIELDS - TEXTS
    # what is a text is searched, never compared
    return name in TEXTS and op not in ("is empty", "is not empty")


def _check_key(view: View, clause: Clause, value: str) -> None:
    is_id = bool(re.fullmatch("[0-9]+", value))
    if not (is_id or KEY.fullmatch(value.upper())):
        raise refused(400, f"The issue key '{value}' for field '{clause.field}' is invalid.")
    issue = view.visible(value)
    if clause.op in RANGES and issue and not is_id and issue.key != value.upper():
        raise refused(400, f"Operator '{clause.op}' cannot be applied to moved issue key '{value}'.")


def issue_named(view: View, word: str) -> Issue | None:
    """The issue that a query means. A Data Center's search may not know it by a former key."""
    issue = view.visible(word)
    is_former = issue is not None and not word.isdigit() and issue.key != word.upper()
    is_lost = is_former and not view.site.is_cloud and not view.site.switches["dc_finds_moved_keys"]
    return None if is_lost else issue


def unknown_words(view: View, query: Query) -> list[str]:
    """One sentence for each field, key or value that does not exist for this caller."""
    sentences = [sentence for clause in clauses(query.where) for sentence in _unknown(view, clause)]
    missing = [name for name, _ in query.order if name.lower() not in SORTS]
    return sentences + [_no_field(name) for name in missing]


def _unknown(view: View, clause: Clause) -> list[str]:
    name = clause.field.lower()
    if name not in FIELDS:
        return [_no_field(clause.field)]
    values = [value for value in clause.values if isinstance(value, str)]
    if name in KEY_FIELDS | PARENTS:
        return [_no_issue(view, key, clause.field) for key in values if not issue_named(view, key)]
    known = TERMS[name].known if name in TERMS else None
    if known is None:
        return []
    here = {word.lower() for word in known(view)}
    sentence = "The value '{}' does not exist for the field '{}'."
    return [sentence.format(value, clause.field) for value in values if value.lower() not in here]


def _no_issue(view: View, key: str, name: str) -> str:
    if key.isdigit():
        return f"A value with ID '{key}' does not exist for the field '{name}'."
    return str(view.site.switches["jql_unknown_key"]).format(key=key, field=name)


def _no_field(name: str) -> str:
    return f"Field '{name}' does not exist or you do not have permission to view it."
