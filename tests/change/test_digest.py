"""What stands in a digest, and on which day and at which time it is due."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.change.digest import Facts, facts_of, is_due, last_told
from bot.change.model import Change, Finding, Outcome, Progress, State, Verdict, Window
from bot.change.policy import Digest, Policy, Service
from tests.builders import GRACE, NOW, at_authorize, change, cleared, decision, plan, release, scheduled

EVERYBODY = Digest(channel="C0CHANGES", time_zone="Europe/Berlin")
BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)


def service(name: str, item: str) -> Service:
    return Service(name, "C0", f"{name}.git", item, f"{name} team", ("PAY",))


POLICY = Policy(
    services=(
        service("payments", "Payments API"),
        service("checkout", "Checkout Web"),
        service("search", "Shared"),
        service("index", "Shared"),
    ),
    team="T0ACME",
)


def digest_of(*changes: Change, audience: Digest = EVERYBODY, findings: tuple[Finding, ...] = ()) -> Facts:
    return facts_of(audience, POLICY, changes, findings, since=NOW - 24 * HOUR, now=NOW + HOUR)


def numbered(of: Change, number: int, **facts: object) -> Change:
    name = f"CHG{number:07d}"
    return replace(of, id=f"change-{number}", number=name, sys_id=f"{number:032x}", **facts)  # type: ignore[arg-type]


def ended(outcome: Outcome, **facts: object) -> Change:
    known = {"state": State.CANCELED, "progress": Progress.DONE, "outcome": outcome, "finished_at": NOW}
    return change(**(known | facts))


def finding(kind: str, **facts: object) -> Finding:
    known = {"id": f"f-{kind}", "kind": kind, "sentence": f"{kind}, and why", "at": NOW, "service": "payments"}
    return Finding(**(known | facts))  # type: ignore[arg-type]


# --------------------------------------------------------------------------------------------------------------- counts


def test_each_number_comes_with_the_query_that_confirms_it() -> None:
    facts = digest_of(
        numbered(change(), 1),
        numbered(at_authorize(), 2, on_hold=True),
        numbered(scheduled(), 3),
        numbered(cleared(), 4),
        numbered(ended(Outcome.FAILED, state=State.REVIEW), 5),
    )

    assert [(count.what, count.number, count.query) for count in facts.counts] == [
        ("waiting for approval", 2, "correlation_idSTARTSWITHcabbie-^stateIN-4,-3"),
        ("scheduled", 1, "correlation_idSTARTSWITHcabbie-^state=-2"),
        ("in implement", 1, "correlation_idSTARTSWITHcabbie-^state=-1"),
        ("in review", 1, "correlation_idSTARTSWITHcabbie-^state=0"),
    ]


def test_a_change_that_servicenow_does_not_hold_yet_is_in_no_number() -> None:
    facts = digest_of(change(number="", sys_id="", state=None, progress=Progress.OPENING))

    assert [count.number for count in facts.counts] == [0, 0, 0, 0]


def test_an_audience_of_some_services_has_queries_for_their_items_alone() -> None:
    audience = replace(EVERYBODY, services=("payments", "checkout"))

    facts = digest_of(numbered(change(), 1), numbered(change(service="search"), 2), audience=audience)

    assert facts.counts[0].number == 1
    assert facts.counts[0].query.endswith("^stateIN-4,-3^cmdb_ci.name=Checkout Web^ORcmdb_ci.name=Payments API")


def test_a_number_that_no_query_can_confirm_has_none() -> None:
    facts = digest_of(change(service="search"), audience=replace(EVERYBODY, services=("search",)))

    assert (facts.counts[0].number, facts.counts[0].query) == (1, "")


# ---------------------------------------------------------------------------------------------------------------- waits


def test_who_waits_longest_comes_first_with_the_groups_that_are_asked() -> None:
    older = numbered(at_authorize(), 1, requested_at=NOW - 5 * HOUR)
    newer = numbered(change(), 2)

    facts = digest_of(newer, older)

    assert [(w.number, w.for_whom) for w in facts.waits] == [
        ("CHG0000001", ("CAB Approval",)),
        ("CHG0000002", ("Payments Engineering",)),
    ]
    assert facts.as_of - facts.waits[0].since == 6 * HOUR


def test_a_change_that_ended_or_is_an_alias_waits_for_nobody() -> None:
    facts = digest_of(change(outcome=Outcome.EXPIRED), change(alias_of="CHG0000001"))

    assert facts.waits == ()


def test_next_are_windows_to_come_and_what_is_cleared_in_their_order() -> None:
    later = Window(NOW + 5 * HOUR, NOW + 9 * HOUR)
    facts = digest_of(
        numbered(scheduled(plan=plan(window=later)), 1),
        numbered(cleared(), 2),
        numbered(cleared(started_at=NOW), 3),
    )

    assert [(one.number, one.standing) for one in facts.planned] == [
        ("CHG0000002", "cleared"),
        ("CHG0000003", "deploying"),
        ("CHG0000001", "scheduled"),
    ]
    assert facts.planned[0].window.start.tzinfo == BERLIN


# ----------------------------------------------------------------------------------------------------------- went wrong


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.ROLLED_BACK, Outcome.REJECTED, Outcome.EXPIRED])
def test_a_bad_end_is_told(outcome: Outcome) -> None:
    facts = digest_of(ended(outcome, outcome_why="nobody decided in time"))

    assert [(wrong.how, wrong.number) for wrong in facts.wrong] == [(str(outcome), "CHG0030042")]


@pytest.mark.parametrize("outcome", [Outcome.SUCCEEDED, Outcome.CANCELED])
def test_an_ordinary_end_is_not(outcome: Outcome) -> None:
    assert digest_of(ended(outcome)).wrong == ()


def test_what_was_told_last_time_is_not_told_again() -> None:
    before = NOW - 24 * HOUR

    facts = digest_of(
        ended(Outcome.FAILED, finished_at=before - HOUR), numbered(ended(Outcome.FAILED), 2, finished_at=before)
    )

    assert [wrong.number for wrong in facts.wrong] == ["CHG0000002"]


def test_a_rejection_says_who_and_why() -> None:
    no = decision(GRACE, Verdict.REJECTED, State.AUTHORIZE, reason="not before the sale")

    facts = digest_of(ended(Outcome.REJECTED, decisions=(no,)))

    assert facts.wrong[0].why == "by Grace Hopper: not before the sale"


@pytest.mark.parametrize("progress", [Progress.STOPPED, Progress.STUCK])
def test_what_waits_for_a_person_to_mend_it_is_told_every_time(progress: Progress) -> None:
    old = change(progress=progress, stopped_because="nobody is left", requested_at=NOW - 240 * HOUR, number="")

    facts = digest_of(old)

    assert [(wrong.how, wrong.why) for wrong in facts.wrong] == [(str(progress), "nobody is left")]


@pytest.mark.parametrize("kind", ["deployed without a change", "deployed without clearance", "own approval"])
def test_a_finding_is_told_first(kind: str) -> None:
    facts = digest_of(numbered(ended(Outcome.FAILED), 7), findings=(finding(kind, change_id="change-7"),))

    assert [(wrong.how, wrong.number) for wrong in facts.wrong] == [(kind, "CHG0000007"), ("failed", "CHG0000007")]


def test_a_finding_that_says_no_more_than_its_change_is_not_told_beside_it() -> None:
    facts = digest_of(numbered(ended(Outcome.FAILED), 7), findings=(finding("went wrong", change_id="change-7"),))

    assert [wrong.how for wrong in facts.wrong] == ["failed"]


def test_findings_of_other_services_and_other_days_are_not_told() -> None:
    old = finding("own approval", at=NOW - 25 * HOUR)
    theirs = finding("own approval", service="search")

    assert digest_of(audience=replace(EVERYBODY, services=("payments",)), findings=(old, theirs)).wrong == ()


def test_commits_without_a_story_are_summed_and_told_per_change() -> None:
    facts = digest_of(
        numbered(change(), 1, release=release(commits_without_story_count=3)),
        numbered(change(), 2, release=release(commits_without_story_count=0)),
        numbered(ended(Outcome.SUCCEEDED), 3, release=release(commits_without_story_count=4)),
        numbered(ended(Outcome.SUCCEEDED), 4, finished_at=NOW - 48 * HOUR),
    )

    assert facts.commits_without_story == 7
    assert [(one.number, one.commits) for one in facts.orphans] == [("CHG0000001", 3), ("CHG0000003", 4)]


def test_nothing_at_all_is_quiet() -> None:
    assert digest_of().is_quiet
    assert not digest_of(change()).is_quiet
    assert not digest_of(findings=(finding("own approval"),)).is_quiet
    assert digest_of().as_of == datetime(2026, 3, 2, 16, 0, tzinfo=BERLIN)


# ----------------------------------------------------------------------------------------------------------------- when


def local(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=BERLIN, fold=fold).astimezone(UTC)  # type: ignore[arg-type, misc]


def test_it_is_due_from_its_time_on_for_four_hours() -> None:
    monday = date(2026, 3, 2)

    assert is_due(EVERYBODY, local(2026, 3, 2, 8, 59, 59)) is None
    assert is_due(EVERYBODY, local(2026, 3, 2, 9, 0)) == monday
    assert is_due(EVERYBODY, local(2026, 3, 2, 13, 0)) == monday
    assert is_due(EVERYBODY, local(2026, 3, 2, 13, 0, 1)) is None


def test_only_working_days_count_in_the_audience_s_own_zone() -> None:
    assert is_due(EVERYBODY, local(2026, 3, 1, 9, 0)) is None
    auckland = replace(EVERYBODY, time_zone="Pacific/Auckland")
    assert is_due(auckland, datetime(2026, 3, 1, 20, 30, tzinfo=UTC)) == date(2026, 3, 2)
    assert is_due(auckland, datetime(2026, 3, 6, 20, 30, tzinfo=UTC)) is None


def test_a_late_one_is_caught_up_after_midnight_under_its_own_day() -> None:
    late = replace(EVERYBODY, at=time(23, 0))

    assert is_due(late, local(2026, 3, 7, 1, 0)) == date(2026, 3, 6)
    assert is_due(late, local(2026, 3, 7, 23, 30)) is None
    assert is_due(late, local(2026, 3, 9, 1, 0)) is None


EVERY_DAY = replace(EVERYBODY, at=time(2, 30), working_days=("mon", "tue", "wed", "thu", "fri", "sat", "sun"))


def ticks(day: date) -> dict[date, list[datetime]]:
    """Slot → the local times at which it was due, looked at every ten minutes of that day."""
    start = datetime.combine(day, time(0), tzinfo=BERLIN).astimezone(UTC)
    found: dict[date, list[datetime]] = {}
    for minutes in range(0, 25 * 60, 10):
        now = start + timedelta(minutes=minutes)
        if slot := is_due(EVERY_DAY, now):
            found.setdefault(slot, []).append(now.astimezone(BERLIN))
    return found


def test_a_time_that_comes_twice_in_autumn_is_one_slot_and_counts_the_first_time() -> None:
    (slot,) = (found := ticks(date(2026, 10, 25)))

    first = found[slot][0]
    assert (slot, first.hour, first.minute, first.fold) == (date(2026, 10, 25), 2, 30, 0)
    assert found[slot][-1] - first == 4 * HOUR - HOUR  # by the wall: one of the four hours came twice


def test_a_time_that_is_missing_in_spring_counts_right_after_the_gap() -> None:
    (slot,) = (found := ticks(date(2026, 3, 29)))

    first = found[slot][0]
    assert (slot, first.hour, first.minute) == (date(2026, 3, 29), 3, 30)


def test_an_unusual_clock_change_has_one_slot_a_day() -> None:
    """Lord Howe shifts by half an hour; Santiago skips midnight."""
    for zone, day in (("Australia/Lord_Howe", date(2026, 4, 5)), ("America/Santiago", date(2026, 9, 6))):
        for at in (time(0, 15), time(1, 45), time(2, 15)):
            audience = replace(EVERY_DAY, time_zone=zone, at=at)
            start = datetime.combine(day, time(12), tzinfo=UTC) - timedelta(days=2)
            due = [is_due(audience, start + timedelta(minutes=15 * n)) for n in range(4 * 24 * 4)]
            assert {day - timedelta(days=1), day, day + timedelta(days=1)} <= set(due)


def test_who_was_never_told_is_told_from_the_day_that_is_over() -> None:
    assert last_told(EVERYBODY, local(2026, 3, 2, 9, 0, 5)) == local(2026, 2, 27, 9, 0)
    assert last_told(EVERYBODY, local(2026, 3, 2, 16, 0)) == local(2026, 3, 2, 9, 0)
    never = replace(EVERYBODY, working_days=())
    assert last_told(never, NOW) == NOW - timedelta(days=1)
