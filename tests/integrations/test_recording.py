"""What never gets into a cassette: a credential, something like one, a person nobody told us of."""

import secrets
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.integrations.recording import FROM_SYSTEM, Recorder, WouldLeak


def said(answer: str, uri: str = "http://jira.example/rest/api/2/myself") -> dict[str, Any]:
    request = {"method": "GET", "uri": uri, "body": None, "headers": {}}
    response = {"status": {"code": 200}, "headers": {}, "body": {"string": answer}}
    return {"version": 1, "interactions": [{"request": request, "response": response}]}


RECORDER = Recorder(is_recording=True, is_real=True)


def test_a_plain_conversation_is_written_with_its_origin() -> None:
    assert RECORDER.serialize(said('{"key": "PAY-101"}')).startswith(FROM_SYSTEM)


def test_the_credential_in_use_is_found_wherever_it_stands() -> None:
    token = secrets.token_urlsafe(24)

    with pytest.raises(WouldLeak, match="a credential") as refusal:
        Recorder(True, True, frozenset({token})).serialize(said(f'{{"echo": "{token}"}}'))

    assert token not in str(refusal.value)


@pytest.mark.parametrize("beginning", ["xoxb-", "xapp-", "Bearer ", "-----BEGIN", '"refresh_token": "'])
def test_what_looks_like_a_secret_is_one(beginning: str) -> None:
    with pytest.raises(WouldLeak, match="like a secret"):
        RECORDER.serialize(said(f"{beginning}{secrets.token_hex(16)}"))


@pytest.mark.parametrize(
    "answer",
    [
        '{"users": [{"profile": {"real_name": "Somebody Real"}}]}',
        '{"result": [{"sys_updated_by": {"display_value": "s.real", "value": "s.real"}}]}',
        '{"text": "ask s.real@bank.test"}',
    ],
)
def test_a_person_nobody_told_us_of_is_not_written(answer: str) -> None:
    with pytest.raises(WouldLeak, match="call 1 names somebody"):
        RECORDER.serialize(said(answer))


def test_an_address_in_a_query_counts_too() -> None:
    with pytest.raises(WouldLeak, match="names somebody"):
        RECORDER.serialize(
            said("{}", "http://sn.example/api/now/table/sys_user?sysparm_query=email%3Ds.real%40bank.test")
        )


def test_who_was_told_may_stand_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CABBIE_RECORD_TOLD", "Somebody Real,s.real@bank.test")

    assert "Somebody Real" in RECORDER.serialize(said('{"real_name": "Somebody Real", "text": "s.real@bank.test"}'))


def test_the_sandboxs_own_people_are_nobody() -> None:
    assert RECORDER.serialize(said('{"displayName": "Ada Lovelace", "emailAddress": "ada@acme.example"}'))


def test_the_older_cassette_stays_when_the_new_one_would_leak(tmp_path: Path, stranger: str) -> None:
    path = tmp_path / "kept.yaml"
    path.write_text("an older one")

    with pytest.raises(WouldLeak), RECORDER.tape(path):
        requests.get(stranger, timeout=5)

    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("kept.yaml", "an older one")]


@pytest.fixture
def stranger() -> Iterator[str]:
    """A system that names somebody real."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"email": "s.real@bank.test"}')

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
