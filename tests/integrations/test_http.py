"""How any vendor's answer or silence is sorted."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError, ReadTimeoutError

from bot.ports import BadCredentials, Declined, Failure, NotThere, Outage, Unknown
from integrations.http import answer_of, failures_of, reason_of, wait_of


def an_answer(status: int, body: Any = b"", **headers: str) -> requests.Response:
    answer = requests.Response()
    answer.status_code = status
    answer._content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return answer


def sorted_as(error: Exception, *, repeatable: bool = True) -> Failure:
    with pytest.raises(Failure) as caught, failures_of("Shop", repeatable=repeatable):
        raise error
    return caught.value


@pytest.mark.parametrize(
    ("status", "read", "create"),
    [
        (401, BadCredentials, BadCredentials),
        (403, Declined, Declined),
        (404, NotThere, NotThere),
        (410, NotThere, NotThere),
        (409, Declined, Declined),
        (422, Declined, Declined),
        (408, Outage, Outage),
        (429, Outage, Outage),
        (500, Outage, Unknown),
        (502, Outage, Unknown),
        (503, Outage, Unknown),
        (301, Outage, Outage),
    ],
)
def test_a_status_is_sorted_by_what_to_do_about_it(status: int, read: type[Failure], create: type[Failure]) -> None:
    error = requests.HTTPError("no", response=an_answer(status))

    assert type(sorted_as(error)) is read
    assert type(sorted_as(error, repeatable=False)) is create


@pytest.mark.parametrize(
    "error",
    [
        requests.ReadTimeout(),
        requests.ConnectionError(ConnectionResetError()),
        requests.exceptions.ChunkedEncodingError(),
        requests.exceptions.JSONDecodeError("bad", "{", 0),
        requests.ConnectionError(MaxRetryError(None, "/", ReadTimeoutError(None, "/", "late"))),  # type: ignore[arg-type]
    ],
)
def test_a_lost_answer_is_an_outage_when_it_may_be_asked_again_and_else_unknown(error: Exception) -> None:
    assert type(sorted_as(error)) is Outage
    assert type(sorted_as(error, repeatable=False)) is Unknown


@pytest.mark.parametrize(
    "error",
    [
        requests.ConnectTimeout(),
        requests.ConnectionError(MaxRetryError(None, "/", NewConnectionError(None, "refused"))),  # type: ignore[arg-type]
        requests.exceptions.ProxyError(),
        requests.exceptions.SSLError("CERTIFICATE_VERIFY_FAILED"),
    ],
)
def test_what_never_left_is_an_outage_even_for_a_create(error: Exception) -> None:
    assert type(sorted_as(error, repeatable=False)) is Outage


def test_a_refused_connection_is_an_outage_even_for_a_create() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"

        with pytest.raises(Outage), failures_of("Shop", repeatable=False):
            requests.post(url, timeout=2)


@contextmanager
def speaking(raw: bytes) -> Iterator[str]:
    """A server that says these bytes to the first caller, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(raw)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join(timeout=5)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nContent-Type: application/json\r\n\r\n{",
        b"not HTTP at all\r\n\r\n",
    ],
)
def test_an_answer_cut_off_on_the_wire_leaves_a_create_unknown(raw: bytes) -> None:
    with speaking(raw) as url, pytest.raises(Unknown), failures_of("Shop", repeatable=False):
        answer_of("Shop", requests.post(url, timeout=2), repeatable=False)


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_says_not_found_is_no_answer_about_what_was_asked(status: int) -> None:
    error = requests.HTTPError(
        "no", response=an_answer(status, b"<html>Page unavailable</html>", Content_Type="text/html")
    )

    assert isinstance(sorted_as(error), Outage)


def test_any_exception_that_carries_a_response_is_sorted() -> None:
    class VendorError(Exception):
        response = an_answer(404, {"errorMessages": ["Issue does not exist"]})

    failure = sorted_as(VendorError())

    assert isinstance(failure, NotThere)
    assert failure.what == "Issue does not exist"


def test_a_bug_stays_a_bug() -> None:
    with pytest.raises(KeyError), failures_of("Shop"):
        raise KeyError("number")


def test_a_failure_passes_as_it_is() -> None:
    with pytest.raises(Unknown) as caught, failures_of("Shop"):
        raise Unknown("Bank", "lost")

    assert caught.value.system == "Bank"


def test_no_failure_shows_the_vendors_exception() -> None:
    failure = sorted_as(requests.ConnectionError("https://user:hunter2@shop.example/?token=abc"))

    assert failure.__suppress_context__
    assert "hunter2" not in str(failure)
    assert "token" not in str(failure)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry_After": "7"}, 7),
        ({"Retry_After": " 120 "}, 120),
        ({"Retry_After": "0"}, 0),
        ({"Retry_After": "Mon, 02 Mar 2026 09:01:30 GMT", "Date": "Mon, 02 Mar 2026 09:00:00 GMT"}, 90),
        ({"Retry_After": "Mon, 02 Mar 2026 08:00:00 GMT", "Date": "Mon, 02 Mar 2026 09:00:00 GMT"}, 0),
        ({"Retry_After": "Tue, 01 Jan 2999 00:00:00 GMT"}, 24 * 3600),
        ({"Retry_After": "9" * 400}, 24 * 3600),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], seconds: int) -> None:
    failure = sorted_as(requests.HTTPError(response=an_answer(429, **headers)))

    assert isinstance(failure, Outage)
    assert failure.retry_after is not None
    assert failure.retry_after.total_seconds() == seconds


@pytest.mark.parametrize("said", ["", "soon", "-5", "1.5", "²", "Mon, 99 Foo 2026"])
def test_nonsense_is_no_time_to_wait(said: str) -> None:
    failure = sorted_as(requests.HTTPError(response=an_answer(503, **({"Retry_After": said} if said else {}))))

    assert isinstance(failure, Outage)
    assert failure.retry_after is None
    assert wait_of(an_answer(503)) == ""


def test_a_web_page_instead_of_data_is_no_answer() -> None:
    page = an_answer(200, b"<html>Sign in</html>", Content_Type="text/html;charset=UTF-8")

    with pytest.raises(Outage):
        answer_of("Shop", page)
    with pytest.raises(Unknown):
        answer_of("Shop", page, repeatable=False)


def test_a_sleeping_instance_has_done_nothing() -> None:
    page = an_answer(200, b"<html>Your instance is Hibernating</html>", Content_Type="text/html")

    with pytest.raises(Outage, match="hibernating"):
        answer_of("Shop", page, repeatable=False)


def test_a_good_answer_is_its_data_and_none_when_there_is_none() -> None:
    assert answer_of("Shop", an_answer(200, {"a": 1}, Content_Type="application/json")) == {"a": 1}
    assert answer_of("Shop", an_answer(204)) is None


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"error": {"message": "Operation Failed", "detail": "ACL"}}, "Operation Failed; ACL"),
        ({"errorMessages": ["One", "Two"], "errors": {"summary": "is too long"}}, "One; Two; summary: is too long"),
        ({"error": "invalid_client", "error_description": "unknown client"}, "invalid_client; unknown client"),
        (["odd"], ""),
        (b"<html>", ""),
    ],
)
def test_the_reason_is_read_from_the_usual_places(body: Any, reason: str) -> None:
    assert reason_of(an_answer(400, body)) == reason


def test_a_long_reason_is_cut() -> None:
    failure = sorted_as(requests.HTTPError(response=an_answer(400, {"message": "x" * 10_000})))

    assert isinstance(failure, Declined)
    assert len(failure.what) == 300
