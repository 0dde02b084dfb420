"""The sandbox's repositories: true to the seed, the same at every start, quickly built."""

import subprocess
from pathlib import Path

import pytest

from integrations.git.sandbox import build_repositories
from integrations.standin.world import load_world


@pytest.fixture(scope="module")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return build_repositories(load_world(), tmp_path_factory.mktemp("repositories"))


def git(repository: Path, *words: str) -> str:
    return subprocess.run(("git", "-C", repository, *words), check=True, capture_output=True, text=True).stdout.strip()


def test_there_is_one_bare_repository_for_each_of_the_seed(repositories: dict[str, Path]) -> None:
    assert set(repositories) == set(load_world()["git"])
    assert all(git(path, "rev-parse", "--is-bare-repository") == "true" for path in repositories.values())
    assert all(path.name == f"{name}.git" for name, path in repositories.items())


def test_commits_carry_their_messages_and_authors_in_order(repositories: dict[str, Path]) -> None:
    log = git(repositories["payments"], "log", "--reverse", "--format=%an <%ae>|%s", "v2.4.0..v2.4.1").splitlines()

    assert log[0] == "Margaret Hale <margaret@acme.example>|PAY-101: retry card payments once"
    assert log[-1] == "Margaret Hale <margaret@acme.example>|PAY-103 Fix refund rounding"
    assert len(log) == 7


def test_a_version_is_a_tag(repositories: dict[str, Path]) -> None:
    tags = git(repositories["payments"], "tag", "--list").split()

    assert tags == ["v2.3.0", "v2.4.0", "v2.4.1", "v2.5.0"]
    assert git(repositories["payments"], "rev-parse", "v2.5.0^{commit}") == git(
        repositories["payments"], "rev-parse", "main"
    )


def test_a_revert_names_the_commit_it_takes_back(repositories: dict[str, Path]) -> None:
    payments = repositories["payments"]
    tried, reverted = git(payments, "log", "--reverse", "--format=%H", "--grep=second acquirer", "main").split()

    assert f"This reverts commit {tried}." in git(payments, "log", "-1", "--format=%B", reverted)
    assert git(payments, "diff", "--stat", f"{tried}~", reverted) == ""


def test_a_repeat_goes_round_the_stories(repositories: dict[str, Path]) -> None:
    subjects = git(repositories["bulk"], "log", "--reverse", "--format=%s", "v1.0.0..v2.0.0").splitlines()

    assert len(subjects) == 401
    assert subjects[0] == "BULK-1: change 1"
    assert subjects[119:121] == ["BULK-120: change 120", "BULK-1: change 121"]
    assert subjects[-1] == "Release 2.0.0"


def test_two_builds_agree_down_to_the_sha(repositories: dict[str, Path], tmp_path: Path) -> None:
    again = build_repositories(load_world(), tmp_path)

    assert [refs(path) for path in again.values()] == [refs(path) for path in repositories.values()]


def test_building_over_an_old_build_changes_nothing(tmp_path: Path) -> None:
    first = {name: refs(path) for name, path in build_repositories(load_world(), tmp_path).items()}

    second = {name: refs(path) for name, path in build_repositories(load_world(), tmp_path).items()}

    assert second == first


def test_four_hundred_commits_are_built_like_four(tmp_path: Path) -> None:
    build_repositories(load_world(), tmp_path)

    assert int(git(tmp_path / "bulk.git", "rev-list", "--count", "v2.0.0")) == 402


def refs(repository: Path) -> str:
    return git(repository, "for-each-ref", "--format=%(refname) %(objectname)")
