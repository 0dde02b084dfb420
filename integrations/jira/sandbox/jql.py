"""Reading a JQL query: words to a tree, or a refusal in Jira's words. The part of the language a deploy bot needs."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from integrations.jira.sandbox.errors import Refused, refused
from integrations.jira.sandbox.jql_values import EMPTY, Function, Operand
from integrations.jira.sandbox.jql_words import RESERVED_CHARACTERS, RESERVED_WORDS, BadEscape, unescaped

TOKEN = re.compile(
    r"""\s*(?:(?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<sign>!=|!~|<=|>=|[=~<>(),])|(?P<word>[^\s=!~<>(),"']+))"""
)
OPERATORS = "'=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'"
MOST_SORT_FIELDS = 7
EXPECTING = "Expecting either a value, list or function"


@dataclass(frozen=True)
class Clause:
    """``field op (values)``; ``op`` is ``in``, ``not in``, ``is empty``, ``is not empty``, or a sign as written."""

    field: str
    op: str
    values: tuple[Operand, ...] = ()


@dataclass(frozen=True)
class Group:
    """Clauses joined: ``and``, ``or``, or ``not`` with one inside."""

    how: str
    inner: tuple["Node", ...]


Node = Clause | Group


@dataclass(frozen=True)
class Query:
    """A whole query; no restriction at all is an unbounded one."""

    where: Node | None
    order: tuple[tuple[str, bool], ...] = ()
    """(field, descending)"""


@dataclass
class _Token:
    kind: str
    text: str
    at: int

    def says(self, *words: str) -> bool:
        return self.kind != "string" and self.text.lower() in words


@dataclass
class _Reader:
    """Reads one query from left to right."""

    text: str
    tokens: list[_Token] = field(default_factory=list)
    position: int = 0

    def query(self) -> Query:
        self._split()
        where = None if self._next().says("order", "") else self._any_of()
        order = self._order() if self._next().says("order") else ()
        if self._next().kind != "end":
            token = self._next()
            raise self._error(f"Expecting either 'OR' or 'AND' but got '{token.text}'.", token)
        return Query(where, order)

    def _split(self) -> None:
        at = 0
        while self.text[at:].strip():
            found = TOKEN.match(self.text, at)
            if not found:
                raise self._error("The quoted string has not been completed.", _Token("", "", at))
            kind = str(found.lastgroup)
            token = _Token(kind, found[kind], found.start(kind))
            self._check_word(token)
            self.tokens.append(token)
            at = found.end()
        self.tokens.append(_Token("end", "", len(self.text)))

    def _check_word(self, token: _Token) -> None:
        if token.kind != "word":
            return
        if bad := next((c for c in token.text if c in RESERVED_CHARACTERS), None):
            sentence = f"The character '{bad}' is a reserved JQL character. You must enclose it in a string"
            raise self._error(f"{sentence} or use the escape '\\u{ord(bad):04x}' instead.", token)

    def _next(self) -> _Token:
        return self.tokens[self.position]

    def _take(self) -> _Token:
        token = self._next()
        self.position += token.kind != "end"
        return token

    def _skip(self, *words: str) -> bool:
        if self._next().says(*words):
            self._take()
            return True
        return False

    def _any_of(self) -> Node:
        return self._joined("or", self._all_of)

    def _all_of(self) -> Node:
        return self._joined("and", self._one)

    def _joined(self, how: str, part: Callable[[], Node]) -> Node:
        parts = [part()]
        while self._skip(how):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Group(how, tuple(parts))

    def _one(self) -> Node:
        if self._skip("not"):
            return Group("not", (self._one(),))
        if self._skip("("):
            inner = self._any_of()
            self._close()
            return inner
        return self._clause()

    def _clause(self) -> Clause:
        name = self._value("Expecting a field name")
        if self._skip("in"):
            return Clause(name, "in", self._list())
        if self._skip("not"):
            if not self._skip("in"):
                raise self._operator_missing()
            return Clause(name, "not in", self._list())
        if self._skip("is"):
            return Clause(name, self._emptiness())
        operator = self._next()
        if operator.kind != "sign" or operator.text in "(),":
            raise self._operator_missing()
        self._take()
        return Clause(name, operator.text, (self._operand(),))

    def _emptiness(self) -> str:
        op = "is not empty" if self._skip("not") else "is empty"
        if not self._skip("empty", "null"):
            raise self._error(f"Expecting 'EMPTY' or 'NULL' but got '{self._next().text}'.", self._next())
        return op

    def _list(self) -> tuple[Operand, ...]:
        """Values in brackets, or a function that stands for them."""
        if not self._next().says("("):
            function = self._operand()
            if isinstance(function, Function) and function != EMPTY:
                return (function,)
            raise self._error(f"Expecting '(' but got '{function}'.", self.tokens[self.position - 1])
        self._take()
        values = [self._operand()]
        while self._skip(","):
            values.append(self._operand())
        self._close()
        return tuple(values)

    def _operand(self) -> Operand:
        if self._next().kind == "word" and self._skip("empty", "null"):
            return EMPTY
        name = self._value(EXPECTING)
        if not self._skip("("):
            return name
        arguments: list[str] = []
        while not self._skip(")"):
            arguments.append(self._value(EXPECTING))
            if not self._skip(",") and not self._next().says(")"):
                raise self._error(f"Expecting ')' or ',' but got '{self._next().text}'.", self._next())
        return Function(name, tuple(arguments))

    def _close(self) -> None:
        if not self._skip(")"):
            raise self._error("Expecting ')' before the end of the query.", self._next())

    def _value(self, expecting: str) -> str:
        token = self._take()
        if token.kind == "string":
            return self._meant(token, token.text[1:-1])
        if token.kind != "word":
            got = f"'{token.text}'" if token.text else "end of query"
            raise self._error(f"{expecting} but got {got}.", token)
        if token.text.lower() in RESERVED_WORDS:
            sentence = f"'{token.text}' is a reserved JQL word. You must surround it in quotation marks"
            raise self._error(f"{sentence} to use it in a query.", token)
        return self._meant(token, token.text)

    def _meant(self, token: _Token, text: str) -> str:
        try:
            return unescaped(text)
        except BadEscape as wrong:
            raise self._error(str(wrong), token) from None

    def _order(self) -> tuple[tuple[str, bool], ...]:
        self._take()
        if not self._skip("by"):
            raise self._error(f"Expecting 'by' but got '{self._next().text}'.", self._next())
        order = [self._sort()]
        while self._skip(","):
            order.append(self._sort())
        if len(order) > MOST_SORT_FIELDS:
            raise refused(400, f"The maximum number of sort fields allowed is {MOST_SORT_FIELDS}.")
        return tuple(order)

    def _sort(self) -> tuple[str, bool]:
        name = self._value("Expecting a field name")
        is_descending = self._skip("desc")
        if not is_descending:
            self._skip("asc")
        return name, is_descending

    def _operator_missing(self) -> Refused:
        got = self._next().text or "end of query"
        return self._error(f"Expecting operator but got '{got}'. The valid operators are {OPERATORS}.", self._next())

    def _error(self, sentence: str, token: _Token) -> Refused:
        line = self.text.count("\n", 0, token.at) + 1
        character = token.at - (self.text.rfind("\n", 0, token.at) + 1) + 1
        where = f"(line {line}, character {character})"
        return refused(400, f"Error in the JQL Query: {sentence} {where}")


def read_query(text: str) -> Query:
    """Parse a query.

    Raises:
        Refused: 400 with the place of the mistake.
    """
    return _Reader(text).query()
