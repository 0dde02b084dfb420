"""Whether an issue answers a query, and in which order the answers stand."""

import operator
from collections.abc import Callable, Iterable
from functools import reduce

from integrations.jira.sandbox.jql import Clause, Node, Query
from integrations.jira.sandbox.jql_terms import (
    KEY_FIELDS,
    MOMENTS,
    PARENTS,
    RANGES,
    SORTS,
    TERMS,
    TEXTS,
    issue_named,
    texts_for,
)
from integrations.jira.sandbox.jql_values import EMPTY, Operand, moment_of, words_of
from integrations.jira.sandbox.models import Issue
from integrations.jira.sandbox.view import View

Test = Callable[[Issue], bool]
COMPARE = {"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge, "=": operator.eq}
EQUALS, DIFFERS = ("=", "in"), ("!=", "not in")


def find(view: View, query: Query, issues: Iterable[Issue]) -> list[Issue]:
    """The issues that match; newest first where the query names no order, as nothing promises one."""
    test = test_of(view, query.where)
    found = [issue for issue in issues if test(issue)]
    found.sort(key=lambda issue: issue.id, reverse=True)
    for name, descending in reversed(query.order):
        if sort := SORTS.get(name.lower()):
            found.sort(key=sort, reverse=descending)  # type: ignore[arg-type]  # each sort key compares with its own kind
    return found


def candidates(view: View, node: Node | None) -> set[int] | None:
    """Ids of the issues that are worth a look, where keys or projects tell; None: all of them."""
    if node is None:
        return None
    if isinstance(node, Clause):
        return _named_by(view, node) if node.op in EQUALS else None
    inner = [candidates(view, part) for part in node.inner]
    known = [ids for ids in inner if ids is not None]
    if node.how == "and" and known:
        return reduce(set.__and__, known)
    return reduce(set.__or__, known) if node.how == "or" and len(known) == len(inner) else None


def _named_by(view: View, clause: Clause) -> set[int] | None:
    name = clause.field.lower()
    words = [value for value in clause.values if isinstance(value, str)]
    if name in KEY_FIELDS:
        return {issue.id for word in words if (issue := issue_named(view, word))}
    if name != "project":
        return None
    named = {word.lower() for word in words}
    projects = [p for p in view.store.projects.values() if named & {p.key.lower(), p.name.lower(), str(p.id)}]
    return set().union(*(view.store.ever_in(project) for project in projects))


def test_of(view: View, node: Node | None) -> Test:
    """Made once for a query, so that each issue costs little."""
    if node is None:
        return lambda _: True
    if isinstance(node, Clause):
        return _clause(view, node)
    parts = [test_of(view, inner) for inner in node.inner]
    if node.how == "not":
        return lambda issue: not parts[0](issue)
    every = all if node.how == "and" else any
    return lambda issue: every(part(issue) for part in parts)


def _clause(view: View, clause: Clause) -> Test:
    name = clause.field.lower()
    if name in KEY_FIELDS:
        return _on_key(view, clause)
    if name in PARENTS:
        return _on_parent(view, clause)
    if name in MOMENTS:
        return _on_moment(view, clause)
    if name not in TERMS:
        return lambda _: False
    of = TERMS[name].of
    if name in TEXTS and clause.op in ("~", "!~"):
        return _on_text(clause, texts_for(view, name))
    values, is_empty = _words(view, name, clause.values)
    return _on_words(clause.op, of, values, with_empty=is_empty)


def _words(view: View, name: str, values: tuple[Operand, ...]) -> tuple[set[str], bool]:
    """The values asked for, and whether nothing is one of them."""
    words = {word for value in values if value != EMPTY for word in words_of(view, name, value)}
    is_empty = EMPTY in values or (name == "resolution" and "unresolved" in words)
    return words, is_empty


def _on_words(op: str, of: Callable[[Issue], set[str]], wanted: set[str], *, with_empty: bool) -> Test:
    def matches(issue: Issue) -> bool:
        has = {word.lower() for word in of(issue)}
        if op in ("is empty", "is not empty"):
            return bool(has) == (op == "is not empty")
        if op in EQUALS:
            return bool(has & wanted) or (with_empty and not has)
        return bool(has) and not has & wanted

    return matches


def _on_text(clause: Clause, of: Callable[[Issue], set[str]]) -> Test:
    """Every word of the query is in one text of the issue; ``*`` stands for the rest of a word."""
    words = [word.rstrip("*") for word in str(clause.values[0]).lower().replace('"', " ").split()]
    is_wanted = clause.op == "~"
    return lambda issue: any(all(word in text.lower() for word in words) for text in of(issue)) == is_wanted


def _on_moment(view: View, clause: Clause) -> Test:
    of = MOMENTS[clause.field.lower()]
    if clause.op in ("is empty", "is not empty") or EMPTY in clause.values:
        is_set = clause.op in ("is not empty", "!=", "not in")
        return lambda issue: (of(issue) is not None) == is_set
    moments = [moment_of(view, clause.field, value) for value in clause.values]
    if clause.op not in COMPARE:
        return lambda issue: (at := of(issue)) is not None and (at in moments) == (clause.op == "in")
    compare = COMPARE[clause.op]
    return lambda issue: (at := of(issue)) is not None and compare(at, moments[0])


def _on_key(view: View, clause: Clause) -> Test:
    named = [found for value in clause.values if isinstance(value, str) and (found := issue_named(view, value))]
    ids = {issue.id for issue in named}
    if clause.op in EQUALS:
        return lambda issue: issue.id in ids
    if clause.op in DIFFERS:
        return lambda issue: issue.id not in ids
    if clause.op not in RANGES or not named:
        return lambda _: clause.op == "is not empty"
    other, compare = named[0], COMPARE[clause.op]
    return lambda issue: issue.project is other.project and compare(issue.number, other.number)


def _on_parent(view: View, clause: Clause) -> Test:
    ids = {found.id for value in clause.values if isinstance(value, str) and (found := issue_named(view, value))}
    if clause.op in ("is empty", "is not empty") or EMPTY in clause.values:
        is_set = clause.op in ("is not empty", *DIFFERS)
        return lambda issue: (issue.parent is not None) == is_set
    if clause.op in EQUALS:
        return lambda issue: issue.parent in ids
    return lambda issue: issue.parent is not None and issue.parent not in ids
