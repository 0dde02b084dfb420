"""Cabbie's processes without the wait for Python's imports: each is forked from one that has everything loaded.

They are as real as any: their own pid, their own sockets and connections, and killed as surely.
"""

import multiprocessing
import os
import subprocess
import sys
from pathlib import Path
from typing import cast

from tests.stories.town import ROOT, Bot

NURSERY = multiprocessing.get_context("forkserver")
NURSERY.set_forkserver_preload(["bot.cli"])


class ForkedBot(Bot):
    """``python -m bot serve``, forked."""

    def launch(self) -> "subprocess.Popen[bytes]":
        return cast("subprocess.Popen[bytes]", _Process(self.environment, self.log, self.arguments))


class _Process:
    """What the harness asks of a process, of a forked one."""

    def __init__(self, environment: dict[str, str], log: Path, arguments: tuple[str, ...]) -> None:
        log.touch()
        self._process = NURSERY.Process(target=_serve, args=(environment, log, arguments), daemon=True)
        self._process.start()
        assert self._process.pid
        self.pid = self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def terminate(self) -> None:
        self._process.terminate()

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("bot", timeout or 0)
        return self._process.exitcode


def _serve(environment: dict[str, str], log: Path, arguments: tuple[str, ...]) -> None:
    with log.open("ab") as written:
        os.dup2(written.fileno(), 1)
        os.dup2(written.fileno(), 2)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    sys.argv = ["bot", *arguments]
    from bot.cli import main

    main()
