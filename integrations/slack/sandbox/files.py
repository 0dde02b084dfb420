"""Files: an upload in three steps, and what was shared."""

import secrets
from dataclasses import dataclass, field

from integrations.slack.sandbox.errors import Json
from integrations.slack.sandbox.stamps import new_id


@dataclass
class File:
    id: str
    name: str
    length: int
    ticket: str
    content: bytes | None = None
    title: str = ""
    channels: list[str] = field(default_factory=list)

    def as_wire(self) -> Json:
        kind = self.name.rpartition(".")[2].lower() if "." in self.name else "text"
        return {
            "id": self.id, "name": self.name, "title": self.title or self.name, "size": self.length,
            "filetype": kind, "mode": "hosted", "is_external": False, "is_public": True,
            "channels": list(self.channels),
        }  # fmt: skip


class Files:
    def __init__(self) -> None:
        self._all: dict[str, File] = {}

    def expect(self, name: str, length: int) -> File:
        file = File(new_id("F", 11), name, length, secrets.token_urlsafe(24))
        self._all[file.id] = file
        return file

    def find(self, file_id: str) -> File | None:
        return self._all.get(file_id)

    def remove(self, file: File) -> None:
        del self._all[file.id]

    def by_ticket(self, ticket: str) -> File | None:
        return next((f for f in self._all.values() if secrets.compare_digest(f.ticket, ticket)), None)

    def as_state(self) -> list[Json]:
        shared = [f for f in self._all.values() if f.channels]
        return [f.as_wire() | {"content": (f.content or b"").decode(errors="replace")} for f in shared]
