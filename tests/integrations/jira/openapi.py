"""As much of OpenAPI 3.0 as it takes to hold our answers against Atlassian's own description."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


class Description:
    """One OpenAPI document."""

    def __init__(self, path: Path) -> None:
        self._document = json.loads(path.read_text())

    def address(self, method: str, path: str) -> str | None:
        """The described address of a real one; of several, the one that spells out most of it."""
        found = [
            template
            for template, operations in self._document["paths"].items()
            if method.lower() in operations and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path)
        ]
        return min(found, key=lambda template: template.count("{"), default=None)

    def takes_body(self, method: str, path: str) -> bool:
        return "requestBody" in self._document["paths"][path][method.lower()]

    def parameter_complaints(self, method: str, path: str, pairs: list[tuple[str, str]]) -> list[str]:
        """What is wrong with the parameters in a URL."""
        item = self._document["paths"][path]
        stated = [*item.get("parameters", []), *item[method.lower()].get("parameters", [])]
        known = {one["name"]: one for one in stated if one["in"] == "query"}
        missing = [
            f"{name} is missing" for name, one in known.items() if one.get("required") and name not in dict(pairs)
        ]
        unknown = [f"parameter {name} is unknown" for name, _ in pairs if name not in known]
        wrong = [
            line
            for name, value in pairs
            if name in known
            for line in self.against(known[name]["schema"], _typed(known[name]["schema"], value), f"parameter {name}")
        ]
        return missing + unknown + wrong

    def scopes(self) -> Iterator[tuple[str, str, dict[str, list[str]]]]:
        """(verb, address, the scopes that open it: the classic ones are ``Current``, the granular ones ``Beta``)."""
        for path, operations in self._document["paths"].items():
            for method, operation in operations.items():
                if isinstance(operation, dict) and "x-atlassian-oauth2-scopes" in operation:
                    stated = operation["x-atlassian-oauth2-scopes"]
                    yield method.upper(), path, {one["state"]: one["scopes"] for one in stated}

    def complaints(self, method: str, path: str, status: int, body: Any) -> list[str]:
        """What is wrong with an answer: nothing, or one line for each place."""
        operation = self._document["paths"][path][method.lower()]
        answer = operation["responses"].get(str(status))
        if answer is None:
            return [f"{method} {path}: {status} is not among {sorted(operation['responses'])}"]
        content = answer.get("content")
        if not content:
            return [] if body is None else [f"{method} {path}: {status} has no body"]
        return self.against(content["application/json"].get("schema", {}), body, f"{method} {path} {status}")

    def request_complaints(self, method: str, path: str, body: Any) -> list[str]:
        content = self._document["paths"][path][method.lower()]["requestBody"]["content"]
        return self.against(content["application/json"]["schema"], body, f"{method} {path}")

    def against(self, schema: dict[str, Any], value: Any, where: str) -> list[str]:
        while "$ref" in schema:
            schema = self._document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        found = [line for part in schema.get("allOf", []) for line in self.against(part, value, where)]
        if value is None:
            return found if schema.get("nullable") or "type" not in schema else [*found, f"{where}: null"]
        kind = schema.get("type")
        if kind and (not isinstance(value, TYPES[kind]) or (kind == "integer" and isinstance(value, bool))):
            return [*found, f"{where}: {value!r} is no {kind}"]
        if "enum" in schema and value not in schema["enum"]:
            found.append(f"{where}: {value!r} is not among {schema['enum']}")
        if "pattern" in schema and not re.search(schema["pattern"], str(value)):
            found.append(f"{where}: {value!r} does not match {schema['pattern']}")
        if isinstance(value, str) and not schema.get("minLength", 0) <= len(value) <= schema.get(
            "maxLength", len(value)
        ):
            found.append(f"{where}: {len(value)} characters")
        if "anyOf" in schema and all(self.against(one, value, where) for one in schema["anyOf"]):
            found.append(f"{where}: {value!r} is none of {len(schema['anyOf'])}")
        return found + self._inside(schema, value, where)

    def _inside(self, schema: dict[str, Any], value: Any, where: str) -> list[str]:
        if isinstance(value, list):
            items = schema.get("items", {})
            return [line for i, one in enumerate(value) for line in self.against(items, one, f"{where}[{i}]")]
        if not isinstance(value, dict):
            return []
        members, other = schema.get("properties", {}), schema.get("additionalProperties", True)
        found = [f"{where}: {name} is missing" for name in schema.get("required", []) if name not in value]
        for name, one in value.items():
            if name in members:
                found += self.against(members[name], one, f"{where}.{name}")
            elif other is False:
                found.append(f"{where}: {name} is unknown")
            elif isinstance(other, dict):
                found += self.against(other, one, f"{where}.{name}")
        return found


def _typed(schema: dict[str, Any], text: str) -> Any:
    """A parameter's text as the type that is stated, where it can be read as that."""
    match schema.get("type"):
        case "integer" | "number" if re.fullmatch(r"-?\d+", text):
            return int(text)
        case "boolean" if text in ("true", "false"):
            return text == "true"
        case "array":
            items = schema.get("items", {})
            return [_typed(items, part) for part in text.split(",")]
        case _:
            return text
