"""Where the ledger's head is left: what was left can be read, what is not ours is passed by, what is wrong is named."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from bot.ports import BadCredentials, Declined, Head, Outage
from integrations.anchor import BadAnchor, anchor_at
from integrations.anchor.lines import heads_in, line_of

FIRST, SECOND = Head(3, "ab" * 32, "2026-03-02T09:00:00+00:00"), Head(9, "cd" * 32, "2026-03-02T09:10:00+00:00")


def test_a_file_keeps_every_head_in_order(tmp_path: Path) -> None:
    anchor = anchor_at(f"file://{tmp_path}/heads.jsonl", ledger="cabbie")

    anchor.leave(FIRST)
    anchor.leave(SECOND)

    assert tuple(anchor.heads()) == (FIRST, SECOND)
    assert len((tmp_path / "heads.jsonl").read_text().splitlines()) == 2


def test_ledgers_that_share_a_place_do_not_mix(tmp_path: Path) -> None:
    staging, production = (anchor_at(f"file://{tmp_path}/heads", ledger=name) for name in ("staging", "production"))

    staging.leave(FIRST)
    production.leave(SECOND)

    assert tuple(production.heads()) == (SECOND,)


def test_a_file_that_cannot_be_written_is_an_outage(tmp_path: Path) -> None:
    anchor = anchor_at(f"file://{tmp_path}/no/such/folder/heads", ledger="cabbie")

    with pytest.raises(Outage, match="cannot be opened"):
        anchor.leave(FIRST)
    with pytest.raises(Outage, match="cannot be read"):
        list(anchor.heads())


@pytest.mark.parametrize("url", ["", "heads.jsonl", "http://siem.example/ingest", "ftp://x/y", "file://host/path"])
def test_other_places_are_refused(url: str) -> None:
    with pytest.raises(BadAnchor, match="CABBIE_ANCHOR"):
        anchor_at(url, ledger="cabbie")


def test_a_log_store_may_have_wrapped_our_lines() -> None:
    line = line_of(FIRST, "cabbie")
    exported = ["something else", json.dumps({"ts": 1, "message": line}), json.dumps({"a": [{"b": json.loads(line)}]})]

    assert list(heads_in(exported, "cabbie")) == [FIRST, FIRST]


SHORTENED = line_of(FIRST, "cabbie").replace(FIRST.fingerprint, "ab")


@pytest.mark.parametrize("broken", [SHORTENED, "cabbie.ledger.head {", "cabbie.ledger.head"])
def test_a_line_that_says_it_is_a_head_and_is_none_is_not_passed_by(broken: str) -> None:
    with pytest.raises(Declined, match="line 2 says"):
        list(heads_in(["{}", broken], "cabbie"))


@dataclass
class SinkServer:
    url: str
    status: int = 200
    taken: list[tuple[str, str]] = field(default_factory=list)


def test_a_sink_takes_one_line_with_our_token(sink: SinkServer) -> None:
    anchor_at(sink.url, token="of-the-test", ledger="cabbie").leave(FIRST)

    [(authorization, body)] = sink.taken
    assert authorization == "Bearer of-the-test"
    assert list(heads_in([body], "cabbie")) == [FIRST]


@pytest.mark.parametrize(
    ("status", "failure"), [(401, BadCredentials), (403, Declined), (302, Declined), (503, Outage)]
)
def test_a_sink_that_does_not_take_it_is_no_anchor(sink: SinkServer, status: int, failure: type[Exception]) -> None:
    sink.status = status

    with pytest.raises(failure):
        anchor_at(sink.url, ledger="cabbie").leave(FIRST)


def test_a_sink_gives_nothing_back_and_says_what_to_do(sink: SinkServer) -> None:
    with pytest.raises(Declined, match="--heads"):
        anchor_at(sink.url, ledger="cabbie").heads()


@pytest.fixture
def sink() -> Iterator[SinkServer]:
    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            found.taken.append((self.headers.get("Authorization", ""), body))
            self.send_response(found.status)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        found = SinkServer(f"http://127.0.0.1:{server.server_port}/ingest")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield found
        server.shutdown()
