"""What every stand-in shares: a diary that tells what was asked, and faults that really happen."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from integrations.standin.wire import Server, Standin


class Shop:
    """A vendor so small that a test can hold it: things are made and listed."""

    def __init__(self) -> None:
        self.things: list[str] = []
        routes = [Route("/things/{name}", self.make, methods=["POST"]), Route("/things", self.list, methods=["GET"])]
        coverage = {"POST /things/{name}": "supported", "GET /things": "supported"}
        self.standin = Standin(
            "shop", routes=routes, coverage=coverage, state=lambda: self.things, switches={"is_slow": False}
        )
        self.server = Server(self.standin.app)
        self.url = self.server.url

    async def make(self, request: Request) -> Response:
        self.things.append(request.path_params["name"])
        return JSONResponse({"made": request.path_params["name"], "padding": "x" * 200}, status_code=201)

    async def list(self, _: Request) -> Response:
        return JSONResponse(self.things)

    def control(self, path: str, body: Any = None, method: str = "POST") -> Any:
        return requests.request(method, f"{self.url}/_standin/{path}", json=body, timeout=5).json()

    def spoil(self, action: str, **facts: Any) -> None:
        self.control("faults", {"call": "POST /things/*", "action": action, **facts})

    def post(self, name: str, **options: Any) -> requests.Response:
        return requests.post(f"{self.url}/things/{name}", **{"timeout": 5, **options})


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop()
    thread = threading.Thread(target=asyncio.run, args=(shop.server.serve(),))
    thread.start()
    yield shop
    shop.server.stop()
    thread.join(timeout=10)
    assert not thread.is_alive()


def raw(shop: Shop, request: bytes) -> bytes:
    """Everything the server sends before it closes; a reset is raised as it is."""
    with socket.create_connection(("127.0.0.1", shop.server.port), timeout=5) as connection:
        connection.sendall(request)
        got = b""
        while chunk := connection.recv(65536):
            got += chunk
        return got


def make_raw(name: str) -> bytes:
    return f"POST /things/{name} HTTP/1.1\r\nHost: shop\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()


def until(is_so: Callable[[], Any], seconds: float = 5.0) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := is_so():
            return found
        time.sleep(0.01)
    raise AssertionError("it never came to be")


def test_the_diary_tells_calls_in_order_with_what_was_asked_and_answered(shop: Shop) -> None:
    shop.post("cup", data="hello")
    requests.get(f"{shop.url}/things", params={"colour": "red"}, timeout=5)

    made, listed = shop.control("diary", method="GET")

    assert (made["call"], made["path"], made["body"]) == ("POST /things/{name}", "/things/cup", "hello")
    assert (made["status"], made["is_effect"]) == (201, True)
    assert '"made":"cup"' in made["answer"]
    assert (listed["call"], listed["query"], listed["is_effect"]) == ("GET /things", "colour=red", False)
    assert [made["seq"], listed["seq"]] == [1, 2]


def test_the_diary_can_be_cleared_and_leaves_the_control_door_out(shop: Shop) -> None:
    shop.post("cup")
    shop.control("state", method="GET")

    shop.control("diary", method="DELETE")

    assert shop.control("diary", method="GET") == []


def test_an_unknown_path_is_in_the_diary_by_its_own_name(shop: Shop) -> None:
    answer = requests.get(f"{shop.url}/nowhere", timeout=5)

    assert answer.status_code == 404
    assert shop.control("diary", method="GET")[0]["call"] == "GET /nowhere"


def test_state_and_coverage_are_read_at_the_control_door(shop: Shop) -> None:
    shop.post("cup")

    assert shop.control("state", method="GET") == ["cup"]
    assert shop.control("coverage", method="GET") == {"POST /things/{name}": "supported", "GET /things": "supported"}


def test_answer_gives_the_given_answer_and_does_nothing(shop: Shop) -> None:
    shop.spoil("answer", status=503, headers={"Retry-After": "7"}, body={"why": "maintenance"})

    answer = shop.post("cup")

    assert (answer.status_code, answer.headers["retry-after"], answer.json()) == (503, "7", {"why": "maintenance"})
    assert shop.things == []


def test_a_text_answer_goes_out_as_it_is(shop: Shop) -> None:
    shop.spoil("answer", status=502, body="<h1>Bad gateway</h1>")

    answer = shop.post("cup")

    assert (answer.headers["content-type"], answer.text) == ("text/html", "<h1>Bad gateway</h1>")


def test_answer_after_does_it_and_hides_the_true_answer(shop: Shop) -> None:
    shop.spoil("answer_after", status=500)

    answer = shop.post("cup")

    assert answer.status_code == 500
    assert shop.things == ["cup"]


@pytest.mark.parametrize(("action", "done"), [("drop_before", []), ("drop_after", ["cup"])])
def test_a_drop_resets_the_connection(shop: Shop, action: str, done: list[str]) -> None:
    shop.spoil(action)

    with pytest.raises(ConnectionResetError):
        raw(shop, make_raw("cup"))

    assert shop.things == done
    entry = shop.control("diary", method="GET")[0]
    assert (entry["status"], entry["fault"]) == (None, action)


def test_truncate_sends_half_and_resets(shop: Shop) -> None:
    shop.spoil("truncate")

    with socket.create_connection(("127.0.0.1", shop.server.port), timeout=5) as connection:
        connection.sendall(make_raw("cup"))
        got = b""
        with pytest.raises(ConnectionResetError):
            while chunk := connection.recv(65536):
                got += chunk

    head, _, body = got.partition(b"\r\n\r\n")
    promised = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    assert 0 < len(body) < promised
    assert shop.things == ["cup"]


def test_a_client_library_sees_a_truncated_answer_as_a_broken_connection(shop: Shop) -> None:
    shop.spoil("truncate")

    with pytest.raises(requests.exceptions.RequestException):
        shop.post("cup")


@pytest.mark.parametrize(("action", "done"), [("delay", []), ("delay_after", ["cup"])])
def test_a_delay_waits_before_or_after_the_deed(shop: Shop, action: str, done: list[str]) -> None:
    shop.spoil(action, seconds=0.4)

    with pytest.raises(requests.exceptions.ReadTimeout):
        shop.post("cup", timeout=0.15)

    assert shop.things == done
    until(lambda: shop.things == ["cup"])


@pytest.mark.parametrize(("action", "done"), [("pause_before", []), ("pause_after", ["cup"])])
def test_a_pause_holds_the_request_until_it_is_resumed(shop: Shop, action: str, done: list[str]) -> None:
    shop.spoil(action)
    answers: list[int] = []
    asking = threading.Thread(target=lambda: answers.append(shop.post("cup").status_code))
    asking.start()
    [held] = until(lambda: shop.control("paused", method="GET"))

    assert (held["call"], held["action"], shop.things, answers) == ("POST /things/{name}", action, done, [])
    assert shop.control("resume", {"id": held["id"]}) == {"resumed": 1}

    asking.join(timeout=5)
    assert (answers, shop.things) == ([201], ["cup"])
    assert shop.control("paused", method="GET") == []


@pytest.mark.parametrize(("action", "done"), [("pause_before", []), ("pause_after", ["cup"])])
def test_a_held_request_can_be_dropped(shop: Shop, action: str, done: list[str]) -> None:
    shop.spoil(action)
    failures: list[Exception] = []

    def ask() -> None:
        try:
            shop.post("cup")
        except requests.exceptions.ConnectionError as failure:
            failures.append(failure)

    asking = threading.Thread(target=ask)
    asking.start()
    until(lambda: shop.control("paused", method="GET"))

    shop.control("resume", {"drop": True})

    asking.join(timeout=5)
    assert (len(failures), shop.things) == (1, done)


def test_a_fault_may_wait_for_a_call_whose_body_holds_a_word(shop: Shop) -> None:
    shop.spoil("answer", status=418, containing="milk")

    answers = [shop.post("cup", data=body).status_code for body in ("tea", "tea with milk", "milk again")]

    assert answers == [201, 418, 201]


def test_clearing_the_faults_lets_held_requests_go(shop: Shop) -> None:
    shop.spoil("pause_before", times=-1)
    asking = threading.Thread(target=shop.post, args=("cup",))
    asking.start()
    until(lambda: shop.control("paused", method="GET"))

    shop.control("faults", method="DELETE")

    asking.join(timeout=5)
    assert shop.post("plate").status_code == 201
    assert shop.things == ["cup", "plate"]


def test_a_fault_lets_some_calls_pass_then_hits_as_often_as_told(shop: Shop) -> None:
    shop.spoil("answer", status=500, skip=1, times=2)

    assert [shop.post(str(n)).status_code for n in range(4)] == [201, 500, 500, 201]


def test_a_fault_without_end_hits_every_matching_call_and_no_other(shop: Shop) -> None:
    shop.spoil("answer", status=500, times=-1)

    assert [shop.post(str(n)).status_code for n in range(3)] == [500] * 3
    assert requests.get(f"{shop.url}/things", timeout=5).status_code == 200


def test_faults_in_force_are_listed_until_they_are_used_up(shop: Shop) -> None:
    shop.spoil("answer", status=500, times=2, says="fails")

    shop.post("cup")
    [listed] = shop.control("faults", method="GET")
    shop.post("cup")

    assert (listed["says"], listed["times"], listed["hits"]) == ("fails", 1, 1)
    assert shop.control("faults", method="GET") == []


def test_one_fault_is_lifted_and_the_others_stay(shop: Shop) -> None:
    shop.spoil("answer", status=500, times=-1)
    shop.spoil("answer", status=418, times=-1)
    first = shop.control("faults", method="GET")[0]["id"]

    assert shop.control(f"faults/{first}", method="DELETE") == {"lifted": True}

    assert shop.post("cup").status_code == 418
    assert shop.control(f"faults/{first}", method="DELETE") == {"lifted": False}


def test_a_fault_for_no_call_hits_none(shop: Shop) -> None:
    shop.spoil("answer", status=500, times=0)

    assert shop.post("cup").status_code == 201
    assert shop.control("faults", method="GET") == []


def test_the_diary_says_how_long_a_call_took(shop: Shop) -> None:
    shop.spoil("pause_after")
    asking = threading.Thread(target=shop.post, args=("cup",))
    asking.start()
    until(lambda: shop.control("paused", method="GET"))
    under_way = shop.control("diary", method="GET")[0]["seconds"]

    shop.control("resume", {})
    asking.join(timeout=5)

    assert under_way is None
    assert until(lambda: shop.control("diary", method="GET")[0]["seconds"]) > 0


def test_the_clock_is_moved_and_put_back_at_the_control_door(shop: Shop) -> None:
    shop.control("clock", {"seconds": 3600})
    assert shop.control("clock", {"seconds": -900})["seconds"] == 2700

    refused = requests.post(f"{shop.url}/_standin/clock", json={"seconds": "soon"}, timeout=5)

    assert refused.status_code == 400
    assert shop.control("clock", method="GET")["seconds"] == 2700
    assert shop.control("clock", method="DELETE")["seconds"] == 0


def test_a_reset_leaves_other_connections_alone(shop: Shop) -> None:
    with requests.Session() as kept:
        kept.get(f"{shop.url}/things", timeout=5)
        shop.spoil("drop_before")

        with pytest.raises(ConnectionResetError):
            raw(shop, make_raw("cup"))

        assert kept.get(f"{shop.url}/things", timeout=5).status_code == 200


def test_a_switch_is_thrown_and_an_unknown_one_is_refused(shop: Shop) -> None:
    assert shop.control("switches", {"is_slow": True}) == {"is_slow": True}

    refused = requests.post(f"{shop.url}/_standin/switches", json={"is_fast": True}, timeout=5)

    assert (refused.status_code, refused.json()) == (400, {"error": "no such switch: ['is_fast']"})
    assert shop.control("switches", method="GET") == {"is_slow": True}


def test_the_end_does_not_wait_for_a_held_request(shop: Shop) -> None:
    shop.spoil("pause_before")
    asking = threading.Thread(target=shop.post, args=("cup",))
    asking.start()
    until(lambda: shop.control("paused", method="GET"))

    started = time.monotonic()
    shop.server.stop()

    asking.join(timeout=5)
    assert time.monotonic() - started < 4
