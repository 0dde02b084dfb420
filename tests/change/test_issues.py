"""Which stories the commits of a release deliver, and which they take back."""

import time
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.change.issues import FALSE_FRIENDS, deliveries
from bot.change.model import Commit

PROJECTS = ("PAY", "OPS", "OLD", "MY_PROJ", "R2D2")
_numbers = count(1)


def commit(subject: str, body: str = "", sha: str = "") -> Commit:
    return Commit(sha or f"{next(_numbers):040x}", subject, body)


def keys_of(subject: str, body: str = "", deny: tuple[str, ...] = ()) -> tuple[str, ...]:
    return deliveries([commit(subject, body)], PROJECTS, deny).keys


def revert_of(one: Commit, body: str = "") -> Commit:
    return commit(f'Revert "{one.subject}"', f"This reverts commit {one.sha}.{body}")


# ---------------------------------------------------------------------------------------------------------------- keys


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("PAY-101: retry card payments once", ("PAY-101",)),
        ("Show decline reason (PAY-102)", ("PAY-102",)),
        ("[PAY-1][OPS-2] both, PAY-1 again", ("PAY-1", "OPS-2")),
        ("PAY-1/PAY-2,PAY-3;PAY-4.", ("PAY-1", "PAY-2", "PAY-3", "PAY-4")),
        ("PAY-12 #comment works #time 1h 30m #close", ("PAY-12",)),
        ("see https://acme.atlassian.net/browse/OPS-7?focus=1", ("OPS-7",)),
        ("MY_PROJ-7 keeps its project whole", ("MY_PROJ-7",)),
        ("R2D2-5", ("R2D2-5",)),
        ("修复PAY-12问题", ("PAY-12",)),
        ("--PAY-12 after a dash", ("PAY-12",)),
    ],
)
def test_a_key_is_found_where_people_write_it(subject: str, expected: tuple[str, ...]) -> None:
    assert keys_of(subject) == expected


@pytest.mark.parametrize(
    "subject",
    [
        "speaks UTF-8, SHA-256, ISO-8601, TLS-1.3 and RFC-2616",
        "CVE-2024-1234 and PAY-2024-1234",
        "PAY-012 PAY-0 PAY- PAY",
        "pay-12 in lower case is prose",
        "PAY-12.5 is a version, XPAY-12 and PAY-12x are words, NON-PAY-12 is a word too",
        "ÄPAY-1, PAY-1ß",
        "PAY-12345678901 is no number of an issue",
        "PAY–12 with a dash that is no hyphen",
        "PAY-١٢ in other digits",
        "NOPE-1 is of another team",
    ],
)
def test_what_only_looks_like_a_key_is_none(subject: str) -> None:
    assert keys_of(subject) == ()


def test_bodies_and_trailers_count() -> None:
    assert keys_of("Tidy", "As asked in PAY-3.\n\nJira: OPS-7\nRefs: PAY-9, PAY-3") == ("PAY-3", "OPS-7", "PAY-9")


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Merge branch 'feature/pay-12-x'", ("PAY-12",)),
        ("Merge branch 'fix/ops-7_pay-3' into 'main'", ("OPS-7", "PAY-3")),
        ("Merge branches 'pay-1' and 'ops-2' into main", ("PAY-1", "OPS-2")),
        ("Merge remote-tracking branch 'origin/my_proj-7'", ("MY_PROJ-7",)),
        ("Merge pull request #18 from acme/bugfix/OPS-7-pool", ("OPS-7",)),
        ("Merge pull request #19 from pay-9/fix_pay-12-2fa", ("PAY-12",)),
        ("Merged in pay-12-refunds (pull request #5)", ("PAY-12",)),
        ("Merge branch 'main' into feature/pay-12", ()),
        ("Merge branch 'utf-8-names'", ()),
        ("Merge branch 'release-2'", ()),
    ],
)
def test_merged_branches_name_their_story(subject: str, expected: tuple[str, ...]) -> None:
    assert keys_of(subject) == expected


def test_bitbucket_server_names_the_branch_below_the_title() -> None:
    assert keys_of("Pull request #12: Refunds", "Merge in ACME/api from pay-12-x to master") == ("PAY-12",)


