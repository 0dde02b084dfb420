"""Our own examples of what tools post, one file per kind of tool."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Example:
    """A message, and what it says: every field that is not empty; None when it is not heard."""

    case: str
    message: dict[str, Any]
    reads: dict[str, Any] | None

    def __str__(self) -> str:
        return self.case


FOLDER = Path(__file__).parent
ON_THE_WIRE = {"type": "message", "channel": "C0DEPLOYS", "ts": "1782000000.000100", "subtype": "bot_message"}


def _examples() -> list[Example]:
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
            message = {**ON_THE_WIRE, "bot_id": "B0TOOL0001", **entry["message"]}
            found.append(Example(f"{path.stem}: {entry['case']}", message, entry["reads"]))
    return found


EXAMPLES = _examples()
