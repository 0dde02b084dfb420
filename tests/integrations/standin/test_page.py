"""The page's own endpoints: who may ask, what is shown of each system, what a press there does."""

import pytest
import requests

from tests.integrations.standin.rig import HISTORY, Rig


def test_the_page_loads_nothing_from_elsewhere_and_says_so(rig: Rig) -> None:
    answer = rig.get("/")

    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["content-security-policy"].startswith("default-src 'self';")
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "https://" not in answer.text
    assert rig.get("/static/page.css").ok
    assert rig.get("/static/js/main.js").headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("headers", [{"host": "evil.example"}, {"host": "127.0.0.1.evil.example:80"}, {"host": ""}])
def test_another_host_name_is_refused(rig: Rig, headers: dict[str, str]) -> None:
    assert rig.get("/page/seed", headers=headers).status_code == 403


def test_another_sites_page_is_refused(rig: Rig) -> None:
    assert rig.get("/page/seed", headers={"origin": "https://evil.example"}).status_code == 403
    assert rig.get("/page/seed", headers={"origin": rig.page.url}).ok


def test_a_form_of_another_site_is_refused(rig: Rig) -> None:
    url = f"{rig.page.url}/page/people/U0LINUS/message"

    answer = requests.post(url, data='{"channel": "C0PAYMENTS", "text": "hello"}', timeout=5)

    assert (answer.status_code, answer.json()) == (403, {"error": "Send JSON."})


def test_the_seed_tells_who_one_can_be_and_what_can_be_deployed(rig: Rig) -> None:
    seed = rig.get("/page/seed").json()

    people = {one["key"]: one for one in seed["people"]}
    assert (people["grace"]["slack"], people["grace"]["role"]) == ("U0GRACE", "CAB member")
    assert (people["gus"]["role"], people["gus"]["servicenow"]) == ("Contractor, guest", False)
    assert (people["eve"]["role"], people["eve"]["is_ours"]) == ("Rival, other workspace", False)
    assert {"name": "checkout", "versions": ["1.0.0", "1.1.0", "1.1.1"]} in seed["services"]
    assert "/deploy" in [command["command"] for command in seed["commands"]]


def test_what_one_person_writes_another_sees(rig: Rig) -> None:
    before = rig.get("/page/people/U0ADA/screen").json()["revision"]

    assert rig.post("/page/people/U0LINUS/message", {"channel": "C0PAYMENTS", "text": "hello"})["ok"] is True

    screen = rig.get(f"/page/people/U0ADA/screen?wait={before}").json()
    payments = next(channel for channel in screen["channels"] if channel["id"] == "C0PAYMENTS")
    assert [(m["user"], m["text"]) for m in payments["messages"]] == [("U0LINUS", "hello")]


def test_what_a_person_cannot_do_comes_back_as_slacks_word(rig: Rig) -> None:
    assert rig.post("/page/people/U0ALAN/message", {"channel": "C0CHANGES", "text": "hi"})["error"] == "not_in_channel"


def test_the_pipeline_posts_with_metadata(rig: Rig) -> None:
    payload = {"service": "payments", "version": "2.4.1", "status": "requested"}
    metadata = {"event_type": "deploy_announced", "event_payload": payload}

    posted = rig.post("/page/apps/pipeline/message", {"channel": "C0PAYMENTS", "text": "Deploy", "metadata": metadata})

    assert posted["ok"] is True
    [message] = rig.get("/page/people/U0ADA/screen").json()["channels"][0]["messages"]
    assert message["metadata"]["event_payload"] == payload


def test_systems_are_sent_again_only_when_they_changed(rig: Rig) -> None:
    seen = rig.systems()["revision"]

    assert rig.get(f"/page/systems?seen={seen}").json() == {"revision": seen}

    rig.open_change()
    assert "servicenow" in rig.get(f"/page/systems?seen={seen}").json()


def test_a_change_is_shown_with_its_steps_approvals_and_journal(rig: Rig) -> None:
    rig.open_change()

    [change] = rig.systems()["servicenow"]["changes"]

    assert (change["number"], change["state"], change["type"]) == ("CHG0030001", "Assess", "normal")
    assert [step["is"] for step in change["steps"]] == ["done", "now", *["todo"] * 5]
    assert [(row["name"], row["state"]) for row in change["approvals"]] == [
        *(("Ada Lovelace", "requested"), ("Linus Torres", "requested"), ("Margaret Hale", "requested")),
    ]
    assert change["journal"] == [{"by": "cabbie.change", "kind": "Work note", "text": "Please decide."}]
    assert {"label": "Requested by", "value": "Linus Torres"} in change["facts"]
    assert requests.get(change["url"], timeout=5).ok


def test_approving_in_servicenow_is_done_there(rig: Rig) -> None:
    rig.open_change()

    answer = rig.post("/page/changes/CHG0030001/approve", {"person": "ada", "comments": "Fine."})

    [change] = rig.systems()["servicenow"]["changes"]
    assert answer["ok"] is True
    assert change["approvals"][0]["state"] == "approved"
    assert change["approvals"][0]["comments"] == ["Fine."]


@pytest.mark.parametrize(("person", "verdict"), [("grace", "approve"), ("ada", "reject"), ("alan", "approve")])
def test_a_refusal_of_servicenow_is_told(rig: Rig, person: str, verdict: str) -> None:
    rig.open_change()

    answer = rig.post(f"/page/changes/CHG0030001/{verdict}", {"person": person})

    assert answer["ok"] is False
    assert answer["error"]


def test_there_is_no_other_deed(rig: Rig) -> None:
    assert rig.post("/page/changes/CHG0030001/edit", {"person": "ada"}) == {"error": "no such deed"}


def test_stories_show_links_with_their_icon_and_comments(rig: Rig) -> None:
    who = (rig.secrets.jira_email, rig.secrets.jira_api_token)
    issue = f"{rig.jira.url}/rest/api/2/issue/PAY-101"
    status = {"resolved": True, "icon": {"title": "Done", "url16x16": "https://acme.example/done.png"}}
    target = {"url": "https://acme.example/CHG0030001", "title": "CHG0030001", "status": status}
    requests.post(f"{issue}/remotelink", auth=who, json={"globalId": "a=b", "object": target}, timeout=5)
    requests.post(f"{issue}/comment", auth=who, json={"body": "Goes out today."}, timeout=5)

    story = next(one for one in rig.systems()["jira"]["stories"] if one["key"] == "PAY-101")

    assert story["status"] == "Done"
    assert [(one["title"], one["resolved"], one["icon"]) for one in story["links"]] == [("CHG0030001", True, "Done")]
    assert [one["text"] for one in story["comments"]] == ["Goes out today."]


def test_the_ledger_is_asked_of_the_bot_with_the_pages_token(rig: Rig) -> None:
    answer = rig.get("/page/ledger/CHG0030001").json()

    assert answer["change"]["history"] == HISTORY


def test_a_change_the_bot_does_not_know_is_said_plainly(rig: Rig) -> None:
    assert rig.get("/page/ledger/CHG0039999").json() == {"problem": "Cabbie knows no change CHG0039999."}


def test_the_coverage_of_all_three_is_shown(rig: Rig) -> None:
    coverage = rig.get("/page/coverage").json()

    assert list(coverage) == ["slack", "jira", "servicenow"]
    assert all(told["absent"] for told in coverage.values())
    assert coverage["slack"]["calls"]["POST /api/auth.test"].startswith("supported")
