"""Logs: an event and its facts, allow-listed names only, never a token, never a body."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRET = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|(?<=Bearer )\S+|(?<=Basic )\S+|https://hooks\.slack\.com/\S+|wss?://\S*ticket=\S+"
)
"""What a secret looks like when a library's message carries one."""


FIELDS = frozenset(
    {
        *("again_in_seconds", "because", "change", "channel", "dead", "duration_ms", "error", "event_type", "failure"),
        *("fingerprint", "form", "host", "job", "jobs", "kept", "kind", "minute", "move", "name", "number", "outcome"),
        *(
            "path",
            "person",
            "port",
            "reason",
            "refused",
            "replica",
            "request_type",
            "role",
            "seconds",
            "service",
            "services",
        ),
        *("delivery", "source", "user", "version", "what", "why", "wrong"),
    }
)
"""Facts that a line may hold. Whoever adds one asks whether everybody who reads the log may read it."""
OF_THE_LOG = frozenset({"event", "level", "timestamp", "exc_info", "exception", "stack_info"})


def set_up(level: str, form: str) -> None:
    """Text for people, JSON for machines; other libraries' warnings go the same way."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        only_named,
        structlog.processors.format_exc_info,
        redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for ours in ("cabbie", "bot", "integrations"):
        logging.getLogger(ours).setLevel(level)


def only_named(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """What nobody has named above is not written; structlog's own fields begin with an underscore."""
    for name in [n for n in event if n not in FIELDS and n not in OF_THE_LOG and not n.startswith("_")]:
        del event[name]
    return event


def redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The last gate: whatever still looks like a secret does not get out."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = SECRET.sub("[secret]", value)
    return event
