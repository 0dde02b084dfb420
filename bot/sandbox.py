"""``cabbie sandbox``: starts the stand-ins as a child, and leaves the environment of an ordinary Cabbie behind."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

READY_WITHIN = 30
END_WITHIN = 10


class SandboxFailed(Exception):
    """The stand-ins did not start; their own words say why."""


@dataclass(frozen=True)
class Ports:
    page: int = 8080
    slack: int = 0
    jira: int = 0
    servicenow: int = 0
    bot: int = 3000


@contextmanager
def sandbox(ports: Ports, *, socket_mode: bool) -> Iterator[dict[str, str]]:
    """The stand-ins' addresses, for as long as they run. The environment is set for whoever reads settings next.

    What Cabbie remembers of a sandbox goes with it: its systems start anew each time."""
    _end_on_signals()
    with tempfile.TemporaryDirectory(prefix="cabbie-") as directory:
        child = _start(ports, Path(directory), socket_mode)
        try:
            told = _first_line(child)
            os.environ.update(told["environment"])
            os.environ["PORT"] = str(ports.bot)
            os.environ.setdefault("DATABASE_URL", f"sqlite:///{directory}/cabbie.db")
            os.environ.setdefault("CABBIE_LOOK_EVERY", "PT2S")
            os.environ.setdefault("CABBIE_TICK", "PT1S")
            yield told["standins"]
        finally:
            _end(child)


def _end_on_signals() -> None:
    """Until Cabbie takes signals itself, an end asked for comes at once, and still clears everything away."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))


def _end(child: "subprocess.Popen[str]") -> None:
    """The stand-ins, and the git they may just be running."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGTERM)
    child.wait(timeout=END_WITHIN)


def _start(ports: Ports, directory: Path, socket_mode: bool) -> "subprocess.Popen[str]":
    command = [
        sys.executable,
        "-m",
        "integrations.standin",
        f"--page-port={ports.page}",
        f"--slack-port={ports.slack}",
        f"--jira-port={ports.jira}",
        f"--servicenow-port={ports.servicenow}",
        f"--bot-url=http://127.0.0.1:{ports.bot}",
        f"--repositories={directory}/repositories",
        "--exit-with-parent",
    ]
    if socket_mode:
        command.append("--socket-mode")
    # A session of its own: Ctrl-C is ours to handle, the child is told to end after we have wound down.
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)


def _first_line(child: "subprocess.Popen[str]") -> dict[str, dict[str, str]]:
    assert child.stdout is not None
    line = child.stdout.readline()
    if not line:
        child.wait(timeout=READY_WITHIN)
        raise SandboxFailed("The sandbox did not start; the line above says why.")
    told: dict[str, dict[str, str]] = json.loads(line)
    return told
