"""A wrong field, named by its path."""

import json
from typing import Any


def wrong_field(problem: Any) -> str:
    """One of pydantic's problems in one line: ``services.0.impact: Input should be … (got "high")``."""
    path = ".".join(str(part) for part in problem["loc"]) or "(the whole file)"
    given = json.dumps(problem["input"], default=str, skipkeys=True)[:60] if problem["type"] != "missing" else ""
    return f"{path}: {problem['msg']}" + (f" (got {given})" if given else "")
