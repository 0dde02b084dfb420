"""The source's history, read from real repositories made with the git binary."""

import os
import subprocess
import time
from datetime import timedelta
from pathlib import Path

import pytest

from bot.ports import History, NotThere, Outage
from integrations.git.client import GitHistory
from integrations.git.sandbox import build_repositories
from integrations.standin.world import load_world


class Repository:
    """A working copy that people commit to, one minute apart."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.minute = 0
        subprocess.run(("git", "init", "-q", "--initial-branch=main", str(path)), check=True)

    def git(self, *words: str, **more: str) -> str:
        at = f"2026-01-01T09:{self.minute:02}:00+00:00"
        env = {
            **os.environ,
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Ada",
            "GIT_AUTHOR_EMAIL": "ada@acme.example",
            "GIT_AUTHOR_DATE": at,
            "GIT_COMMITTER_NAME": "Ada",
            "GIT_COMMITTER_EMAIL": "ada@acme.example",
            "GIT_COMMITTER_DATE": at,
            **more,
        }
        command = ("git", "-C", str(self.path), *words)
        return subprocess.run(command, check=True, capture_output=True, env=env).stdout.decode().strip()

    def commit(self, message: str, **more: str) -> str:
        self.minute += 1
        self.git("commit", "-q", "--allow-empty", "--cleanup=verbatim", "-m", message, **more)
        return self.git("rev-parse", "HEAD")

    def tag(self, name: str, *, annotated: bool = False) -> None:
        self.git("tag", *(("-a", "-m", name) if annotated else ()), name)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    (tmp_path / "clones").mkdir()
    return Repository(tmp_path / "clones" / "api")


@pytest.fixture
def history(tmp_path: Path) -> GitHistory:
    return GitHistory(tmp_path / "clones")


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> GitHistory:
    root = tmp_path_factory.mktemp("seeded")
    build_repositories(load_world(), root)
    return GitHistory(root)


def test_it_is_a_history(history: GitHistory) -> None:
    port: History = history

    assert port is history


# ------------------------------------------------------------------------------------------------------------- resolve


def test_a_version_is_its_tag_with_or_without_a_v(history: GitHistory, repository: Repository) -> None:
    first = repository.commit("one")
    repository.tag("v1.0.0", annotated=True)
    second = repository.commit("two")
    repository.tag("1.1.0")

    assert history.resolve("api", "1.0.0") == history.resolve("api", "v1.0.0") == first
    assert history.resolve("api", "1.1.0") == history.resolve("api", "v1.1.0") == second


def test_a_sha_may_be_abbreviated_to_seven_digits(history: GitHistory, repository: Repository) -> None:
    sha = repository.commit("one")

    assert {history.resolve("api", name) for name in (sha, sha[:7], sha[:12].upper())} == {sha}
    with pytest.raises(NotThere):
        history.resolve("api", sha[:6])


def test_a_branch_needs_its_full_name(history: GitHistory, repository: Repository) -> None:
    sha = repository.commit("one")

    assert history.resolve("api", "refs/heads/main") == sha
    with pytest.raises(NotThere):
        history.resolve("api", "main")


def test_a_branch_named_like_a_sha_is_not_taken_for_it(history: GitHistory, repository: Repository) -> None:
    first = repository.commit("one")
    repository.commit("two")
    repository.git("branch", first[:7], "HEAD")

    assert history.resolve("api", first[:7]) == first


def test_two_tags_that_could_be_meant_are_an_ambiguity(history: GitHistory, repository: Repository) -> None:
    repository.commit("one")
    repository.tag("1.0.0")
    repository.commit("two")
    repository.tag("v1.0.0")

    with pytest.raises(NotThere, match=r"could be tag 1\.0\.0 or tag v1\.0\.0"):
        history.resolve("api", "1.0.0")


def test_two_tags_on_one_commit_are_none(history: GitHistory, repository: Repository) -> None:
    sha = repository.commit("one")
    repository.tag("1.0.0")
    repository.tag("v1.0.0", annotated=True)

    assert history.resolve("api", "1.0.0") == sha


def test_a_tag_named_like_another_commits_sha_is_an_ambiguity(history: GitHistory, repository: Repository) -> None:
    first = repository.commit("one")
    repository.commit("two")
    repository.tag(first[:7])

    with pytest.raises(NotThere, match="could be"):
        history.resolve("api", first[:7])


def test_a_tag_on_a_file_is_no_version(history: GitHistory, repository: Repository) -> None:
    (repository.path / "notes").write_text("notes")
    repository.git("add", "notes")
    repository.commit("one")
    repository.git("tag", "notes-1", "HEAD:notes")

    with pytest.raises(NotThere):
        history.resolve("api", "notes-1")


@pytest.mark.parametrize(
    "version",
    [
        *("", "-h", "--all", "--upload-pack=x", "1..2", "HEAD~1", "HEAD^", "a b", "a\nb", "a\0b", "@{u}", ":/one"),
        *(
            "v1;id",
            "$(id)",
            "refs/tags/../heads/main",
            "refs/",
            "v1.lock",
            "x" * 300,
            "*",
            "HEAD",
            "refs/tags/-x",
            "０",
        ),
    ],
)
def test_hostile_versions_mean_nothing(history: GitHistory, repository: Repository, version: str) -> None:
    repository.commit("one")
    repository.tag("v1")

    with pytest.raises(NotThere):
        history.resolve("api", version)


@pytest.mark.parametrize(
    "name", ["", "-c", "../outside", "clones/../../outside", "/etc", "nope", "ap\0i", "api/.git/refs", "."]
)
def test_repositories_are_confined_to_the_folder(history: GitHistory, repository: Repository, name: str) -> None:
    sha = repository.commit("one")
    Repository(repository.path.parents[1] / "outside").commit("secret")

    with pytest.raises(NotThere):
        history.resolve(name, sha)


def test_a_link_out_of_the_folder_is_not_followed(history: GitHistory, repository: Repository) -> None:
    outside = Repository(repository.path.parents[1] / "outside")
    sha = outside.commit("secret")
    (repository.path.parent / "inside").symlink_to(outside.path)

    with pytest.raises(NotThere, match="not below"):
        history.resolve("inside", sha)


def test_a_folder_inside_another_repository_is_none(history: GitHistory, repository: Repository) -> None:
    sha = repository.commit("one")
    (repository.path / "docs").mkdir()

    with pytest.raises(NotThere, match="no repository api/docs"):
        history.resolve("api/docs", sha)


def test_an_absolute_path_below_the_folder_is_fine(history: GitHistory, repository: Repository) -> None:
    sha = repository.commit("one")

    assert history.resolve(str(repository.path), sha) == sha


# ------------------------------------------------------------------------------------------------------------- commits


def test_commits_come_newest_first_with_body_author_and_co_authors(history: GitHistory, repository: Repository) -> None:
    base = repository.commit("one")
    repository.commit("PAY-1: zwei € — über\n\nWhy\n\nCo-authored-by: Grace <Grace@acme.example>\n\nMore.")
    head = repository.commit(
        "three\nstill the subject\n\nco-authored-by: x <linus@acme.example>", GIT_AUTHOR_NAME="A|B"
    )

    newest, older = history.commits("api", base, head)

    assert (newest.sha, newest.subject, newest.author_name) == (head, "three still the subject", "A|B")
    assert newest.co_author_emails == ("linus@acme.example",)
    assert (older.subject, older.author_email) == ("PAY-1: zwei € — über", "ada@acme.example")
    assert older.body == "Why\n\nCo-authored-by: Grace <Grace@acme.example>\n\nMore."
    assert older.co_author_emails == ("Grace@acme.example",)


def test_no_base_gives_everything_and_nothing_new_gives_nothing(history: GitHistory, repository: Repository) -> None:
    first, second = repository.commit("one"), repository.commit("two")

    assert [c.sha for c in history.commits("api", "", second)] == [second, first]
    assert history.commits("api", second, first) == ()


def test_a_merge_brings_its_branch(history: GitHistory, repository: Repository) -> None:
    base = repository.commit("one")
    repository.git("switch", "-q", "-c", "side")
    side = repository.commit("PAY-5")
    repository.git("switch", "-q", "main")
    repository.commit("on main")
    repository.git("merge", "-q", "--no-ff", "-m", "Merge branch 'side'", "side")

    found = history.commits("api", base, "refs/heads/main")

    assert [c.subject for c in found] == ["Merge branch 'side'", "on main", "PAY-5"]
    assert found[-1].sha == side


def test_an_unknown_commit_is_not_there(history: GitHistory, repository: Repository) -> None:
    sha = repository.commit("one")

    with pytest.raises(NotThere):
        history.commits("api", "1" * 40, sha)
    with pytest.raises(NotThere):
        history.is_ancestor("api", "1" * 40, sha)


def test_old_encodings_do_no_harm(history: GitHistory, repository: Repository) -> None:
    repository.commit("one")
    repository.git("config", "i18n.commitEncoding", "ISO-8859-1")
    message = repository.path / "message"
    message.write_bytes("PAY-1: Über\n".encode("latin-1"))
    repository.git("commit", "-q", "--allow-empty", "-F", str(message))

    assert history.commits("api", "", "refs/heads/main")[0].subject == "PAY-1: Über"


def test_four_hundred_commits_are_read_in_one_breath(seeded: GitHistory) -> None:
    started = time.perf_counter()

    found = seeded.commits("bulk.git", "v1.0.0", "v2.0.0")

    assert len(found) == 401
    assert time.perf_counter() - started < 20  # one process, not one per commit


# ------------------------------------------------------------------------------------------------ ancestors and tags


def test_the_tag_before_is_the_nearest_below_not_the_commits_own(seeded: GitHistory) -> None:
    new, old = seeded.resolve("payments.git", "2.4.1"), seeded.resolve("payments.git", "2.4.0")

    assert seeded.tag_before("payments.git", new) == ("v2.4.0", old)
    assert seeded.tag_before("payments.git", seeded.resolve("payments.git", "2.3.0")) == ("", "")


def test_the_tag_before_a_merge_may_be_on_its_branch(history: GitHistory, repository: Repository) -> None:
    repository.commit("one")
    repository.tag("v1.0.0")
    repository.git("switch", "-q", "-c", "side")
    side = repository.commit("hotfix")
    repository.tag("v1.0.1", annotated=True)
    repository.git("switch", "-q", "main")
    repository.git("merge", "-q", "--no-ff", "-m", "Merge branch 'side'", "side")

    assert history.tag_before("api", "refs/heads/main") == ("v1.0.1", side)


def test_without_tags_there_is_none_before(history: GitHistory, repository: Repository) -> None:
    assert history.tag_before("api", repository.commit("one")) == ("", "")


def test_ancestors_are_older(history: GitHistory, repository: Repository) -> None:
    first, second = repository.commit("one"), repository.commit("two")

    assert history.is_ancestor("api", first, second)
    assert history.is_ancestor("api", first, first)
    assert not history.is_ancestor("api", second, first)


# ------------------------------------------------------------------------------------------------ hostile surroundings


def test_the_environment_does_not_lead_elsewhere(
    history: GitHistory, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha = repository.commit("one")
    other = Repository(repository.path.parents[1] / "outside")
    other.commit("secret")
    monkeypatch.setenv("GIT_DIR", str(other.path / ".git"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other.path / ".git" / "objects"))

    assert history.resolve("api", "refs/heads/main") == sha


def test_a_repositorys_own_configuration_runs_nothing(history: GitHistory, repository: Repository) -> None:
    sha = repository.commit("one")
    repository.tag("v1")
    trap, sprung = repository.path / "trap", repository.path / "sprung"
    trap.write_text(f"#!/bin/sh\ntouch '{sprung}'\n")
    trap.chmod(0o755)
    settings = ("core.fsmonitor", "core.pager", "gpg.program", "core.sshCommand", "core.editor", "alias.rev-list")
    for setting in settings:
        repository.git("config", setting, str(trap))
    repository.git("config", "log.showSignature", "true")

    history.commits("api", "", sha)
    history.tag_before("api", sha)
    history.check("api")

    assert not sprung.exists()


def test_replaced_commits_are_read_as_they_were_written(history: GitHistory, repository: Repository) -> None:
    honest = repository.commit("PAY-1: the truth")
    repository.git("replace", honest, repository.commit("PAY-2: a tale"))

    assert history.commits("api", "", honest)[0].subject == "PAY-1: the truth"


def test_a_repository_of_another_owner_is_read(history: GitHistory, repository: Repository) -> None:
    sha = repository.commit("one")
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    for path in (repository.path, *repository.path.rglob("*")):
        os.chown(path, 65534, 65534)

    assert history.resolve("api", "refs/heads/main") == sha


def test_git_that_does_not_come_back_is_an_outage(repository: Repository) -> None:
    sha = repository.commit("one")

    with pytest.raises(Outage, match="no answer within"):
        GitHistory(repository.path.parent, timeout=timedelta(microseconds=1)).resolve("api", sha)


def test_a_broken_repository_is_an_outage(history: GitHistory, repository: Repository) -> None:
    first = repository.commit("one")
    head = repository.commit("two")
    (repository.path / ".git" / "objects" / first[:2] / first[2:]).unlink()

    with pytest.raises((Outage, NotThere)):
        history.commits("api", "", head)


# -------------------------------------------------------------------------------------------------------------- doctor


def test_the_doctor_says_what_is_wrong(history: GitHistory, repository: Repository, tmp_path: Path) -> None:
    repository.commit("one")
    assert history.check("api").verdict == "warning"

    repository.tag("v1")
    repository.commit("two")
    assert (history.check("api").verdict, history.check("api").found) == ("good", "1 tag, whole history")

    clone = (
        "git",
        "clone",
        "-q",
        "--bare",
        "--depth=1",
        f"file://{repository.path}",
        str(tmp_path / "clones" / "cut.git"),
    )
    subprocess.run(clone, check=True, capture_output=True)
    assert history.check("cut.git").verdict == "wrong"
    assert history.check("nope").verdict == "wrong"
    assert history.check("../x").verdict == "wrong"
