"""``cabbie sandbox``: stand-ins and an ordinary Cabbie as two children; a fresh Cabbie whenever all starts over."""

import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

READY_WITHIN = 60
"""Seconds: a slow machine takes a fifth of it."""
END_WITHIN = 30
"""Seconds: Cabbie finishes what it has in hand."""
LOOK_SECONDS = 0.1
PARENT_LOOK_SECONDS = 0.5

Child = subprocess.Popen  # of text or of nothing: only their ends matter


class SandboxFailed(Exception):
    """The stand-ins or Cabbie did not start; their own words say why."""


@dataclass(frozen=True)
class Ports:
    page: int = 8080
    slack: int = 0
    jira: int = 0
    servicenow: int = 0
    bot: int = 3000


@contextmanager
def sandbox(ports: Ports, *, socket_mode: bool) -> Iterator["Sandbox"]:
    """The stand-ins, for as long as they are looked at; nothing of them or of Cabbie stays behind."""
    _end_on_signals()
    with tempfile.TemporaryDirectory(prefix="cabbie-") as directory:
        memory = Memory(Path(directory))
        standins = _start_standins(ports, Path(directory), socket_mode, tell_resets=memory.is_ours)
        try:
            told = _first_line(standins)
            running = Sandbox(standins, told["standins"], told["environment"] | {"PORT": str(ports.bot)}, memory)
            try:
                yield running
            finally:
                running.end()
        finally:
            _end(standins)


class Memory:
    """Where Cabbie's database is. Ours goes with each start over; one that the environment names is somebody's own."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._generation = 1
        self._given = os.environ.get("DATABASE_URL", "")

    @property
    def is_ours(self) -> bool:
        return not self._given

    @property
    def url(self) -> str:
        return self._given or f"sqlite:///{self._directory}/cabbie-{self._generation}.db"

    def forget(self) -> None:
        for left in self._directory.glob(f"cabbie-{self._generation}.db*"):
            left.unlink()
        self._generation += 1


class Sandbox:
    """Cabbie beside its stand-ins: started, killed and started anew as they say."""

    def __init__(
        self, standins: "Child[str]", urls: dict[str, str], environment: dict[str, str], memory: Memory
    ) -> None:
        self.urls = urls
        self._environment = environment
        self._memory = memory
        self._bot: Child[bytes] | None = None
        self._events: queue.Queue[Callable[[], int | None]] = queue.Queue()
        threading.Thread(target=self._listen, args=(standins,), daemon=True).start()

    def run(self, opened: Callable[[], None]) -> int:
        """``opened`` is called once it can be tried. Gives the exit code, when one of the children ends by itself."""
        bot, patience_ends = self._begin(), time.monotonic() + READY_WITHIN
        while why_not := self._why_not_ready():
            if (code := bot.poll()) is not None:
                return code
            if time.monotonic() > patience_ends:
                raise SandboxFailed(f"Cabbie is not ready after {READY_WITHIN} seconds: {why_not}")
            time.sleep(LOOK_SECONDS)
        opened()
        while True:
            if (end := self._events.get()()) is not None:
                return end

    def end(self) -> None:
        if self._bot:
            _end(self._bot)

    def _begin(self) -> "Child[bytes]":
        defaults = {"CABBIE_LOOK_EVERY": "PT2S", "CABBIE_TICK": "PT1S"}
        variables = defaults | os.environ | self._environment | {"DATABASE_URL": self._memory.url}
        command = [sys.executable, "-m", "bot", "serve", "--exit-with-parent"]
        # A session of its own: Ctrl-C is ours to handle, Cabbie winds down before its stand-ins do.
        bot = self._bot = subprocess.Popen(command, env=variables, start_new_session=True)
        threading.Thread(target=self._wait_for, args=(bot,), daemon=True).start()
        return bot

    def _why_not_ready(self) -> str:
        """Empty once it is."""
        try:
            answer = requests.get(f"http://127.0.0.1:{self._environment['PORT']}/readyz", timeout=2)
        except requests.RequestException as error:
            return f"it does not answer ({type(error).__name__})"
        return "" if answer.ok else answer.text

    def _listen(self, standins: "Child[str]") -> None:
        """What the stand-ins say after their first line."""
        assert standins.stdout is not None
        deeds: dict[str, Callable[[], None]] = {"begun": self._kill, "done": self._begin_anew}
        for line in standins.stdout:
            self._events.put(deeds[json.loads(line)["reset"]])
        self._events.put(lambda: 1)

    def _wait_for(self, bot: "Child[bytes]") -> None:
        bot.wait()
        self._events.put(lambda: self._ended(bot))

    def _ended(self, bot: "Child[bytes]") -> int | None:
        """Killed by somebody: started again on what it remembers, as service managers do. Else it had a reason."""
        if bot is not self._bot:
            return None
        if bot.returncode >= 0:
            return bot.returncode
        self._begin()
        return None

    def _kill(self) -> None:
        """At once: what it has in hand belongs to systems that are about to forget it."""
        if not self._bot:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._bot.pid, signal.SIGKILL)
        self._bot.wait()
        self._bot = None

    def _begin_anew(self) -> None:
        self._kill()
        self._memory.forget()
        self._begin()


def end_with_parent() -> None:
    """Have this process told to end when the one that started it is gone."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_LOOK_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def _end_on_signals() -> None:
    """An end asked for comes at once, and still clears everything away."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))


def _end(child: "Child[Any]") -> None:
    """The child, and the git it may just be running."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGTERM)
    try:
        child.wait(timeout=END_WITHIN)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _start_standins(ports: Ports, directory: Path, socket_mode: bool, *, tell_resets: bool) -> "Child[str]":
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
    command += ["--socket-mode"] if socket_mode else []
    command += ["--tell-resets"] if tell_resets else []
    # A session of its own, as for Cabbie: it is told to end after Cabbie has wound down.
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)


def _first_line(standins: "Child[str]") -> dict[str, dict[str, str]]:
    assert standins.stdout is not None
    line = standins.stdout.readline()
    if not line:
        standins.wait(timeout=READY_WITHIN)
        raise SandboxFailed("The sandbox did not start; the line above says why.")
    told: dict[str, dict[str, str]] = json.loads(line)
    return told
