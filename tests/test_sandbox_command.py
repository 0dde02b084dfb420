"""``cabbie sandbox`` as a person runs it: it starts with one command, and nothing of it stays behind."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from tests.stories.town import ROOT, eventually, free_port


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
        (signal.SIGINT, (), 0),
        (signal.SIGTERM, ("--socket-mode",), 0),
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
