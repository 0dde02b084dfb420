"""Hostile words in commits, reasons and names arrive as the text they are, or are refused; they do nothing anywhere."""

import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.stories.pipeline import announce, post, replies
from tests.stories.source import Repository, policy_with
from tests.stories.town import Town, number_in, town

RIGHT_TO_LEFT, ISOLATE = "\u202e", "\u2066"
CALLS = "<!channel> <!here> <@U0ADA> <!subteam^S1> @everyone"
POSES = "<#C0SECRET> <https://evil.example|CHG0030001> &lt;!channel&gt; {{7*7}} ${gs.now()} {0} %s"
QUERY = "x^ORactive=true^NQstate=-1"
WIKI = '{panel:title=x}[~ada]!http://evil.example/x.png!{code}h1. {noformat}"a":http://evil.example'
FORMULA = "=cmd|'/c calc'!A1"
PATH = "../../../etc/passwd"
CODE = "[code]<script>alert(1)</script>[/code]"
ALL = f"{CALLS} {QUERY} {WIKI} {FORMULA} {PATH} {CODE} *bold* `x` {RIGHT_TO_LEFT}reversed{ISOLATE} {POSES}"
LONG = "long " * 2000
NAMES = {"name": "Margaret <!channel> *Hale*", "email": "margaret@acme.example"}
APPROVERS = {"@U0ADA", "@U0MARGARET", "@U0GRACE", "@U0BARBARA"}
FORGED_LINE = "Incidents: - PAY-999 forged"
LINES = "\r\n\n\u2028Incidents:\n- PAY-999 forged"
FORGED = "PAY-101 ok\n\nApproved-by: Ada\r\nCHG0030001 is approved\x0b\x1b[31m"


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    directory = Path(tmp_path_factory.mktemp("hostile"))
    services = {"service": "hostile", "repository": "hostile.git", "channel": "C0PAYMENTS", "projects": ["PAY"]}
    further = {"configuration_item": "Payments API", "assignment_group": "Payments Engineering"}
    policy = policy_with(directory / "policy.yaml", services | further)
    made = Repository.create(directory / "repositories", "hostile")
    made.commit("Begin", tag="v1.0")
    made.commit(f"PAY-101 {ALL}\n\n{ALL}", **NAMES)
    made.commit(FORGED, **NAMES)
    made.commit(f"{LONG}\n\nPAY-102 {LONG}")
    made.commit(ALL)
    made.commit(f"Merge branch '{PATH}/PAY-103;$(id)' into main")
    made.commit("PAY-103 é 你好 🚀 \u200fשלום", tag="v2.0")
    with town(directory, CABBIE_POLICY=policy) as place:
        place.standins.post("slack", "switches", message_rate_per_second=50.0, message_burst=50)
        yield place


@pytest.fixture(scope="module")
def number(acme: Town) -> str:
    """The whole main story, full of it."""
    for who in ("U0LINUS", "U0ADA"):
        acme.standins.post("slack", f"users/{who}", real_name=f"{who} {ALL}")
    acme.type("linus", f"/deploy hostile 2.0 {ALL}")
    made = number_in(acme.until_card("hostile 2.0")["text"])
    acme.until_card("approve", number=made)
    acme.press("ada", "change.approve", number=made)
    acme.until(lambda: "row" in acme.approve_in_servicenow("grace", made, comments=ALL), "grace being asked")
    acme.until_card("cleared until", number=made)
    acme.type("linus", f"/deploy failed {made} {ALL}")
    acme.until_state("review", made)
    acme.until_card("deploy failed", number=made)
    acme.until(lambda: [dm for dm in acme.dms("linus") if "failed" in dm.lower()], "a word to linus")
    return made


def everything_said(town: Town) -> list[dict[str, Any]]:
    """Every message of ours that anybody was shown, and every whisper."""
    seen = [m for c in ("payments", "platform", "changes") for m in town.messages(c, "ada")]
    dms = [m for who in ("linus", "ada") for dm in town.screen(who)["dms"] for m in dm["messages"]]
    return [m for m in (*seen, *dms) if m.get("user") == "U0CABBIE"]


def mrkdwn_of(value: Any) -> Iterator[str]:
    """Every text that Slack formats."""
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        for inner in value.values():
            yield from mrkdwn_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from mrkdwn_of(inner)


def test_nobody_is_called_and_nothing_poses_as_ours_in_slack(acme: Town, number: str) -> None:
    messages = everything_said(acme)
    texts = [text for m in messages for text in (m["text"], *mrkdwn_of(m.get("blocks", [])))]

    assert messages and texts
    for text in texts:
        called = set(re.findall(r"<([!@][^>|]*)", text))
        assert "<#C0SECRET" not in text and "<https://evil" not in text
        assert {c for c in called if not c.startswith("!date")} <= APPROVERS, text
        assert RIGHT_TO_LEFT not in text and "\x1b" not in text
        assert "*bold*" not in text
    mentions = [m for m in messages if "<@U0ADA>" in json.dumps(m.get("blocks", []))]
    assert not [m for m in mentions if "<@U0ADA>" in m["text"]]


def test_servicenow_holds_it_as_text(acme: Town, number: str) -> None:
    change = acme.change(number)

    assert QUERY in change["justification"] and FORMULA in change["justification"] and PATH in change["justification"]
    assert len(change["justification"]) <= 4000
    written_by_us = {name: value for name, value in change.items() if name != "approvals"}
    assert RIGHT_TO_LEFT not in json.dumps(written_by_us, ensure_ascii=False)
    assert all("[code]" not in note["text"] for note in change["work_notes"])
    assert "<!channel>" not in change["short_description"]
    assert change["cmdb_ci"] == "Payments API" and change["requested_by"] == "linus"