def test_without_projects_every_key_counts_but_false_friends_and_branches_do_not() -> None:
    log = [commit("NEW-1 in UTF-8, CVE-2024 and HTTP-2"), commit("Merge branch 'new-2'")]

    assert deliveries(log, ()).keys == ("NEW-1",)


def test_a_denied_word_or_key_is_none_even_of_a_known_project() -> None:
    assert keys_of("PAY-1, OPS-7, OPS-2026", deny=("pay", "OPS-2026")) == ("OPS-7",)


def test_a_project_may_be_called_like_a_false_friend() -> None:
    assert deliveries([commit("PR-5 and UTF-8")], ("PR",)).keys == ("PR-5",)


def test_stories_come_in_the_order_in_which_the_work_named_them() -> None:
    newest_first = [commit("PAY-3, PAY-1"), commit("PAY-2"), commit("PAY-1")]

    assert deliveries(newest_first, PROJECTS).keys == ("PAY-1", "PAY-2", "PAY-3")


# ------------------------------------------------------------------------------------------------------------- reverts


def test_a_revert_takes_the_story_away() -> None:
    tried = commit("Try a second acquirer for PAY-104")

    found = deliveries([revert_of(tried), tried], PROJECTS)

    assert found.keys == ()
    assert found.reverted_keys == ("PAY-104",)
    assert found.commits_without_story == ()


def test_another_live_commit_keeps_the_story_delivered() -> None:
    tried = commit("PAY-104 second try")

    found = deliveries([revert_of(tried), tried, commit("PAY-104 first part")], PROJECTS)

    assert found.keys == ("PAY-104",)
    assert found.reverted_keys == ()


@pytest.mark.parametrize("depth", [2, 3, 4, 5])
def test_reverts_of_reverts_go_back_and_forth(depth: int) -> None:
    log = [commit("PAY-1: retry")]
    for _ in range(depth):
        log.insert(0, revert_of(log[0]))

    assert deliveries(log, PROJECTS).keys == (("PAY-1",) if depth % 2 == 0 else ())
    assert deliveries(log, PROJECTS).reverted_keys == (() if depth % 2 == 0 else ("PAY-1",))


def test_git_says_reapply_for_the_revert_of_a_revert() -> None:
    work = commit("PAY-1: retry")
    away = revert_of(work)
    again = commit('Reapply "PAY-1: retry"', f"This reverts commit {away.sha}.")

    assert deliveries([again, away, work], PROJECTS).keys == ("PAY-1",)


def test_a_revert_of_older_work_names_its_story_as_reverted() -> None:
    found = deliveries([revert_of(commit("PAY-7: refunds"))], PROJECTS)

    assert (found.keys, found.reverted_keys) == ((), ("PAY-7",))


def test_bringing_older_work_back_delivers_its_story() -> None:
    again = revert_of(revert_of(commit("PAY-7: refunds")))

    assert deliveries([again], PROJECTS).keys == ("PAY-7",)


def test_taking_an_older_revert_away_and_back_comes_to_nothing() -> None:
    away = revert_of(commit("PAY-7: refunds"))

    found = deliveries([revert_of(away), away], PROJECTS)

    assert (found.keys, found.reverted_keys) == ((), ())


def test_a_revert_may_have_a_story_of_its_own() -> None:
    work = commit("PAY-1: retry")

    found = deliveries([revert_of(work, "\n\nOPS-9: it drained the pool"), work], PROJECTS)

    assert (found.keys, found.reverted_keys) == (("OPS-9",), ("PAY-1",))


def test_an_abbreviated_sha_is_enough() -> None:
    work = commit("PAY-1", sha="abcdef1" + "0" * 33)

    assert deliveries([commit("Back out", "This reverts commit abcdef1."), work], PROJECTS).keys == ()


def test_a_sha_that_could_be_two_commits_is_neither() -> None:
    log = [commit("PAY-1", sha="abcdef1" + "0" * 33), commit("PAY-2", sha="abcdef1" + "1" * 33)]

    found = deliveries([commit("Back out", "This reverts commit abcdef1."), *log], PROJECTS)

    assert found.keys == ("PAY-2", "PAY-1")


