"""What operators ask of a process: it answers truly, and in time even when the database does not."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot.api import app as api
from bot.api import readiness
from bot.api.bounded import Bounded
from bot.api.figures import Figures, Sockets, Sources
from bot.api.readiness import Readiness
from bot.change.model import Progress
from bot.ledger.database import connect
from bot.ledger.migrate import is_behind, known_revisions
from bot.ledger.standing import Standing
from tests.story.conftest import migrated  # a fixture

__all__ = ["migrated"]
SHORT = timedelta(milliseconds=100)


@dataclass
class EngineDouble:
    is_launched: bool = True
    age: float = 1.0

    def lease_age(self) -> float:
        return self.age


@dataclass
class SocketDouble:
    closed_for: float = 0.0


@contextmanager
def hanging() -> Iterator[threading.Event]:
    """Something to hang on, let go at the end."""
    let_go = threading.Event()
    yield let_go
    let_go.set()


def client(health: api.Health) -> TestClient:
    return TestClient(api.build(health=health, slack=None, routers=[]), raise_server_exceptions=False)


def asked(*questions: readiness.Question) -> tuple[int, str]:
    answer = client(api.Health(Readiness(questions), version="1")).get("/readyz")
    return answer.status_code, answer.json()["why"]


# ------------------------------------------------------------------------------------------------------------- /readyz


def test_it_is_ready_when_nothing_is_in_the_way() -> None:
    worker = readiness.why_no_worker(EngineDouble(), timedelta(seconds=25))
    questions = [readiness.why_stopping(lambda: False), worker, readiness.why_no_clock(lambda: True)]

    assert asked(*questions, readiness.why_no_database(lambda: False)) == (200, "all is well")


@pytest.mark.parametrize(
    ("question", "why"),
    [
        (readiness.why_stopping(lambda: True), "it is stopping"),
        (readiness.why_no_worker(EngineDouble(is_launched=False), timedelta(25)), "the engine is not launched"),
        (readiness.why_no_worker(EngineDouble(age=26), timedelta(seconds=25)), "the lease has run out"),
        (readiness.why_no_clock(lambda: False), "the clock does not run"),
        (readiness.why_no_socket(SocketDouble(float("inf"))), "no socket to Slack is open"),
        (readiness.why_no_socket(SocketDouble(31)), "no socket to Slack is open"),
        (readiness.why_no_database(lambda: True), "the database is not migrated: run `cabbie migrate`"),
        (readiness.why_no_database(lambda: 1 / 0 > 1), "the database does not answer: ZeroDivisionError"),
    ],
)
def test_it_is_not_ready_and_says_why(question: readiness.Question, why: str) -> None:
    assert asked(question) == (503, why)


def test_a_socket_that_is_opened_anew_has_a_moment() -> None:
    assert asked(readiness.why_no_socket(SocketDouble(29))) == (200, "all is well")


def test_a_database_that_hangs_is_no_reason_to_hang() -> None:
    with hanging() as let_go:
        question = readiness.why_no_database(Bounded(lambda: let_go.wait(60), within=SHORT))

        first, second = asked(question), asked(question)

    assert first == second == (503, "the database does not answer: TimeoutError")


def test_it_answers_when_every_thread_of_the_other_requests_hangs() -> None:
    app = api.build(health=api.Health(Readiness(()), version="1"), slack=None, routers=[])
    begun = threading.Semaphore(0)

    with ThreadPoolExecutor(61) as people, hanging() as let_go, TestClient(app) as one:

        @app.get("/hangs")
        def hang() -> None:
            begun.release()
            let_go.wait()

        others = [people.submit(one.get, "/hangs") for _ in range(60)]
        for _ in range(40):  # as many threads as Starlette has
            assert begun.acquire(timeout=30)

        paths = ("/healthz", "/readyz", "/metrics", "/version")
        try:
            answers = people.submit(lambda: [one.get(path).status_code for path in paths]).result(timeout=30)
        finally:
            let_go.set()
        wait(others, timeout=30)

    assert answers == [200] * 4


def test_a_database_is_behind_when_this_code_needs_more_and_not_when_the_next_release_has_migrated(
    migrated: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "cabbie.db"
    copy.write_bytes(migrated.read_bytes())
    database = connect(f"sqlite:///{copy}")

    def with_revision(revision: str) -> bool:
        with database.begin() as connection:
            connection.exec_driver_sql("UPDATE cabbie_migrations SET version_num = ?", (revision,))
        return is_behind(database)

    newest, before, *_ = known_revisions()
    assert [with_revision(at) for at in (newest, before, "20990101_of_the_next_release")] == [False, True, False]
    assert is_behind(connect(f"sqlite:///{tmp_path}/empty.db"))


# ------------------------------------------------------------------------------------------------------------- bounded


def test_while_one_question_hangs_no_second_one_is_asked() -> None:
    asked: list[int] = []
    with hanging() as let_go:

        def ask() -> int:
            asked.append(1)
            let_go.wait(60)
            return 7

        question = Bounded(ask, within=SHORT)
        for _ in range(3):
            with pytest.raises(TimeoutError):
                question()
        assert len(asked) == 1

    patient = Bounded(ask, within=timedelta(seconds=30))
    assert patient() == patient() == 7
    assert len(asked) == 3


# ------------------------------------------------------------------------------------------------------------ /metrics


def figures(standing: Standing | None, **more: object) -> str:
    def look() -> Standing:
        if standing is None:
            raise TimeoutError
        return standing

    sources = Sources(role="all", version="1.2", is_ready=lambda: (True, ""), standing=look, **more)  # type: ignore[arg-type]
    answer = client(api.Health(lambda: (True, ""), "1.2", Figures(sources).page)).get("/metrics")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/plain; version=")
    return answer.text


def test_changes_are_told_by_what_is_done_and_for_how_long() -> None:
    page = figures({(Progress.WAITING, "under_1h"): 2, (Progress.STUCK, "over_1d"): 1, (Progress.STUCK, "under_4h"): 3})

    assert 'cabbie_changes_waiting{age="under_1h",progress="waiting for approval"} 2.0' in page
    assert 'cabbie_changes_waiting{age="over_1d",progress="opening"} 0.0' in page
    assert "\ncabbie_changes_stuck 4.0" in page and "\ncabbie_changes_stopped 0.0" in page
    assert "\ncabbie_database_up 1.0" in page and "\ncabbie_ready 1.0" in page
    assert 'cabbie_build_info{role="all",version="1.2"} 1.0' in page


def test_without_the_database_the_other_figures_are_told() -> None:
    page = figures(None, lease_age=lambda: 12.5)

    assert "\ncabbie_database_up 0.0" in page and "\ncabbie_lease_age_seconds 12.5" in page
    assert "cabbie_changes" not in page


def test_sockets_are_told_beside_what_slack_counted() -> None:
    page = figures({}, sockets=lambda: Sockets(is_open=True, counted=3))

    assert "\ncabbie_slack_sockets_open 1.0" in page and "\ncabbie_slack_sockets_counted 3.0" in page


def test_what_a_process_does_not_have_it_does_not_tell() -> None:
    page = figures({})

    assert "cabbie_slack_sockets" not in page and "cabbie_lease_age" not in page


def test_openmetrics_is_spoken_to_who_asks_for_it() -> None:
    sources = Sources(role="all", version="1", is_ready=lambda: (True, ""), standing=dict)

    text, kind = Figures(sources).page("application/openmetrics-text; version=1.0.0")

    assert kind.startswith("application/openmetrics-text") and text.endswith(b"# EOF\n")
