"""``python -m integrations.standin``: one line says where everything is, a signal ends it."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

Start = Callable[..., "subprocess.Popen[str]"]
COMMAND = (sys.executable, "-m", "integrations.standin")
NEEDED = {
    *("SLACK_API_URL", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "JIRA_URL", "JIRA_EMAIL", "JIRA_API_TOKEN"),
    *("SERVICENOW_URL", "SERVICENOW_CLIENT_ID", "SERVICENOW_CLIENT_SECRET"),
    *("SERVICENOW_APPROVAL_CLIENT_ID", "SERVICENOW_APPROVAL_CLIENT_SECRET"),
    *("SERVICENOW_USER_CLIENT_ID", "SERVICENOW_USER_CLIENT_SECRET", "CABBIE_PUBLIC_URL", "CABBIE_TOKEN_KEYS"),
    *("CABBIE_REPOSITORIES", "CABBIE_REHEARSAL_CLOCK", "CABBIE_API_TOKENS"),
}


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def run(*options: str) -> "subprocess.Popen[str]":
        command = (*COMMAND, "--page-port", "0", *options)
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def line_of(process: "subprocess.Popen[str]") -> dict[str, Any]:
    assert process.stdout
    line: dict[str, Any] = json.loads(process.stdout.readline())
    return line


def test_one_line_tells_a_bot_all_it_needs_and_everything_answers(start: Start, tmp_path: Path) -> None:
    line = line_of(start("--repositories", str(tmp_path / "repositories")))

    environment, urls = line["environment"], line["standins"]
    assert set(environment) == NEEDED
    assert set(urls) == {"page", "slack", "jira", "servicenow"}
    assert (tmp_path / "repositories" / "payments.git").is_dir()
    assert sorted(json.loads(environment["CABBIE_API_TOKENS"]).values()) == [["*"], ["payments"]]
    assert "<title>Cabbie sandbox</title>" in requests.get(urls["page"], timeout=5).text
    assert all(
        requests.get(f"{urls[name]}/_standin/coverage", timeout=5).ok for name in ("slack", "jira", "servicenow")
    )


def test_the_credentials_open_all_three_systems(start: Start) -> None:
    environment = line_of(start())["environment"]

    bearer = {"authorization": f"Bearer {environment['SLACK_BOT_TOKEN']}"}
    who = (environment["JIRA_EMAIL"], environment["JIRA_API_TOKEN"])
    grant = {
        "grant_type": "client_credentials",
        "client_id": environment["SERVICENOW_CLIENT_ID"],
        "client_secret": environment["SERVICENOW_CLIENT_SECRET"],
    }

    assert requests.post(f"{environment['SLACK_API_URL']}auth.test", headers=bearer, timeout=5).json()["ok"] is True
    assert requests.get(f"{environment['JIRA_URL']}/rest/api/2/myself", auth=who, timeout=5).status_code == 200
    token = requests.post(f"{environment['SERVICENOW_URL']}/oauth_token.do", data=grant, timeout=5)
    assert token.json()["access_token"]


def test_deliveries_go_to_the_bots_address(start: Start) -> None:
    urls = line_of(start("--bot-url", "http://127.0.0.1:3999"))["standins"]

    delivery = requests.get(f"{urls['slack']}/_standin/delivery", timeout=5).json()

    assert delivery["url"] == "http://127.0.0.1:3999/slack/events"


def test_the_app_token_comes_only_for_socket_mode(start: Start) -> None:
    assert "SLACK_APP_TOKEN" in line_of(start("--socket-mode"))["environment"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_though_somebody_waits_for_news(start: Start, number: signal.Signals) -> None:
    process = start()
    line = line_of(process)
    slack = line["standins"]["slack"]
    seen = requests.get(f"{slack}/_standin/people/U0LINUS/screen", timeout=5).json()["revision"]
    ask = f"GET /_standin/people/U0LINUS/screen?wait={seen} HTTP/1.1\r\nHost: slack\r\n\r\n"
    with socket.create_connection(("127.0.0.1", int(slack.rpartition(":")[2])), timeout=10) as waiting:
        waiting.sendall(ask.encode())
        requests.get(line["standins"]["page"], timeout=5)  # the loop has taken the other request by now

        process.send_signal(number)

        assert process.wait(timeout=10) == 0
        assert waiting.recv(64).startswith(b"HTTP/1.1 200")
    assert process.stderr and process.stderr.read() == ""
    assert not Path(line["environment"]["CABBIE_REPOSITORIES"]).exists()


def test_it_ends_with_the_process_that_started_it() -> None:
    code = (
        "import subprocess, sys\n"
        "child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True)\n"
        "print(child.stdout.readline(), flush=True)\n"
    )
    command = (sys.executable, "-c", code, *COMMAND, "--page-port", "0", "--exit-with-parent")
    line = json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout)

    deadline = time.monotonic() + 10
    while is_open(line["standins"]["page"]) and time.monotonic() < deadline:
        time.sleep(0.05)

    assert not is_open(line["standins"]["page"])


def test_a_taken_port_is_told_in_one_sentence_with_the_option_to_move_it(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start("--jira-port", str(port))

        said, complaint = process.communicate(timeout=15)

    assert (process.returncode, said) == (1, "")
    assert complaint == f"Port {port} is taken; give the sandbox another one with --jira-port.\n"


def test_shell_words_are_for_people_and_stay_off_standard_output(start: Start) -> None:
    process = start("--print-environment")
    line_of(process)
    process.terminate()

    rest, words = process.communicate(timeout=10)

    assert rest == ""
    assert "export SLACK_API_URL='" in words


def is_open(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False
