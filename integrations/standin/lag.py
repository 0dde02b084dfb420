"""A lag: what was just written is not seen for a moment, as where reads are answered by a replica or an index."""

import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from starlette.types import Message, Scope

MOST_READS = 40
"""So many of the latest questions are asked once more right before the write: that is what is still seen after it."""
IDS = ("sys_id", "ts", "id")
"""Under which names the vendors' answers tell what was made."""

Ask = Callable[[Scope, bytes], Awaitable[list[Message]]]
Question = tuple[str, str, bytes, bytes]


@dataclass
class Lag:
    """The questions asked lately, and what is still answered to them."""

    _asked: OrderedDict[Question, tuple[Scope, bytes]] = field(default_factory=OrderedDict)
    _before: dict[Question, list[Message]] = field(default_factory=dict)
    _made: frozenset[str] = frozenset()
    _until: float = 0.0

    async def write(self, ask: Ask, scope: Scope, body: bytes, *, seconds: float) -> list[Message]:
        """Do it; for so long nobody sees it."""
        before = {question: await ask(*asked) for question, asked in list(self._asked.items())}
        answer = await ask(scope, body)
        self._before, self._made, self._until = before, ids_in(_json_of(answer)), monotonic() + seconds
        return answer

    async def read(self, ask: Ask, scope: Scope, body: bytes) -> list[Message]:
        """The answer as it was before the write; what nobody had asked yet lacks at least what was made."""
        question = (scope["method"], scope["path"], scope["query_string"], body)
        self._asked[question] = (scope, body)
        self._asked.move_to_end(question)
        while len(self._asked) > MOST_READS:
            self._asked.popitem(last=False)
        if monotonic() >= self._until:
            return await ask(scope, body)
        return self._before.get(question) or without(self._made, await ask(scope, body))


def ids_in(answer: Any) -> frozenset[str]:
    """What a write's answer says was made."""
    if isinstance(answer, list):
        return frozenset().union(*(ids_in(one) for one in answer))
    if not isinstance(answer, dict):
        return frozenset()
    found = [answer[name] for name in IDS if name in answer]
    plain = [one.get("value", "") if isinstance(one, dict) else one for one in found]
    return frozenset(str(one) for one in plain if one) or ids_in(answer.get("result"))


def without(made: frozenset[str], answer: list[Message]) -> list[Message]:
    """The same answer, its lists without what was made."""
    said = _json_of(answer)
    if not made or said is None or (less := _less(made, said)) == said:
        return answer
    body = json.dumps(less).encode()
    fixed = {b"content-length": str(len(body)).encode(), b"x-total-count": b"0"}
    start = {**answer[0], "headers": [(name, fixed.get(name.lower(), value)) for name, value in answer[0]["headers"]]}
    return [start, {"type": "http.response.body", "body": body}]


def _less(made: frozenset[str], said: Any) -> Any:
    if isinstance(said, list):
        return [_less(made, one) for one in said if not (isinstance(one, dict) and ids_in(one) & made)]
    if isinstance(said, dict):
        return {name: _less(made, one) for name, one in said.items()}
    return said


def _json_of(answer: list[Message]) -> Any:
    try:
        return json.loads(b"".join(message.get("body", b"") for message in answer))
    except ValueError:
        return None
