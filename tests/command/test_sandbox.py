"""``cabbie sandbox`` as a person runs it: it starts with one command, and nothing of it stays behind."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.stories.processes import ROOT, eventually, free_port


@contextmanager
def sandbox(*options: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "sandbox", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
    )
    try:
        yield process
    finally:
        process.kill()


def addresses(process: "subprocess.Popen[str]") -> dict[str, str]:
    """Where everything is, by name, as it prints once it can be tried."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Open "):
            return dict(re.findall(r"^ +(\w+) +(http\S+)$", "".join(lines), re.MULTILINE))
    raise AssertionError("".join(lines))


def whatever_else_it_says(process: "subprocess.Popen[str]") -> str:
    """Ends only when nobody holds the output any more, no child either."""
    said, _ = process.communicate(timeout=30)
    return said


@pytest.mark.parametrize(
    ("number", "options", "code"),
    [
        (signal.SIGINT, ("--socket-mode",), 0),
        (signal.SIGKILL, (), -signal.SIGKILL),
    ],
)
def test_it_serves_until_ended_and_leaves_nobody_behind(
    number: signal.Signals, options: tuple[str, ...], code: int
) -> None:
    port = free_port()
    with sandbox("--page-port=0", f"--port={port}", *options) as process:
        page = addresses(process)["page"]
        eventually(lambda: requests.get(f"http://127.0.0.1:{port}/readyz", timeout=5).ok, what="Cabbie")
        assert "Cabbie sandbox" in requests.get(page, timeout=5).text

        process.send_signal(number)
        said = whatever_else_it_says(process)

    assert process.returncode == code
    assert "Traceback" not in said
    with pytest.raises(requests.ConnectionError):
        requests.get(page, timeout=5)


def cabbie_of(process: "subprocess.Popen[str]") -> int:
    """Cabbie's own process, among the sandbox's children."""
    listed = subprocess.run(["ps", "-A", "-o", "ppid=,pid=,args="], capture_output=True, text=True, check=True).stdout
    children = [line.split(maxsplit=2) for line in listed.splitlines()]
    return next(int(pid) for ppid, pid, args in children if int(ppid) == process.pid and " serve " in f"{args} ")


def pulse(page: str) -> dict[str, Any]:
    felt: dict[str, Any] = requests.get(f"{page}/page/pulse", timeout=5).json()
    return felt


def changes(page: str) -> list[str]:
    systems = requests.get(f"{page}/page/systems", timeout=5).json()
    return [change["number"] for change in systems["servicenow"]["changes"]]


def deploy(page: str) -> None:
    words = {"channel": "C0PAYMENTS", "command": "/deploy", "text": "payments 2.4.1"}
    answer = requests.post(f"{page}/page/people/U0LINUS/command", json=words, timeout=10).json()
    assert answer["ok"] is True
    eventually(lambda: changes(page) == ["CHG0030001"], what="the change")


def ledger(page: str, number: str) -> list[str]:
    told = requests.get(f"{page}/page/ledger/{number}", timeout=10).json()
    return [entry["sentence"] for entry in told["change"]["history"]]


def test_a_cabbie_that_is_killed_comes_back_and_remembers_until_all_starts_over() -> None:
    port = free_port()
    with sandbox("--page-port=0", f"--port={port}") as process:
        page = addresses(process)["page"]
        deploy(page)
        first = cabbie_of(process)

        os.kill(first, signal.SIGKILL)
        eventually(lambda: cabbie_of(process) != first and pulse(page)["cabbie"]["state"] == "ready", what="Cabbie")
        eventually(lambda: any("Opened" in sentence for sentence in ledger(page, "CHG0030001")), what="the ledger")
        second = cabbie_of(process)

        requests.post(f"{page}/page/startover", json={}, timeout=5)
        eventually(lambda: pulse(page)["generation"] == 2 and not pulse(page)["phase"], what="a new beginning")
        assert cabbie_of(process) not in (first, second)
        assert changes(page) == []
        forgotten = requests.get(f"{page}/page/ledger/CHG0030001", timeout=10).json()
        assert forgotten == {"problem": "Cabbie knows no change CHG0030001."}
        deploy(page)

        process.send_signal(signal.SIGTERM)
        said = whatever_else_it_says(process)

    assert process.returncode == 0
    assert "Traceback" not in said


def test_a_database_of_ones_own_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/mine.db")
    port = free_port()
    with sandbox("--page-port=0", f"--port={port}") as process:
        page = addresses(process)["page"]
        before = cabbie_of(process)
        assert pulse(page)["restarts_cabbie"] is False

        requests.post(f"{page}/page/startover", json={}, timeout=5)
        eventually(lambda: pulse(page)["generation"] == 2 and not pulse(page)["phase"], what="a new beginning")

        assert cabbie_of(process) == before
        assert (tmp_path / "mine.db").exists()
        process.terminate()
        whatever_else_it_says(process)


@pytest.mark.parametrize("option", ["--page-port", "--port"])
def test_a_port_that_is_taken_is_said_in_a_sentence(option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        ports = {"--page-port": "0", "--port": str(free_port()), option: str(taken)}
        with sandbox(*(f"{name}={port}" for name, port in ports.items())) as process:
            said = whatever_else_it_says(process)

    assert process.returncode == 1
    assert f"ort {taken}" in said
    assert option in said
    assert "Traceback" not in said
    assert "Open " not in said
