"""Addresses that somebody gave us: only Slack's own are answered at, and none leads into our own network."""

import ast
import json
import secrets
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.errors import SlackClientError

from integrations.outside import Inside, connect_outside, is_inside
from integrations.slack.client import SlackMessenger
from integrations.slack.web import hook_client, is_response_url, web_client
from integrations.slack.wire import opener
from tests.hostile.wanderers import Place, listening

API = "https://slack.com/api/"
HOUSE = Path(__file__).parents[2]
SLACKS = ("https://hooks.slack.com/commands/T0ACME/1/x-y_z", "https://hooks.slack.com/actions/T0ACME/1/x")
HOSTILE = {
    "plain": "http://hooks.slack.com/commands/x",
    "another port": "https://hooks.slack.com:8443/commands/x",
    "a login": "https://hooks.slack.com@evil.example/commands/x",
    "a name as login": "https://evil.example@hooks.slack.com/commands/x",
    "a longer name": "https://hooks.slack.com.evil.example/commands/x",
    "a shorter name": "https://slack.com.evil.example/commands/x",
    "a backslash": "https://hooks.slack.com\\@evil.example/commands/x",
    "an encoded slash": "https://hooks.slack.com%2f@evil.example/commands/x",
    "a dot at the end": "https://hooks.slack.com./commands/x",
    "a wide dot": "https://hooks。slack。com/commands/x",
    "cyrillic": "https://hooks.sl\u0430ck.com/commands/x",
    "a newline": "https://hooks.slack.com/commands/x\r\nHost: evil.example",
    "a tab": "https://hooks.slack.com/comm\tands/x",
    "a leading blank": " https://hooks.slack.com/commands/x",
    "a way up": "https://hooks.slack.com/commands/../services/T1/B1/x",
    "an encoded way up": "https://hooks.slack.com/commands/%2e%2e/services/T1/B1/x",
    "somebody's webhook": "https://hooks.slack.com/services/T1/B1/x",
    "a workflow": "https://hooks.slack.com/workflows/T1/A1/x",
    "a query": "https://hooks.slack.com/commands/x?next=https://evil.example",
    "a fragment": "https://hooks.slack.com/commands/x#@evil.example",
    "no scheme": "//hooks.slack.com/commands/x",
    "a file": "file:///etc/passwd",
    "a file of Slack's": "file://hooks.slack.com/commands/x",
    "gopher": "gopher://hooks.slack.com/commands/x",
    "a script": "javascript:alert(1)//hooks.slack.com/commands/",
    "data": "data:text/html,hooks.slack.com/commands/",
    "the cloud's metadata": "http://169.254.169.254/latest/meta-data/",
    "this machine": "http://127.0.0.1:8080/commands/x",
    "in decimal": "http://2130706433/commands/x",
    "in octal": "http://0177.0.0.1/commands/x",
    "mapped": "http://[::ffff:169.254.169.254]/commands/x",
    "nothing": "",
}


@pytest.mark.parametrize("url", HOSTILE.values(), ids=HOSTILE.keys())
def test_nobody_elses_address_is_answered_at(url: str) -> None:
    assert not is_response_url(url, API)


@pytest.mark.parametrize("url", SLACKS)
def test_slacks_own_are(url: str) -> None:
    assert is_response_url(url, API)


