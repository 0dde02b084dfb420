"""Other tools are heard in their own words: edits, threads, what they leave out, and what is none of ours."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.telling import clear
from tests.stories.tools import (
    COMPLETE,
    DISMISS,
    all_delivered,
    below,
    buttons_of,
    commit,
    edits,
    form_of,
    github_card,
    history,
    inputs,
    jenkins,
    kept,
    opened_by,
    outcome,
    press_below,
    question,
    says,
    submit_asker,
    town_of_tools,
    was_it_heard,
    written_by,
)
from tests.stories.town import Town

JOB = "deploy-pay-api-production"


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town_of_tools(Path(tmp_path_factory.mktemp("tools"))) as place:
        yield place


# --------------------------------------------------------------------------------------------------- edits, threads


def test_a_post_that_is_edited_carries_its_change_to_the_end(acme: Town) -> None:
    _, sha = commit(acme)
    posted: list[str] = []

    number = opened_by(acme, lambda: posted.append(says(acme, github_card("In progress", sha))))
    clear(acme, number)
    edits(acme, posted[0], github_card("Success", sha))

    change = acme.until_state("closed", number)
    assert (change["close_code"], change["requested_by"]) == ("successful", "linus")
    assert "github-app in Slack" in change["close_notes"]
    assert outcome(acme, number) == "succeeded"
    assert "github-app in Slack reported done" in history(acme, number)
    assert not below(acme, posted[0]), "nothing was missing, so nothing is asked"


def test_a_reply_below_an_announcement_ends_it_in_the_tools_own_word(acme: Town) -> None:
    version, _ = commit(acme)
    posted: list[str] = []
    announced = f"Deploying payments {version} to production by linus-t"

    number = opened_by(acme, lambda: posted.append(says(acme, announced)))
    clear(acme, number)
    says(acme, jenkins("Unstable after 3 min 12 sec", JOB), below=posted[0])

    change = acme.until_state("review", number)
    acme.until(lambda: [t for t in acme.change(number)["tasks"] if "unstable" in t["description"]], "a task for it")
    assert change["close_code"] != "successful"
    assert outcome(acme, number) == "failed"


# ------------------------------------------------------------------------------------------------- what is left out


def test_who_asked_is_asked_for_below_the_post_and_nothing_is_opened_before(acme: Town) -> None:
    version, _ = commit(acme)
    before = len(acme.changes())

    ts = says(acme, f"Deploying payments {version} to staging")
    asked = question(acme, ts, "who asked for it")
    press_below(acme, "gus", asked, COMPLETE)
    submit_asker(acme, "gus", form_of(acme, "gus"), "linus")
    acme.until(lambda: [w for w in acme.whispers("gus") if "guest" in w], "a guest's word is refused")
    press_below(acme, "linus", asked, COMPLETE)
    press_below(acme, "alan", asked, COMPLETE)
    views = {who: form_of(acme, who) for who in ("linus", "alan")}

    assert len(acme.changes()) == before
    assert [inputs(view) for view in views.values()] == [["requested_by"], ["requested_by"]]

    number = opened_by(acme, lambda: submit_asker(acme, "linus", views["linus"], "linus"))
    submit_asker(acme, "alan", views["alan"], "alan")

    acme.until(lambda: [w for w in acme.whispers("alan") if "Nothing is missing" in w], "alan is told it is too late")
    settled = question(acme, ts, "completed it")
    assert "<@U0LINUS>" in settled["text"] and not buttons_of(settled)
    change = acme.change(number)
    assert change["requested_by"] == "linus" and version in change["short_description"]
    assert len(acme.changes()) == before + 1


def test_a_tool_that_nobody_knows_is_asked_about_once_and_yes_opens_it(acme: Town) -> None:
    version, _ = commit(acme)
    before = len(acme.changes())
    line = f"Rollout | payments | staging | {version} | started | by linus-t"

    ts = says(acme, line)
    asked = question(acme, ts, f"Is this a deploy of payments {version} to staging?")
    edits(acme, ts, f"{line} | 1 of 12 pods")
    assert len(acme.changes()) == before
    number = opened_by(acme, lambda: press_below(acme, "linus", asked, COMPLETE))

    question(acme, ts, "completed it")
    assert acme.change(number)["requested_by"] == "linus"
    assert len(acme.changes()) == before + 1


def test_no_ends_it(acme: Town) -> None:
    version, _ = commit(acme)
    before = len(acme.changes())
    line = f"Rollout | payments | staging | {version} | started | by linus-t"

    ts = says(acme, line)
    press_below(acme, "linus", question(acme, ts, "Is this a deploy"), DISMISS)

    settled = question(acme, ts, "says that this is no deploy")
    assert not buttons_of(settled)
    acme.standins.delete("slack", "deliveries")
    edits(acme, ts, f"{line} | 2 of 12 pods")
    all_delivered(acme, 1)
    assert len(below(acme, ts)) == 1 and len(acme.changes()) == before


# ----------------------------------------------------------------------------------------------- why it was (not) heard


def test_anybody_may_ask_why_a_message_was_heard_or_not(acme: Town) -> None:
    _, sha = commit(acme)
    heard = says(acme, github_card("In progress", sha, environment="qa"))
    written = written_by(acme, "margaret", "Deploying payments 2.4.1 to production by linus-t")

    told = was_it_heard(acme, "alan", heard)
    assert "github-app" in told and "payments" in told and "none of ours" in told
    assert "A person wrote it" in was_it_heard(acme, "alan", written)


# ---------------------------------------------------------------------------------------------------- none of ours


NOTHING = [
    "Build #12 of payments 2.4.1 passed on main",
    "The pipeline of payments 2.4.1 is waiting for approval before it deploys to production",
    "We should deploy payments 2.4.1 to production tomorrow",
    "Deploying billing 2.4.1 to production by linus-t",
    "Deploying payments 2.4.1 to moon by linus-t",
    jenkins("Success after 3 min", "payments-unit-tests"),
    {"text": "", "attachments": [{"color": "good", "text": "payments", "fallback": "payments"}]},
    {"text": ":warning: Application payments-production has degraded."},  # its health, after whatever deploy
    {"text": "Build <https://ci.acme.example/9|#9> of acme/payments@main in PR #7 by linus-t passed in 4 min 2 sec"},
    {"text": ":warning: payments requires your manual approval for deployment into the *production* environment."},
    {"text": "Cloud Build acme-payments 5d1c SUCCESS"},
    {
        "text": "CircleCI job succeeded!",
        "blocks": [
            {"type": "header", "text": {"type": "plain_text", "text": "Job Succeeded."}},
            {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Job*: unit-tests"}]},
            {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Project*: payments"}]},
        ],
    },
]


def test_what_is_no_deploy_of_ours_leaves_no_trace(acme: Town) -> None:
    announced = "Deploying payments 2.4.1 to production by linus-t"
    acme.standins.delete("slack", "deliveries")
    before, changes = kept(acme), len(acme.changes())

    posts = [("payments", says(acme, message)) for message in NOTHING]
    posts += [("payments", written_by(acme, "linus", announced))]
    posts += [("payments", says(acme, announced, app="rogue"))]
    posts += [("checkout", says(acme, announced.replace("payments", "checkout"), channel="checkout"))]

    all_delivered(acme, len(posts))
    assert kept(acme) == before
    assert len(acme.changes()) == changes
    assert [(channel, m["text"]) for channel, ts in posts for m in below(acme, ts, channel)] == []


# ----------------------------------------------------------------------------------------------------------- killed


def test_what_was_heard_before_cabbie_is_killed_is_asked_for_once_it_is_back(acme: Town) -> None:
    version, _ = commit(acme)
    acme.standins.fault("slack", "chat.postMessage", "pause_before", containing=COMPLETE)

    ts = says(acme, f"Deploying payments {version} to staging")
    acme.until(lambda: acme.standins.get("slack", "paused"), "the question on its way")
    acme.bot.kill()
    acme.standins.post("slack", "resume", drop=True)
    assert not below(acme, ts), "it was never asked"
    acme.bot.start()

    question(acme, ts, "who asked for it")
    says(acme, f"Deploying payments {version} to staging", below=ts)
    acme.until(lambda: len(below(acme, ts)) == 2, "the tool's own reply")
    assert [m["text"] for m in below(acme, ts) if COMPLETE in buttons_of(m)] == [below(acme, ts)[0]["text"]]
