"""The figures: what is counted, under which words, and that nothing of the world becomes a label."""

from datetime import timedelta

import pytest
from prometheus_client import REGISTRY, generate_latest

from bot import metrics
from bot.change.announcement import Announcement
from bot.change.model import State
from bot.ports import BadCredentials, Declined, Failure, LinkEnded, NotThere, Outage, Unknown
from bot.story import MOVES
from bot.story.attempt import Ended
from bot.story.errands import run_errand
from tests.builders import ADA, GRACE, LINUS
from tests.story.conftest import ledger_file, migrated, world  # fixtures
from tests.story.world import World

__all__ = ["ledger_file", "migrated", "world"]


class Counts:
    """What was added to the figures since it was made; they live as long as the process."""

    def __init__(self) -> None:
        self._before = self._now()

    def of(self, name: str, **labels: str) -> float:
        key = (name, tuple(sorted(labels.items())))
        return self._now().get(key, 0.0) - self._before.get(key, 0.0)

    @staticmethod
    def _now() -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
        samples = (sample for family in REGISTRY.collect() for sample in family.samples)
        return {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for sample in samples}


class System:
    """Answers, or fails as it is told."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.host = "acme.example"

    def read(self, key: str, *, twice: bool = False) -> str:
        if self.failure:
            raise self.failure
        return key * (2 if twice else 1)

    def page(self, key: str) -> str:
        return f"https://acme.example/{key}"


def test_a_measured_port_is_the_same_port_and_its_calls_are_timed() -> None:
    counts, system = Counts(), metrics.measured(System(), "A")

    assert (system.read("x", twice=True), system.host) == ("xx", "acme.example")
    assert system.page("x").endswith("/x")
    assert counts.of("cabbie_call_duration_seconds_count", system="A", call="read") == 1
    assert counts.of("cabbie_call_duration_seconds_count", system="A", call="page") == 0, "nobody was asked"


@pytest.mark.parametrize(
    ("failure", "remedy"),
    [
        (Outage("Jira", "503", "7"), "outage"),
        (Unknown("Jira", "lost"), "unknown"),
        (BadCredentials("Jira", "no"), "bad_credentials"),
        (LinkEnded("ServiceNow", "no"), "link_ended"),
        (NotThere("Jira", "gone"), "not_there"),
        (Declined("Jira", "no"), "declined"),
        (KeyError("x"), "unsorted"),
    ],
)
def test_a_failed_call_is_counted_by_its_remedy_and_still_raised(failure: Exception, remedy: str) -> None:
    counts, system = Counts(), metrics.measured(System(failure), "B")

    with pytest.raises(type(failure)):
        system.read("x")

    assert counts.of("cabbie_call_failures_total", system="B", remedy=remedy) == 1
    assert counts.of("cabbie_call_duration_seconds_count", system="B", call="read") == 1


def test_every_remedy_has_a_word() -> None:
    assert set(metrics.REMEDIES) == set(Failure.__subclasses__())


def test_figures_that_alarms_watch_begin_at_zero() -> None:
    metrics.measured(System(), "C")

    assert 'cabbie_call_failures_total{remedy="bad_credentials",system="C"} 0.0' in generate_latest().decode()


def test_what_is_heard_is_counted_by_kind_door_and_answer(world: World) -> None:
    counts = Counts()

    world.asks()
    world.hear(LINUS, Announcement("paymnts", "1"))

    heard = {"kind": "announcement", "door": "http"}
    assert counts.of("cabbie_heard_total", **heard, answer="taken") == 1
    assert counts.of("cabbie_heard_total", **heard, answer="refused") == 1
    assert counts.of("cabbie_heard_total", **heard, answer="repeated") == 0


def test_what_could_not_be_written_down_is_counted_too(world: World) -> None:
    counts = Counts()
    world.ledger.database.dispose()
    with world.ledger.begin() as tx:
        tx.session.connection().exec_driver_sql("DROP TABLE cabbie_heard")

    with pytest.raises(Exception, match="cabbie_heard"):
        world.hear(LINUS, Announcement("payments", "2.4.1"))

    assert counts.of("cabbie_heard_total", kind="announcement", door="http", answer="failed") == 1


def test_each_move_is_counted_by_its_outcome_and_a_retry_as_such(world: World) -> None:
    counts = Counts()
    world.servicenow.faults.refuse("create", Outage("ServiceNow", "503"))

    change = world.asks()

    assert change.state is State.ASSESS
    assert counts.of("cabbie_moves_total", move="open", outcome="failed") == 1
    assert counts.of("cabbie_moves_total", move="open", outcome="made") == 1
    assert counts.of("cabbie_retries_total", move="open") == 1
    assert counts.of("cabbie_move_duration_seconds_count", move="open") == 2
    assert counts.of("cabbie_retries_total", move="listen") == 0


def test_an_errand_is_counted_by_its_outcome() -> None:
    counts = Counts()

    run_errand(lambda: None, "digest")
    run_errand(lambda: _raise(Outage("Slack", "503")), "digest")
    run_errand(lambda: _raise(NotThere("Slack", "no channel")), "digest")
    run_errand(lambda: _raise(ZeroDivisionError()), "digest")

    assert [
        counts.of("cabbie_errands_total", errand="digest", outcome=how)
        for how in ("made", "failed", "refused", "broke")
    ] == [1, 1, 1, 1]


def test_no_label_holds_anything_of_the_world(world: World) -> None:
    change = world.asks()
    world.approves(ADA, change.number)
    world.approves(GRACE, change.number)
    world.wait(timedelta(minutes=1))

    page = generate_latest().decode().lower()

    secrets = (
        change.number,
        change.id,
        "payments",
        "2.4.1",
        ADA.name,
        ADA.slack_id,
        ADA.email,
        "PAY-101",
        "C0PAYMENTS",
    )
    assert [word for word in secrets if word.lower() in page] == []


def test_labels_are_words_of_the_program(world: World) -> None:
    world.asks()

    moves = {s.labels["move"] for s in metrics.MOVES.collect()[0].samples}
    outcomes = {s.labels["outcome"] for s in metrics.MOVES.collect()[0].samples}

    assert moves <= {move.name for move in MOVES}
    assert outcomes <= set(Ended)


def _raise(error: Exception) -> None:
    raise error
