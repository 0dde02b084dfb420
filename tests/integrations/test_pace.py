"""A system is called as often as it lets us, in order, and left alone while it wants a pause."""

import pytest

from bot.ports import NotOurTurn
from integrations.jira.paced import limits_of as jira_limits
from integrations.pace import MANY, Limit, Pace
from integrations.slack.paced import limits_of as slack_limits


class Watch:
    """A clock that goes on when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


def paced(watch: Watch, patience: float = 5.0) -> Pace:
    return Pace("Slack", patience=patience, clock=watch, sleep=watch.sleep)


def times(pace: Pace, watch: Watch, wanted: dict[str, tuple[Limit, ...]], calls: int) -> list[float]:
    """When each of so many calls was let go, since the first."""
    started, found = watch.now, []
    for _ in range(calls):
        pace.turn(wanted)
        found.append(watch.now - started)
    return found


def told_to_wait(pace: Pace, wanted: dict[str, tuple[Limit, ...]]) -> float:
    """Seconds after which whoever was sent away is to come again."""
    with pytest.raises(NotOurTurn) as early:
        pace.turn(wanted)
    assert early.value.retry_after is not None
    return early.value.retry_after.total_seconds()


def test_a_short_burst_goes_at_once_and_the_rest_at_the_pace(watch: Watch) -> None:
    assert times(paced(watch), watch, {"a": (Limit(3, 3.0),)}, 8) == [0, 0, 0, 3, 3, 3, 6, 6]


def test_every_limit_of_every_name_is_kept(watch: Watch) -> None:
    both = {"a": (Limit(2, 1.0), Limit(3, 4.0)), "b": (Limit(1, 2.0),)}

    assert times(paced(watch), watch, both, 5) == [0, 2, 4, 6, 8]


def test_other_names_go_ahead(watch: Watch) -> None:
    pace = paced(watch)
    pace.turn({"a": (Limit(1, 4.0),)})

    assert times(pace, watch, {"b": (Limit(1, 4.0),)}, 1) == [0]


def test_who_would_wait_too_long_is_sent_away_and_takes_nobodys_turn(watch: Watch) -> None:
    pace, once = paced(watch, patience=5), {"a": (Limit(1, 10.0),)}
    pace.turn(once)

    told = [told_to_wait(pace, once) for _ in range(3)]
    watch.now += 10

    assert told == [10, 20, 30]  # not all at one moment
    assert times(pace, watch, once, 1) == [0]
    assert told_to_wait(pace, once) == 30  # after those who wait already


@pytest.mark.parametrize(("asked", "waited"), [(4.0, 4.0), (0.5, 0.5)])
def test_a_pause_that_was_asked_for_is_kept(watch: Watch, asked: float, waited: float) -> None:
    pace = paced(watch)
    pace.hold(["a"], asked)

    assert times(pace, watch, {"a": ()}, 1) == [waited]


def test_a_long_pause_leaves_the_thread(watch: Watch) -> None:
    pace = paced(watch)
    pace.hold(["a"], 1847)

    assert told_to_wait(pace, {"a": (), "b": ()}) == 1847


def test_who_has_a_turn_already_keeps_a_pause_that_comes_meanwhile(watch: Watch) -> None:
    def sleep(seconds: float) -> None:
        if watch.now == 1000.0:
            pace.hold(["a"], 4.0)
        watch.sleep(seconds)

    pace = Pace("Slack", patience=5.0, clock=watch, sleep=sleep)
    pace.turn({"a": (Limit(1, 2.0),)})
    pace.turn({"a": (Limit(1, 2.0),)})

    assert watch.now == 1004.0


def test_names_nobody_waits_for_are_let_go(watch: Watch) -> None:
    pace = paced(watch)
    for number in range(MANY):
        pace.turn({f"PAY-{number}": (Limit(1, 2.0),)})
    watch.now += 3601
    pace.hold(["kept"], 60)

    pace.turn({"OPS-1": (Limit(1, 2.0),)})

    assert len(pace._past) == 2


def test_what_each_call_counts_under() -> None:
    post = slack_limits("chat.postMessage", {"json": {"channel": "C1"}})
    link = jira_limits("POST", "https://x.example/rest/api/2/issue/ops-7/remotelink?a=PAY-1")
    comment = jira_limits("PUT", "https://x.example/rest/api/2/issue/OPS-7/comment/10001")
    read = jira_limits("GET", "https://x.example/rest/api/2/issue/PAY-101")

    assert (list(post), slack_limits("views.open", {})) == (["chat.postMessage", "chat.postMessage C1"], {})
    assert list(link) == ["POST /rest/api/2/issue/{key}/remotelink", "writing OPS-7"]
    assert list(comment) == ["PUT /rest/api/2/issue/{key}/comment/{id}", "writing OPS-7"]
    assert list(read) == ["GET /rest/api/2/issue/{key}"]


@pytest.mark.parametrize(("factor", "calls"), [(1.0, [0, 0, 4]), (1.5, [0, 0, 0]), (0.1, [0, 4, 8]), (0, [0, 0, 0])])
def test_who_is_let_call_more_often_says_so(watch: Watch, factor: float, calls: list[float]) -> None:
    pace = Pace("Slack", patience=9.0, times=factor, clock=watch, sleep=watch.sleep)

    assert times(pace, watch, {"a": (Limit(2, 4.0),)}, 3) == calls


def test_without_limits_of_ours_its_pauses_are_kept(watch: Watch) -> None:
    pace = Pace("Slack", patience=9.0, times=0, clock=watch, sleep=watch.sleep)
    pace.hold(["a"], 4.0)

    assert times(pace, watch, {"a": (Limit(2, 4.0),)}, 1) == [4.0]
