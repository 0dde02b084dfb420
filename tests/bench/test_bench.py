"""What the bench rests on, without its times: the plain script ends where Cabbie does, and calls do not grow."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench import calls, road
from tests.bench.diary import Span, critical_seconds, rounds

FEW, MANY = 1, 10
AT_MOST = 3
"""Tellings, where the first leave a doubt."""
LATENCY = 0.1
"""Seconds: calls made side by side overlap, on a busy machine too."""


def test_a_round_is_a_call_that_came_after_the_answer_of_another():
    first, beside, second = _span(0.0, 1.0), _span(0.5, 2.5), _span(1.0, 2.0)
    third, later = _span(2.6, 3.0), _span(3.1, 4.0)
    spans = [first, beside, second, third, later]

    assert [rounds(spans, one) for one in spans] == [1, 1, 2, 3, 4]
    assert critical_seconds(spans, third) == pytest.approx(2.4)


def _span(began: float, ended: float) -> Span:
    return Span("jira", "GET /", began, ended, is_effect=False)


@pytest.mark.usefixtures("asked_for")
def test_the_script_ends_where_cabbie_does_and_neither_rounds_nor_calls_grow_with_the_stories(tmp_path: Path):
    with road.pair(tmp_path, releases=AT_MOST + 1) as both:
        for stories in (FEW, MANY):
            version = both.next_version(stories)
            road.cabbies(both.place, stories, version)
            road.scripts(both, stories, version)
        both.check_equal()

        both.slow_down(LATENCY)
        few, many = _told(both, FEW), _told(both, MANY)
        for _ in range(AT_MOST - 1):
            if few.rounds != many.rounds:
                few, many = _least(few, _told(both, FEW)), _least(many, _told(both, MANY))

    assert few.rounds == many.rounds
    assert not calls.differences(few.calls, many.calls)
    assert calls.slope(few.calls, many.calls, MANY - FEW) == (1.0, 1.0)  # each link written, and read back


def _told(both: road.Pair, stories: int) -> road.Trip:
    return road.cabbies(both.place, stories, both.next_version(stories))


def _least(one: road.Trip, other: road.Trip) -> road.Trip:
    """A chain is never counted too short; and who somebody is in Slack is remembered for a minute only."""
    return replace(one, rounds=min(one.rounds, other.rounds), calls=one.calls & other.calls)