def test_no_query_to_servicenow_or_jira_carries_it(acme: Town, number: str) -> None:
    for system in ("servicenow", "jira"):
        for entry in acme.standins.diary(system):
            assert "NQstate" not in entry["query"] and "ORactive" not in entry["query"], entry["call"]
            assert ".." not in entry["path"] and "passwd" not in entry["path"]
            if "jql" in entry["body"]:
                assert "passwd" not in entry["body"] and "calc" not in entry["body"]


def test_jira_comments_and_links_are_plain(acme: Town, number: str) -> None:
    for key in ("PAY-101", "PAY-102", "PAY-103"):
        acme.until(partial(_is_commented, acme, key), "a comment")
        issue = acme.issue(key)
        said = json.dumps(issue["comments"], ensure_ascii=False)
        assert issue["remote_links"], key
        assert number in said
        assert "mention" not in {node["type"] for node in _nodes(issue["comments"])}
        assert "\x1b" not in said and RIGHT_TO_LEFT not in said


def _is_commented(town: Town, key: str) -> bool:
    return bool(town.issue(key)["comments"])


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if isinstance(value.get("type"), str):
            yield value
        for inner in value.values():
            yield from _nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _nodes(inner)


def test_the_history_shows_it_harmlessly(acme: Town, number: str) -> None:
    shown = acme.type("ada", f"/change {number}")["response"]

    check_is_harmless(shown["text"], *mrkdwn_of(shown["blocks"]))


def check_is_harmless(*texts: str) -> None:
    for text in texts:
        assert "<!" not in text.replace("<!date", "") and "<@" not in text, text
        assert RIGHT_TO_LEFT not in text


def test_ten_thousand_characters_are_cut_where_it_is_seen_or_refused(acme: Town) -> None:
    acme.type("linus", f"/deploy search 3.0.0 {LONG}", channel="platform")
    number = number_in(acme.until_card("search 3.0.0", channel="platform")["text"])
    over_http = announce(acme, service="search", version="3.1.0", why=LONG)
    ts = post(acme, channel="platform", service="search", version="3.1.0", why=LONG)

    assert "…" in acme.change(number)["justification"]
    assert over_http.status_code == 422 and over_http.json()["detail"].startswith("why: ")
    assert len(over_http.text) < 500
    assert "`why` is longer than 1000" in acme.until(lambda: replies(acme, ts, channel="platform"), "an answer")[0]


def test_a_forged_line_in_the_log_stays_one_line(acme: Town, number: str) -> None:
    log = acme.bot.log.read_text()

    assert "\x1b[31m" not in log
    assert all(re.match(r"\d{4}-\d\d-\d\dT", line) for line in log.splitlines() if "CHG0030001 is approved" in line)


@pytest.mark.parametrize(
    "version", [PATH, "--upload-pack=id", "$(id)", "HEAD", "v1.0^{/x}", "refs/heads/main:x", "@{-1}"]
)
def test_a_version_is_a_name_and_nothing_else(acme: Town, version: str) -> None:
    opened = len(acme.changes())

    acme.type("linus", f"/deploy hostile {version}")

    acme.until(lambda: [dm for dm in acme.dms("linus") if "of hostile in git" in dm], "a word to linus")
    assert len(acme.changes()) == opened


@pytest.mark.parametrize("service", [CALLS, QUERY, PATH, LONG, "=cmd()", f"{RIGHT_TO_LEFT}payments", "{panel}", "x\ny"])
def test_a_service_that_is_none_is_answered_and_calls_nobody(acme: Town, service: str) -> None:
    said = acme.type("linus", f"/deploy {service} 1.0")["response"]["text"]
    over_http = announce(acme, service=service, version="1.0")

    assert "<!" not in said and "<@" not in said and len(said) < 1500
    assert over_http.status_code == (422 if service == LONG else 409)


def test_a_pipelines_words_are_as_harmless(acme: Town, number: str) -> None:
    commits = [
        {
            "sha": "ab" * 20,
            "message": f"PAY-103 {ALL}\n{LONG}",
            "author_name": ALL[:200],
            "author_email": "margaret@acme.example",
        }
    ]

    answer = announce(acme, service="hostile", version=ALL[:200], sha="ab" * 20, commits=commits, why=f"{ALL}{LINES}",
                      requested_by="linus@acme.example", url="https://ci.example/|x>*<!channel>")  # fmt: skip

    assert answer.status_code == 202, answer.text
    acme.until(lambda: "&lt;!channel&gt;" in acme.card()["text"] and "approve" in json.dumps(acme.card()), "its card")
    change = acme.changes()[-1]
    assert FORGED_LINE in change["justification"] and f"\n{FORGED_LINE}" not in change["justification"]
    acme.press("ada", "change.details")
    view = acme.until(lambda: acme.screen("ada")["views"][-1], "the details")
    check_is_harmless(*mrkdwn_of(view["blocks"]))
    test_nobody_is_called_and_nothing_poses_as_ours_in_slack(acme, number)


@pytest.mark.parametrize(
    "email",
    [f"a{QUERY}@acme.example", "a@b.example\nx", "javascript:GlideSystem.exit()", "<@U0ADA>x", "C0CHANGES", "changes"],
)
def test_an_email_that_is_a_query_finds_nobody(acme: Town, email: str) -> None:
    ts = post(acme, service="hostile", version="1.0", requested_by=email, why="x")

    acme.until(
        lambda: [m for m in acme.messages() if "the pipeline names" in m["text"] and m["ts"] > ts], "the channel told"
    )
    assert not any("ORactive" in e["query"] or "Glide" in e["query"] for e in acme.standins.diary("servicenow"))
    said = [m["text"] for m in acme.messages("changes") if m["ts"] > ts and "the pipeline names" in m["text"]]
    assert not said, "whom a pipeline names is no place to write to"
