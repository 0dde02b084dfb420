"""As much of OpenAPI 3.0 as it takes to hold our answers against Atlassian's own description."""

import json
import re
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
