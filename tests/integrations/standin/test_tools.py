"""The page posts each known format as its tool does, and Cabbie reads each."""

from pathlib import Path
from typing import Any

import pytest

from bot.change.settling import settle
from bot.reading import read, reader_of
from config.announcements import shipped_announcements
from config.policy import read_policy
from integrations.git.sandbox import sha_of
from integrations.slack.sandbox.blockkit import block_problems
from integrations.standin.page.tools import Tool, tools
from tests.integrations.standin.rig import Rig
from tests.stories.processes import ROOT
from tests.stories.source import Repository

READER = reader_of(shipped_announcements())
POLICY = read_policy(ROOT / "config" / "policy.yaml")
FACTS = {
    "service": "payments",
    "version": "2.4.1",
    "environment": "production",
    "actor": "linus",
    "sha": "0f1e2d3c" * 5,
}
WIRE = {"type": "message", "bot_id": "B0TOOLS", "app_id": "A0TOOLS", "ts": "1782000000.000100"}
KNOWN = [(tool, status) for tool in tools().values() for status in tool.says]
FOLLOWED = {("status-line", "started"): "sentence"}
"""What says nothing but how it went follows on an announcement of another format."""
DO_NOT_SAY = ("circleci-tagged-deploy", "deployment-status-notifier", "status-line", "vercel-deploy-bot",
              "vercel-deploy-bot-card")  # fmt: skip
"""Which service it is, or where it goes: Cabbie asks a person."""


def test_every_known_format_is_offered():
    assert set(tools()) == {one.format.format for one in READER.formats}
    assert {tool.then for tool in tools().values()} == {"edit", "reply", "post"}


@pytest.mark.parametrize(("tool", "status"), KNOWN, ids=lambda one: one.format if isinstance(one, Tool) else one)
def test_each_is_read_as_what_it_is(tool: Tool, status: str):
    message = {**WIRE, **tool.message_of(status, FACTS)}

    reading = read(message, READER).reading

    assert reading is not None
    assert (reading.format, reading.status) == (FOLLOWED.get((tool.format, status), tool.format), status)
    assert reading.sha == "" or FACTS["sha"].startswith(reading.sha)
    settled = settle(reading, POLICY)
    assert not settled.not_ours
    told = (settled.service.service if settled.service else "", settled.environment)
    assert told == ("payments", "production") or (tool.format in DO_NOT_SAY and "" in told)
    assert not list(block_problems(message.get("blocks", []), "message"))


def test_whoever_sits_at_the_page_is_known_to_the_policy_by_the_name_the_tools_use():
    reading = read({**WIRE, **tools()["sentence"].message_of("started", FACTS)}, READER).reading

    assert reading is not None
    assert settle(reading, POLICY).missing(reading.status) == ()
    assert POLICY.announcer("A0TOOLS")


def posted(rig: Rig, format: str, status: str, **facts: str) -> dict[str, Any]:
    body = {"channel": "C0PAYMENTS", **FACTS, "status": status} | facts
    return rig.post(f"/page/tools/{format}", body)


def messages(rig: Rig) -> list[dict[str, Any]]:
    screen = rig.get("/page/people/U0LINUS/screen").json()
    found: list[dict[str, Any]] = next(c for c in screen["channels"] if c["id"] == "C0PAYMENTS")["messages"]
    return found


def test_a_tool_that_edits_goes_on_in_its_post_one_that_replies_below_it_and_another_anew(rig: Rig) -> None:
    begun = {form: posted(rig, form, "started")["ts"] for form in ("github-app", "headline", "argocd")}

    for form in begun:
        assert posted(rig, form, "succeeded")["ok"]

    by_ts = {one["ts"]: one for one in messages(rig)}
    assert len(by_ts) == 5
    assert by_ts[begun["github-app"]]["attachments"][0]["fields"][0]["value"] == "Completed"
    replies = [one for one in by_ts.values() if one.get("thread_ts") == begun["headline"] != one["ts"]]
    assert [one["text"].split(" — ")[0] for one in replies] == [":white_check_mark: Deploy succeeded"]
    assert [one["username"] for one in by_ts.values()].count("Argo CD") == 2


def test_the_end_of_what_nobody_began_is_a_post_and_so_is_another_versions(rig: Rig) -> None:
    posted(rig, "github-app", "started")

    posted(rig, "github-app", "failed", version="2.5.0")

    assert len(messages(rig)) == 2


def test_what_no_tool_says_is_refused(rig: Rig) -> None:
    assert posted(rig, "no-such", "started") == {"error": "No tool says that."}
    assert posted(rig, "octopus", "started") == {"error": "No tool says that."}
    assert posted(rig, "github-app", "started", service="../payments") == {"error": "No tool says that."}
    assert posted(rig, "github-app", "started", version="") == {"error": "No tool says that."}
    assert posted(rig, "github-app", "started", channel="C0CHANGES")["error"] == "not_in_channel"


def test_a_version_is_posted_with_the_commit_that_git_has_for_it(tmp_path: Path) -> None:
    made = Repository.create(tmp_path, "payments")
    sha = made.commit("Begin", tag="v1.0")

    assert sha_of(made.path, "v1.0") == sha
    assert sha_of(made.path, "v9.9") == sha_of(made.path, "--all") == sha_of(tmp_path / "none.git", "v1.0") == ""