def test_a_squashed_revert_is_known_by_its_title() -> None:
    log = [commit('Revert "PAY-1: retry (#18)" (#19)', "Reverts acme/payments#18"), commit("PAY-1: retry (#18)")]

    assert deliveries(log, PROJECTS).keys == ()


def test_reverting_a_merge_takes_its_branch_along() -> None:
    merge = commit("Merge pull request #18 from acme/pay-5-vault")
    away = commit(
        f'Revert "{merge.subject}"', f"This reverts commit {merge.sha}, reversing\nchanges made to {'1' * 40}."
    )

    found = deliveries([away, commit("OPS-1"), merge, commit("PAY-5: part two"), commit("PAY-5: part one")], PROJECTS)

    assert (found.keys, found.reverted_keys) == (("OPS-1",), ("PAY-5",))


# -------------------------------------------------------------------------------------------------------- without story


def test_commits_without_story_are_named_newest_first() -> None:
    build, docs = commit("Tidy the build"), commit("Docs")

    assert deliveries([docs, commit("PAY-1"), build], PROJECTS).commits_without_story == (docs, build)


def test_a_mere_merge_is_not_without_story_while_its_commits_are_here() -> None:
    merge = commit("Merge branch 'tidy'")

    assert deliveries([merge, commit("PAY-1")], PROJECTS).commits_without_story == ()
    assert deliveries([merge], PROJECTS).commits_without_story == (merge,)


def test_work_that_was_taken_back_is_not_without_story() -> None:
    tried = commit("Try something")

    assert deliveries([revert_of(tried), tried], PROJECTS).commits_without_story == ()


def test_taking_back_older_work_that_had_no_story_has_none_either() -> None:
    away = revert_of(commit("Tidy"))

    assert deliveries([away], PROJECTS).commits_without_story == (away,)


# ---------------------------------------------------------------------------------------------------------- properties

texts = st.text() | st.text(alphabet="PAYOS-_172 '\"\n#.revtRMgbanchi", max_size=200)
logs = st.lists(st.builds(commit, texts, texts), max_size=12)
keys = st.builds("{}-{}".format, st.sampled_from(PROJECTS), st.integers(1, 9_999_999))


@given(logs)
def test_any_history_has_an_answer_within_the_projects(log: list[Commit]) -> None:
    found = deliveries(log, PROJECTS)

    assert len(set(found.keys)) == len(found.keys)
    assert {key.rpartition("-")[0] for key in (*found.keys, *found.reverted_keys)} <= set(PROJECTS)
    assert not set(found.keys) & set(found.reverted_keys)
    assert set(found.commits_without_story) <= set(log)


@given(st.lists(keys, min_size=1, unique=True), st.sampled_from([" ", ", ", "; ", "/", "\n", " and "]))
def test_every_key_between_separators_is_found_once_and_in_order(wanted: list[str], between: str) -> None:
    assert keys_of("Work", between.join([*wanted, *wanted])) == tuple(wanted)


@given(st.lists(keys, min_size=1, unique=True))
def test_reverting_everything_delivers_nothing(wanted: list[str]) -> None:
    work = [commit(key) for key in wanted]

    found = deliveries([*map(revert_of, work), *work], PROJECTS)

    assert found.keys == ()
    assert set(found.reverted_keys) == set(wanted)


@given(st.sampled_from(sorted(FALSE_FRIENDS)), st.integers(1, 9999))
def test_false_friends_are_no_stories(word: str, number: int) -> None:
    assert deliveries([commit(f"{word}-{number}")], ()).keys == ()


@pytest.mark.parametrize(
    "hostile",
    [
        "A" * 5000,
        "A-" * 2500,
        "PAY-1_" * 833,
        "a_" * 2500,
        "\nMerge branch 'pay-1'" * 240,
        "Merge branch '" + "a_" * 2490 + "-1'",
        '\nRevert "PAY-1"' * 330,
        'Revert "' * 625,
        "This reverts commit abcdef1 " * 180,
        "\n" * 5000,
    ],
    ids=lambda text: text.strip()[:16],
)
def test_four_hundred_hostile_commits_take_less_than_a_second(hostile: str) -> None:
    log = [commit(hostile, hostile) for _ in range(400)]
    started = time.process_time()

    deliveries(log, PROJECTS)

    assert time.process_time() - started < 20  # what grows with the square takes minutes
