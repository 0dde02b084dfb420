"""What a town consists of: Cabbie and the stand-ins as real processes, started, stopped, killed and started again.

They are forked from a process that has everything loaded, for Python's imports take longer than most stories. They
are as real as any: their own pid, their own sockets and connections, and killed as surely.
"""

import json
import multiprocessing
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol, TypeVar

import requests

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
PATIENCE = float(os.environ.get("STORY_PATIENCE", "30"))
"""Seconds: generous, for what comes. Where something is expected not to come, nobody wants to wait that long."""
NURSERY = multiprocessing.get_context("forkserver")
NURSERY.set_forkserver_preload(["bot.cli", "integrations.standin.run"])


def free_port() -> int:
    """Below the range from which the system takes ports for connections: until it is bound nobody else gets it."""
    while True:
        port = random.randint(20_000, 32_000)
        with socket.socket() as s, suppress(OSError):
            s.bind(("127.0.0.1", port))
            return port


def eventually(look: Callable[[], T | None], *, within: float = PATIENCE, what: str = "it") -> T:
    """What the look gives once it gives something true."""
    asked = time.monotonic()
    last: Any = None
    while (began := time.monotonic()) < asked + within:
        try:
            if last := look():
                return last
        except (requests.RequestException, KeyError, IndexError, StopIteration) as error:
            last = error
        now = time.monotonic()
        # Two thirds of the time are left to who is looked at; who waits for long looks less often.
        time.sleep(max(0.05, 2 * (now - began), min((now - asked) / 8, 0.4)))
    raise AssertionError(f"{what} did not come about within {within} s; last seen: {last!r}"[:3000])


class Process(Protocol):
    """What is asked of a running process, forked or not."""

    pid: int

    def poll(self) -> int | None: ...

    def send_signal(self, sig: int) -> None: ...

    def terminate(self) -> None: ...

    def wait(self, timeout: float | None = None) -> int: ...


class Forked:
    """A module's ``main`` as if started by ``python -m``, without the wait for its imports."""

    def __init__(
        self,
        module: str,
        arguments: tuple[str, ...],
        environment: dict[str, str],
        log: Path,
        errors: Path | None = None,
    ) -> None:
        log.touch()
        given = (os.getpid(), module, arguments, environment, log, errors or log)
        self._process = NURSERY.Process(target=_run, args=given, daemon=True)
        self._process.start()
        assert self._process.pid
        self.pid = self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def send_signal(self, sig: int) -> None:
        os.kill(self.pid, sig)

    def terminate(self) -> None:
        self._process.terminate()

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("a forked process", timeout or 0)
        return self._process.exitcode


def _run(
    tester: int, module: str, arguments: tuple[str, ...], environment: dict[str, str], log: Path, errors: Path
) -> None:
    threading.Thread(target=_end_with, args=(tester,), daemon=True).start()
    for number, path in ((1, log), (2, errors)):
        with path.open("ab") as written:
            os.dup2(written.fileno(), number)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    sys.argv = [module, *arguments]
    import_module(module).main()


def _end_with(tester: int) -> None:
    """Whose tests were killed must not find our ports taken."""
    with suppress(ProcessLookupError):
        while True:
            os.kill(tester, 0)
            time.sleep(1)
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class Standins:
    """The three systems and the page, in one process."""

    process: Process
    environment: dict[str, str]
    urls: dict[str, str]
    cleared: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Diary entries that a story has put out of its way."""

    def state(self, system: str) -> Any:
        return self.get(system, "state")

    def get(self, system: str, path: str) -> Any:
        return requests.get(f"{self.urls[system]}/_standin/{path}", timeout=15).json()

    def post(self, system: str, path: str, **body: Any) -> Any:
        answer = requests.post(f"{self.urls[system]}/_standin/{path}", json=body, timeout=15)
        return answer.json()

    def delete(self, system: str, path: str) -> None:
        if path == "diary":
            self.cleared[system] = self.traffic(system)
        requests.delete(f"{self.urls[system]}/_standin/{path}", timeout=15)

    def fault(self, system: str, call: str, action: str, **more: Any) -> None:
        self.post(system, "faults", call=call, action=action, **more)

    def traffic(self, system: str) -> list[dict[str, Any]]:
        """Every call to a system since the town was built, with whole bodies and answers."""
        now: list[dict[str, Any]] = self.get(system, "diary?whole=1")
        return [*self.cleared.get(system, []), *now]

    def diary(self, system: str, call: str = "") -> list[dict[str, Any]]:
        return [entry for entry in self.get(system, "diary") if re.search(call, entry["call"])]


@contextmanager
def standins(bot_port: int, repositories: Path, *, socket_mode: bool = False) -> Iterator[Standins]:
    arguments = (
        "--page-port=0",
        f"--bot-url=http://127.0.0.1:{bot_port}",
        f"--repositories={repositories}",
        *(["--socket-mode"] if socket_mode else []),
    )
    with TemporaryDirectory(prefix="cabbie-") as place:  # they print their secrets: not where a test looks for those
        told = Path(place) / "told"
        process = Forked("integrations.standin.__main__", arguments, dict(os.environ), told)
        try:
            line = eventually(lambda: _first_object(told), what="word of the stand-ins")
            yield Standins(process, line["environment"], line["standins"])
        finally:
            process.terminate()
            process.wait(timeout=10)


def _first_object(told: Path) -> Any:
    return next((json.loads(line) for line in told.read_text().splitlines(True) if line[0] + line[-1] == "{\n"), None)


@dataclass
class Bot:
    """Cabbie as a process: started, stopped, killed and started again."""

    environment: dict[str, str]
    log: Path
    port: int
    arguments: tuple[str, ...] = ("serve",)
    process: Process | None = None

    def start(self) -> None:
        self.process = self.launch()
        eventually(self._is_ready, what=f"Cabbie ({self.log.read_text()[-2000:]})")

    def launch(self) -> Process:
        return Forked("bot.cli", self.arguments, self.environment, self.log)

    def _is_ready(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise AssertionError(f"Cabbie ended: {self.log.read_text()[-3000:]}")
        return requests.get(f"http://127.0.0.1:{self.port}/readyz", timeout=2).status_code == 200

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=10)

    def stop(self) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(timeout=40)

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """One ``cabbie …`` beside the running one."""
        with TemporaryDirectory(prefix="cabbie-") as place:
            out, errors = Path(place) / "out", Path(place) / "errors"
            process = Forked("bot.cli", arguments, self.environment, out, errors)
            code = process.wait(timeout=60)
            return subprocess.CompletedProcess(["cabbie", *arguments], code, out.read_text(), errors.read_text())


class OwnBot(Bot):
    """``python -m bot serve``, as operators start it."""

    def launch(self) -> Process:
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "bot", *self.arguments, "--exit-with-parent"]
            return subprocess.Popen(command, env=self.environment, cwd=ROOT, stdout=log, stderr=log)
