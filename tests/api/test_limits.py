"""A body that goes on and on is not read to its end, token or not."""

from collections.abc import Iterator
from datetime import timedelta

from starlette.testclient import TestClient

from bot.api import app as api
from bot.api import pipeline
from bot.api.limits import LARGEST_BODY
from bot.api.tokens import Tokens
from bot.change.announcement import Answer, Heard
from tests.builders import NOW
from tests.story.world import POLICY


class DeskDouble:
    """Hears everything."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []

    def hear(self, heard: Heard) -> Answer:
        self.heard.append(heard)
        return Answer("heard")


def client(desk: DeskDouble) -> TestClient:
    tokens = Tokens({"a token": ["payments"]})
    routes = pipeline.routes(desk, None, lambda: POLICY, tokens, lambda: NOW, patience=timedelta(minutes=1))  # type: ignore[arg-type]
    health = api.Health(is_ready=lambda: (True, ""), version="1")
    return TestClient(api.build(health=health, slack=None, routers=[routes]), raise_server_exceptions=False)


def test_what_says_it_is_too_long_is_not_read() -> None:
    answer = client(DeskDouble()).post("/api/v1/announcements", content=b" " * (LARGEST_BODY + 1))

    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


def test_what_does_not_say_how_long_it_is_is_read_no_further_than_the_limit() -> None:

    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * (LARGEST_BODY // 4)

    answer = client(DeskDouble()).post("/api/v1/announcements", content=endless())

    assert answer.status_code == 413


def test_one_run_says_several_things_under_one_id() -> None:
    desk = DeskDouble()
    door = client(desk)
    for status in ("requested", "started", "succeeded", "succeeded"):
        said = {"service": "payments", "version": "1", "id": "run-7", "status": status}
        assert door.post("/api/v1/announcements", json=said, headers={"Authorization": "Bearer a token"}).is_success

    assert len({heard.once for heard in desk.heard}) == 3
