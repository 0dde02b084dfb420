"""Two faults that take more than one call: nobody can connect, and what was written is not seen yet."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
import requests
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from integrations.standin.wire import Server, Standin
from tests.stories.processes import eventually


class Shelf:
    """A vendor so small that a test can hold it: things are put and counted."""

    def __init__(self) -> None:
        self.things: list[dict[str, str]] = []
        routes = [Route("/things", self.put, methods=["POST"]), Route("/things", self.listed, methods=["GET"])]
        coverage = {"POST /things": "supported", "GET /things": "supported"}
        self.standin = Standin("shelf", routes=routes, coverage=coverage, state=lambda: self.things)
        self.server = Server(self.standin.app)
        self.url = self.server.url

    async def put(self, _: Request) -> Response:
        self.things.append({"id": str(len(self.things) + 1)})
        return JSONResponse(self.things[-1], status_code=201)

    async def listed(self, _: Request) -> Response:
        return JSONResponse(self.things)

    def spoil(self, call: str, action: str, seconds: float) -> None:
        body = {"call": call, "action": action, "seconds": seconds}
        assert requests.post(f"{self.url}/_standin/faults", json=body, timeout=5).ok

    def seen(self, **words: str) -> list[str]:
        return [thing["id"] for thing in requests.get(f"{self.url}/things", params=words, timeout=5).json()]


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    here = Shelf()
    thread = threading.Thread(target=lambda: asyncio.run(here.server.serve()), daemon=True)
    thread.start()
    yield here
    here.server.stop()
    thread.join(timeout=5)


def test_whoever_connects_is_refused_for_a_while_and_let_in_again_at_the_same_port(shelf: Shelf) -> None:
    shelf.spoil("POST /things", "refuse", 1.0)

    with requests.Session() as kept:
        assert kept.get(f"{shelf.url}/things", timeout=5).ok
        with pytest.raises(requests.ConnectionError):
            requests.post(f"{shelf.url}/things", timeout=5)
        with pytest.raises(requests.ConnectionError):  # who was connected is cut off too
            kept.get(f"{shelf.url}/things", timeout=5)

    assert eventually(lambda: requests.get(f"{shelf.url}/things", timeout=5).ok, what="it lets us in")
    assert shelf.things == []


def test_what_was_written_is_not_seen_for_a_while(shelf: Shelf) -> None:
    requests.post(f"{shelf.url}/things", timeout=5)
    assert shelf.seen() == ["1"]
    shelf.spoil("POST /things", "lag", 2.0)

    assert requests.post(f"{shelf.url}/things", timeout=5).json() == {"id": "2"}

    assert shelf.seen() == ["1"]
    assert shelf.seen(asked="for the first time") == ["1"]
    assert eventually(lambda: shelf.seen() == ["1", "2"], what="it is seen")
    assert len(shelf.things) == 2
