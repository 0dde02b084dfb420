"""How the Web API says no."""

from typing import Any

Json = dict[str, Any]


class SlackError(Exception):
    """A refusal in Slack's own word, with what else its answer carries."""

    def __init__(self, error: str, **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.extra = extra

    def as_json(self) -> Json:
        return {"ok": False, "error": self.error, **self.extra}


def invalid_arguments(*messages: str) -> SlackError:
    """The arguments were read and are wrong; each message says which."""
    found = [m if m.startswith("[ERROR]") else f"[ERROR] {m}" for m in messages]
    return SlackError("invalid_arguments", response_metadata={"messages": found})