def test_an_answer_goes_nowhere_when_slacks_name_leads_into_our_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack's host, as somebody's resolver would have it: the names of this machine are as good."""
    monkeypatch.setenv("no_proxy", "*")
    web = web_client(secrets.token_hex(8), API)
    with listening(Place()) as neighbour:
        for host in ("127.0.0.1", "localhost", "2130706433", "0177.0.0.1", "127.1", "0"):
            hook = hook_client(f"{neighbour.url.replace('127.0.0.1', host)}/commands/x", web)
            with pytest.raises(OSError, match="our own network"):
                hook.send(text="secret")

    assert neighbour.heard == []


def test_the_operators_own_slack_may_stand_anywhere() -> None:
    with listening(Place()) as standin:
        web = web_client(secrets.token_hex(8), f"{standin.url}/api/")

        assert hook_client(f"{standin.url}/commands/x", web).send(text="hello").status_code == 200

    assert standin.heard == ["POST /commands/x"]


def test_a_refused_address_is_told_of_in_the_channel_instead() -> None:
    with listening(Place()) as standin, listening(Place()) as neighbour:
        messenger = SlackMessenger(
            token=secrets.token_hex(8), base_url=f"{standin.url}/api/", team="T0ACME", clock=lambda: datetime.now(UTC)
        )
        messenger.whisper(f"{neighbour.url}/commands/x", "C0PAYMENTS", "U0ADA", "secret")

    assert neighbour.heard == []
    assert standin.heard == ["POST /api/chat.postEphemeral"]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "httpx://127.0.0.1/", "data:,x"])
def test_only_the_web_is_opened(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        opener(url, None)


@pytest.mark.parametrize("given", ["ws://wss-primary.slack.com/link", "https://slack.com/", "file:///etc/passwd", ""])
def test_a_socket_is_opened_over_tls_or_not_at_all(given: str) -> None:
    class Answering(type(web_client("x", API))):  # type: ignore[misc]  # the client, with Slack's answer put in
        def _perform_urllib_http_request_internal(self, url: str, req: Any) -> dict[str, Any]:
            return {"status": 200, "headers": {}, "body": json.dumps({"ok": True, "url": given})}

    with pytest.raises(SlackClientError, match="wss"):
        Answering(token=secrets.token_hex(8), base_url=API).apps_connections_open(app_token=secrets.token_hex(8))


# ------------------------------------------------------------------------------------------------ where a name leads

INSIDE = (
    *("127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *("255.255.255.255", "224.0.0.1", "192.0.2.1", "198.18.0.1", "240.0.0.1"),
    *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1"),
    *("2002:7f00:1::", "2002:a9fe:a9fe::1", "::127.0.0.1", "", "localhost", "a b"),
)


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_ours_is_inside(address: str) -> None:
    assert is_inside(address)


@pytest.mark.parametrize(
    "address", ["52.1.2.3", "3.65.102.105", "2600:1f18::1", "::ffff:52.1.2.3", "64:ff9b::3401:203"]
)
def test_the_internet_is_outside(address: str) -> None:
    assert not is_inside(address)


class Resolver:
    """Answers with each of these in turn, as a name does that is bound anew between two questions."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, host: str, port: int, *_: Any) -> list[Any]:
        self.asked += 1
        found = self.answers.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, port)) for address in found]


def test_one_address_inside_is_enough_to_refuse() -> None:
    with listening(Place()) as neighbour, pytest.raises(Inside):
        connect_outside(("hooks.slack.com", port_of(neighbour)), 1, resolve=Resolver(("52.1.2.3", "127.0.0.1")))

    assert neighbour.heard == []


def test_a_name_is_asked_for_once_and_what_was_looked_at_is_what_is_connected_to() -> None:
    with socket.create_server(("127.0.0.1", 0)) as neighbour:
        neighbour.setblocking(False)
        port = neighbour.getsockname()[1]
        bound_anew = Resolver(("52.1.2.3",), ("127.0.0.1",))
        # From this machine to itself: no packet to an address outside leaves it.
        with pytest.raises(OSError) as caught:
            connect_outside(("hooks.slack.com", port), 1, ("127.0.0.1", 0), resolve=bound_anew)
        with pytest.raises(BlockingIOError):
            neighbour.accept()

    assert bound_anew.asked == 1
    assert not isinstance(caught.value, Inside)


def port_of(place: Place) -> int:
    return int(place.url.rpartition(":")[2])


# ------------------------------------------------------------------------------------- held complete by the code itself

OPENING = {
    *("requests.get", "requests.post", "requests.put", "requests.patch", "requests.delete", "requests.request"),
    *("requests.Session", "JIRA", "pysnow.Client", "WebClient", "WebhookClient", "SocketModeClient", "urlopen"),
    *("build_opener", "create_connection", "socket.create_connection", "socket.socket", "HTTPConnection"),
    *("HTTPSConnection", "http.client.HTTPConnection", "http.client.HTTPSConnection", "httpx.Client", "httpx.get"),
}
WHO_OPENS = {
    "bot/cli/pipeline.py": "--api: whoever types the command says where their Cabbie is",
    "bot/server.py": "it listens",
    "bot/sandbox.py": "127.0.0.1: the sandbox asks whether its own Cabbie is ready",
    "integrations/anchor/sink.py": "CABBIE_ANCHOR",
    "integrations/jira/connections.py": "JIRA_URL",
    "integrations/outside.py": "what leads into our network is refused",
    "integrations/servicenow/connection.py": "SERVICENOW_URL",
    "integrations/servicenow/own_accounts.py": "SERVICENOW_URL",
    "integrations/servicenow/session.py": "SERVICENOW_URL",
    "integrations/slack/web.py": "SLACK_API_URL, and Slack's own response_urls",
    "integrations/slack/wire.py": "the two of integrations/slack/web.py",
}
"""Each place that opens a connection of ours, and who says where it goes."""


def opens(path: Path) -> bool:
    """Whether a module calls one of these."""
    calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    return any(ast.unparse(call.func) in OPENING for call in calls)


def test_no_other_place_opens_a_connection() -> None:
    modules = [path for part in ("bot", "integrations", "config") for path in (HOUSE / part).rglob("*.py")]
    ours = [path for path in modules if not {"sandbox", "standin"} & set(path.relative_to(HOUSE).parts[:-1])]

    assert {str(path.relative_to(HOUSE)) for path in ours if opens(path)} == WHO_OPENS.keys()
