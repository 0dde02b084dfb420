"""YAML that is what its reader sees: each key once, nothing hidden, nothing that grows beyond its own text."""

from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

MOST_NODES = 50_000
"""With each alias written out. A policy of a thousand services has some twenty thousand."""


class NotPlain(Exception):
    """Why it is refused, and where."""


def read_plain(text: str) -> Any:
    """The document. Raises: NotPlain."""
    loader: yaml.SafeLoader | None = None
    try:
        loader = yaml.SafeLoader(text)  # its reader refuses control characters already
        root = loader.get_single_node()
        if root is None:
            return None
        _size(root, {})
        return loader.construct_document(root)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        why = getattr(error, "problem", "") or getattr(error, "reason", "")  # a parser's, or a reader's
        raise NotPlain(f"{why or 'it cannot be read'}{_at(mark)}") from None
    except RecursionError:
        raise NotPlain("it is nested too deep") from None
    except (ValueError, OverflowError, TypeError, AttributeError) as error:
        # PyYAML's constructors raise what Python's do: for 2026-99-99, a number of 5,000 digits, `!!int x`.
        raise NotPlain(f"a value is not what it says it is ({type(error).__name__})") from None
    finally:
        if loader:
            loader.dispose()


def _size(node: Node, known: dict[int, int]) -> int:
    """How many nodes it comes to with its aliases written out. Raises: NotPlain."""
    if id(node) in known:
        if not known[id(node)]:
            raise NotPlain(f"it contains itself{_at(node.start_mark)}")
        return known[id(node)]
    known[id(node)] = 0
    total = 1 + sum(_size(part, known) for part in _parts(node))
    if total > MOST_NODES:
        raise NotPlain(f"its aliases come to more than {MOST_NODES} values{_at(node.start_mark)}")
    known[id(node)] = total
    return total


def _parts(node: Node) -> list[Node]:
    if isinstance(node, SequenceNode):
        return list(node.value)
    if isinstance(node, MappingNode):
        _check_keys(node)
        return [part for pair in node.value for part in pair]
    if isinstance(node, ScalarNode) and any("\ud800" <= c <= "\udfff" or c == "\0" for c in node.value):
        raise NotPlain(f"half a character{_at(node.start_mark)}")
    return []


def _check_keys(node: MappingNode) -> None:
    """PyYAML takes the last of two, and a reader perhaps the first; in YAML 1.2, 3.2.1.1, there is one."""
    seen = set()
    for key, _ in node.value:
        if isinstance(key, ScalarNode) and key.value in seen:
            raise NotPlain(f"“{key.value[:60]}” is there twice{_at(key.start_mark)}")
        seen.add(key.value if isinstance(key, ScalarNode) else id(key))


def _at(mark: Any) -> str:
    return f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
