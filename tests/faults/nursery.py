"""Tellings in processes of their own, several side by side: each is forked from one that has everything loaded.

Started as ``python -m tests.faults.nursery``; takes orders and gives reports as lines of JSON."""

import gc
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.faults.calls import Call
from tests.stories.processes import ROOT

LONGEST = 240.0
"""Seconds for one telling."""
STORY_PATIENCE = "100"
"""Seconds that a story waits for what comes: longer than any vendor keeps Cabbie waiting here."""


class Nursery:
    """Order a telling, go and do something else, and ask for it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def tell(self, directory: Path, migrated: Path, story: str, call: Call | None, kind: str = "") -> None:
        order = {"directory": str(directory), "migrated": str(migrated), "story": story, "kind": kind}
        given = json.dumps({**order, "call": vars(call) if call else None})
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(given + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line and json.loads(line)["in_time"], f"it came to no end: {_printed(directory)}"


@contextmanager
def opened_nursery(log: Path) -> Iterator[Nursery]:
    environment = {**os.environ, "STORY_PATIENCE": STORY_PATIENCE}
    with log.open("w") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            cwd=ROOT,
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=written,
        )
    try:
        yield Nursery(process)
    finally:
        process.terminate()
        process.wait(timeout=10)


def _printed(directory: Path) -> str:
    printed = directory / "printed"
    return printed.read_text()[-3000:] if printed.exists() else "nothing was printed"


def _wait_for(pid: int, seconds: float) -> bool:
    """Whether it ended in time; it does not live longer."""
    is_over = threading.Timer(seconds, lambda: os.kill(pid, signal.SIGKILL))
    is_over.start()
    _, status = os.waitpid(pid, 0)
    is_over.cancel()
    return os.WIFEXITED(status)


def main() -> None:
    from tests.faults.telling import tell_apart

    gc.freeze()  # what is here already is nobody's garbage, and its memory stays shared
    for line in sys.stdin:
        order: dict[str, Any] = json.loads(line)
        call = Call(**order["call"]) if order["call"] else None
        pid = os.fork()
        if pid == 0:
            tell_apart(order["directory"], order["migrated"], order["story"], call, order["kind"])
        print(json.dumps({"in_time": _wait_for(pid, LONGEST)}), flush=True)


if __name__ == "__main__":
    main()
