"""Deciding as oneself: the own ServiceNow account, linked once; the verdict written there as the person."""

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import requests

from tests.stories.own_account import (
    OWN,
    Browser,
    ask_own,
    buttons_on_home,
    form_of,
    home_text,
    link,
    link_on_home,
    revoke,
    unlink,
    unlink_on_home,
    whose,
)
from tests.stories.telling import (
    calls,
    entries,
    findings,
    has_button,
    let_slack_be_quick,
    policy_file,
    row,
    service,
    shown,
    told,
    wait_for_row,
)
from tests.stories.town import Town, town

PATCH = "PATCH /api/now/table/sysapproval_approver/{sys_id}"
TOKEN = "POST /oauth_token.do"  # a path
START = "/servicenow/link"
CALLBACK = "/servicenow/callback"


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Beside payload-service the same, with other ways for whoever has not linked their account."""

    def rules(policy: dict[str, Any]) -> None:
        like = service(policy, "payload-service")
        accepted = {"on_behalf_accepted_by": "Katherine Jonas"}
        for name, without in (("behalf", "recorded on behalf"), ("strict", "refuse")):
            approval = {**like["approval"], **accepted, "without_link": without}
            policy["services"].append({**like, "service": name, "approval": approval})

    directory = Path(tmp_path_factory.mktemp("own"))
    with town(directory, CABBIE_POLICY=policy_file(directory, rules), LOG_LEVEL="DEBUG") as place:
        place.standins.post("slack", "switches", tiers={})  # people open their Home tabs far more often here
        yield let_slack_be_quick(place)


@pytest.fixture(autouse=True)
def as_usual(acme: Town) -> Iterator[None]:
    yield
    acme.standins.post("servicenow", "switches", rotates_refresh_tokens=False, oauth_refusals="named", quorum={})
    acme.standins.delete("servicenow", "faults")


def approve(place: Town, who: str, number: str, words: str) -> str:
    """Press Approve; the sentence that tells what became of it."""
    press = lambda: place.press(who, "change.approve", number=number, **OWN)  # noqa: E731
    return told(place, who, press, words=words, **OWN).words[-1]


# ------------------------------------------------------------------------------------------------------------ the road


def test_a_verdict_is_written_by_the_person_and_shown_as_theirs(acme: Town) -> None:
    link(acme, "ada")
    link(acme, "grace")
    number = ask_own(acme)

    assert approve(acme, "ada", number, "as you: you approved").startswith("Recorded in ServiceNow as you")
    acme.until_state("authorize", number)
    acme.until(lambda: calls(acme, number, "platform"), "the CAB is called")
    approve(acme, "grace", number, "as you: you approved")
    acme.until_state("implement", number)
    acme.until_card("cleared until", channel="platform", number=number)

    for who in ("ada", "grace"):
        theirs = row(acme, number, who)
        assert (theirs["state"], theirs["by"]) == ("approved", who)
        assert [comment["by"] for comment in theirs["comments"]] == [who]
    of_ada, of_grace = entries(acme, number, "decided")
    assert (of_ada["recorded"], of_ada["written_by"]) == ("self-authenticated", "ada")
    assert (of_grace["recorded"], of_grace["row_before"], of_grace["row_after"]) == (
        "self-authenticated",
        "requested",
        "approved",
    )
    assert shown(acme, number, "platform").count("Slack · self-authenticated") == 2
    history = acme.api("GET", f"/api/v1/changes/{number}").json()["history"]
    assert any(line["sentence"] == "Ada Lovelace approved it (self-authenticated)" for line in history)


def test_a_rejection_goes_the_same_way(acme: Town) -> None:
    link(acme, "ada")
    number = ask_own(acme)

    acme.press("ada", "change.reject", number=number, **OWN)
    told(acme, "ada", lambda: acme.fill("ada", reason="Not before the sale."), words="as you: you rejected", **OWN)

    theirs = wait_for_row(acme, number, "ada", "rejected")
    assert theirs["by"] == "ada"
    assert "Not before the sale." in theirs["comments"][0]["text"]
    acme.until_card("self-authenticated", channel="platform", number=number)


def test_the_rules_are_the_same_for_whoever_is_linked(acme: Town) -> None:
    link(acme, "grace")
    number = ask_own(acme)

    assert "not among those" in approve(acme, "grace", number, "not among those")
    assert row(acme, number, "ada")["state"] == "requested"


def test_the_home_tab_says_since_when_as_whom_and_until_when(acme: Town) -> None:
    link(acme, "ada")

    text = home_text(acme, "ada")

    assert "Linked since" in text and "Ada Lovelace (ada)" in text and "ends it by itself" in text
    assert "account.link" not in buttons_on_home(acme, "ada")
    acme.until(lambda: any("account is linked: Ada Lovelace (ada)" in dm for dm in acme.dms("ada")), "a word in the DM")
    assert entries(acme, kind="linked")[0]["by"] == "own sign-in"


def test_keys_are_rotated_and_the_old_one_taken_away(acme: Town) -> None:
    link(acme, "ada")
    before = acme.environment["CABBIE_TOKEN_KEYS"]
    fresh = acme.bot.run("keys", "new").stdout.strip()
    give_keys(acme, f"{fresh},{before}")
    number = ask_own(acme)

    told_of = acme.bot.run("keys", "rotate")
    give_keys(acme, fresh)
    approve(acme, "ada", number, "as you: you approved")

    assert re.fullmatch(r"\d+ links are sealed with the newest key.", told_of.stdout.strip())
    assert row(acme, number, "ada")["by"] == "ada"
    assert fresh not in acme.bot.log.read_text()


def give_keys(place: Town, keys: str) -> None:
    place.bot.stop()
    place.bot.environment = place.environment = {**place.environment, "CABBIE_TOKEN_KEYS": keys}
    place.bot.start()


@pytest.mark.parametrize("name", ["SERVICENOW_USER_CLIENT_SECRET", "CABBIE_TOKEN_KEYS", "CABBIE_PUBLIC_URL"])
def test_without_what_it_needs_the_policy_is_refused_with_the_fix(acme: Town, name: str) -> None:
    environment = {key: value for key, value in acme.bot.environment.items() if key != name}
    bot = replace(acme.bot, environment=environment)

    for command in (("policy", "check"), ("doctor",), ("serve",)):
        told_of = bot.run(*command)
        assert told_of.returncode == 1, command
        assert re.search(rf"services\.\d+\.approval\.record: .*set {name}", told_of.stderr), told_of.stderr


def test_the_doctor_knows_the_application(acme: Town) -> None:
    said = json.loads(acme.bot.run("doctor", "--json").stdout)["checks"]

    assert [c["verdict"] for c in said if "OAuth application for people" in c["about"]] == ["good"]
    assert any(c["found"].startswith("people decide as themselves") for c in said)


# --------------------------------------------------------------------------------------------------- without a link


def test_who_is_not_linked_decides_in_servicenow(acme: Town) -> None:
    unlink(acme, "ada")
    number = ask_own(acme)

    sentence = approve(acme, "ada", number, "in ServiceNow itself")

    assert acme.change(number)["sys_id"] in sentence and "Home tab" in sentence
    assert row(acme, number, "ada")["state"] == "requested"
    acme.approve_in_servicenow("ada", number)
    acme.until(lambda: entries(acme, number, "decided"), "it is heard")
    assert entries(acme, number, "decided")[0]["recorded"] == "given in ServiceNow"


def test_or_is_recorded_on_behalf_of_and_is_told_so(acme: Town) -> None:
    unlink(acme, "ada")
    number = ask_own(acme, service="behalf")

    sentence = approve(acme, "ada", number, "on your behalf")

    assert "your own account is not linked" in sentence or "has ended" in sentence
    assert row(acme, number, "ada")["by"] == "cabbie.approval"
    assert entries(acme, number, "decided")[0]["recorded"] == "recorded on behalf"
    acme.until_card("Slack · recorded on behalf", channel="platform", number=number)


def test_or_is_refused(acme: Town) -> None:
    unlink(acme, "ada")
    number = ask_own(acme, service="strict")

    sentence = approve(acme, "ada", number, "Home tab first")

    assert "in their own name" in sentence
    assert row(acme, number, "ada")["state"] == "requested"
    assert not entries(acme, number, "decided")


# ------------------------------------------------------------------------------------------------- tokens come and go


@pytest.mark.parametrize("rotates", [False, True])
def test_a_token_that_died_is_renewed_unseen(acme: Town, rotates: bool) -> None:
    acme.standins.post("servicenow", "switches", rotates_refresh_tokens=rotates)
    link(acme, "ada")
    given = last_tokens(acme)
    for _ in range(2):
        requests.post(
            f"{acme.standins.urls['servicenow']}/oauth_revoke_token.do", data={"token": given["access_token"]}
        )
        number = ask_own(acme)

        approve(acme, "ada", number, "as you: you approved")

        assert row(acme, number, "ada")["by"] == "ada"
        renewed = last_tokens(acme)
        assert (renewed["refresh_token"] != given["refresh_token"]) is rotates
        given = renewed
    assert "Linked since" in home_text(acme, "ada")


def test_while_servicenow_gives_no_token_the_verdict_waits_and_then_is_theirs(acme: Town) -> None:
    link(acme, "ada")
    number = ask_own(acme)
    revoke(acme, last_tokens(acme)["access_token"])
    acme.standins.fault("servicenow", TOKEN, "answer", containing="refresh_token", times=2, status=503, body="<p>")

    approve(acme, "ada", number, "as you: you approved")

    assert row(acme, number, "ada")["by"] == "ada"
    assert len(row(acme, number, "ada")["comments"]) == 1


@pytest.mark.parametrize("words", ["named", "access denied"])
def test_a_link_that_was_revoked_in_servicenow_is_told_and_the_policy_says_what_follows(acme: Town, words: str) -> None:
    link(acme, "ada")
    acme.standins.post("servicenow", "switches", oauth_refusals=words)
    number = ask_own(acme)
    dms = len(acme.dms("ada"))
    assert acme.standins.post("servicenow", "people/ada/revoke_access")["revoked"] >= 1

    sentence = approve(acme, "ada", number, "in ServiceNow itself")

    assert "has ended" in sentence
    assert row(acme, number, "ada")["state"] == "requested"
    acme.until(lambda: any("has ended" in dm for dm in acme.dms("ada")[dms:]), "a word in the DM")
    assert "has ended" in home_text(acme, "ada") and "Link it again" in home_text(acme, "ada")
    assert entries(acme, kind="link ended")[-1]["sentence"].startswith("The link of Ada Lovelace")
    assert not any(tokens_kept(acme))


def test_a_revoked_link_is_recorded_on_behalf_only_where_policy_says_so(acme: Town) -> None:
    link(acme, "ada")
    number = ask_own(acme, service="behalf")
    acme.standins.post("servicenow", "people/ada/revoke_access")

    sentence = approve(acme, "ada", number, "on your behalf")

    assert "has ended" in sentence
    assert row(acme, number, "ada")["by"] == "cabbie.approval"


def test_an_answer_that_is_lost_is_found_and_not_written_twice(acme: Town) -> None:
    link(acme, "ada")
    number = ask_own(acme)
    acme.standins.fault("servicenow", PATCH, "drop_after")

    approve(acme, "ada", number, "as you: you approved")

    assert row(acme, number, "ada")["by"] == "ada"
    assert len(row(acme, number, "ada")["comments"]) == 1
    assert len(entries(acme, number, "decided")) == 1


def test_killed_after_the_write_it_is_still_theirs(acme: Town) -> None:
    link(acme, "ada")
    number = ask_own(acme)
    acme.standins.fault("servicenow", PATCH, "pause_after")
    acme.press("ada", "change.approve", number=number, **OWN)
    acme.until(lambda: acme.standins.get("servicenow", "paused"), "in mid-air")

    acme.bot.kill()
    acme.standins.post("servicenow", "resume", drop=True)
    acme.bot.start()

    acme.until(lambda: entries(acme, number, "decided"), "the decision")
    assert [(e["recorded"], e["written_by"]) for e in entries(acme, number, "decided")] == [
        ("self-authenticated", "ada")
    ]
    assert len(row(acme, number, "ada")["comments"]) == 1


def test_killed_after_the_write_and_revoked_meanwhile_it_is_still_theirs(acme: Town) -> None:
    link(acme, "ada")
    number = ask_own(acme)
    acme.standins.fault("servicenow", PATCH, "pause_after")
    acme.press("ada", "change.approve", number=number, **OWN)
    acme.until(lambda: acme.standins.get("servicenow", "paused"), "in mid-air")

    acme.bot.kill()
    acme.standins.post("servicenow", "resume", drop=True)
    acme.standins.post("servicenow", "people/ada/revoke_access")
    acme.bot.start()

    acme.until(lambda: entries(acme, number, "decided"), "the decision")
    assert [e["recorded"] for e in entries(acme, number, "decided")] == ["self-authenticated"]
    assert "has ended" in home_text(acme, "ada")


def test_unlinked_nothing_is_kept_here_nor_accepted_there(acme: Town) -> None:
    link(acme, "ada")
    given = last_tokens(acme)
    before = len(entries(acme, kind="unlinked"))

    unlink_on_home(acme, "ada")

    assert "you unlinked it" in home_text(acme, "ada")
    assert len(entries(acme, kind="unlinked")) == before + 1
    acme.until(lambda: not any(tokens_kept(acme, "ada")), "the tokens are erased")
    assert whose(acme, given["access_token"]) == 401
    revoked = acme.standins.diary("servicenow", "oauth_revoke_token")
    assert not any("token=" in entry["query"] for entry in revoked)


def test_withdrawing_is_servicenows_to_allow(acme: Town) -> None:
    """Its own rule lets a person write their row only while it is requested."""
    link(acme, "ada")
    acme.standins.post("servicenow", "switches", quorum={"Platform Engineering": "all"})
    number = ask_own(acme)
    approve(acme, "ada", number, "as you: you approved")
    acme.until(lambda: has_button(acme, "change.withdraw", number, "platform"), "Withdraw")

    withdraw = lambda: acme.press("ada", "change.withdraw", number=number, **OWN)  # noqa: E731
    sentence = told(acme, "ada", withdraw, words="did not take it", **OWN).words[-1]

    assert sentence.endswith("Use Hold to stop it.")
    assert row(acme, number, "ada")["state"] == "approved"


# -------------------------------------------------------------------------------------------------- whose account it is


def test_signing_in_as_somebody_else_is_refused_and_alarmed(acme: Town) -> None:
    link(acme, "ada")

    answer = Browser().link(link_on_home(acme, "alan"), "ada")

    assert answer.status_code == 400
    assert "somebody else in Slack: nothing was linked" in answer.text
    acme.until(
        lambda: any("Ada Lovelace" in s and "signed in" in s for s in findings(acme, "binding changed")), "found"
    )
    acme.until(lambda: any("signed in to ServiceNow as" in m["text"] for m in acme.messages("changes")), "an alarm")
    assert "account.link" in buttons_on_home(acme, "alan")
    assert whose(acme, last_tokens(acme)["access_token"]) == 401
    assert entries(acme, kind="link refused")[-1]["slack_id"] == "U0ALAN"


def test_whoever_is_lured_behind_anothers_button_lends_nobody_their_name(acme: Town) -> None:
    """katherine pressed nothing in Slack yet; her e-mail is hers there all the same."""
    answer = Browser().link(link_on_home(acme, "alan"), "katherine")

    assert (answer.status_code, "nothing was linked" in answer.text) == (400, True)


def test_who_is_bound_to_one_user_links_no_other(acme: Town) -> None:
    link(acme, "grace")
    unlink(acme, "grace")

    answer = Browser().link(link_on_home(acme, "grace"), "tom")

    assert "bound to another ServiceNow user than Tom Twin" in answer.text
    assert "account.link" in buttons_on_home(acme, "grace")


def test_an_account_that_is_not_active_is_not_linked(acme: Town) -> None:
    browser = Browser()
    back = browser.allow(browser.to_servicenow(link_on_home(acme, "barbara")), "barbara")
    acme.standins.post("servicenow", "people/barbara", locked_out=True)

    answer = browser.open(back)

    acme.standins.post("servicenow", "people/barbara", locked_out=False)
    assert (answer.status_code, "account.link" in buttons_on_home(acme, "barbara")) == (400, True)


def test_two_emails_may_differ_when_one_signs_in(acme: Town) -> None:
    """tina shares her e-mail with tom, so that no e-mail tells who she is; her own sign-in does."""
    link(acme, "tina")
    number = ask_own(acme)

    approve(acme, "tina", number, "as you: you approved")

    assert row(acme, number, "tina")["by"] == "tina"


# ----------------------------------------------------------------------------------------------- tickets, states, codes


def refused(answer: requests.Response, words: str) -> None:
    """One sentence on a page, and nothing else happened."""
    assert answer.status_code in (400, 503), answer.text
    assert words in answer.text
    assert len(re.findall(r"<p>", answer.text)) == 1
    assert "location" not in answer.headers


def test_looking_at_a_link_uses_nothing_up(acme: Town) -> None:
    unlink(acme, "ada")
    url = link_on_home(acme, "ada")
    for _ in range(3):
        preview = requests.get(url, timeout=5, headers={"User-Agent": "Slackbot-LinkExpanding 1.0"})
        assert preview.status_code == 200 and "Ada Lovelace" in preview.text
    assert requests.head(url, timeout=5).status_code == 405

    assert Browser().link(url, "ada").status_code == 200


def test_a_ticket_begins_one_sign_in(acme: Town) -> None:
    unlink(acme, "ada")
    browser = Browser()
    page = browser.open(link_on_home(acme, "ada"))

    assert browser.submit(page).status_code == 303
    refused(browser.submit(page), "not good any more")


@pytest.mark.parametrize("spoil", [lambda t: "", lambda t: "x" * 200, lambda t: t[:-8] + "AAAAAAA=", lambda t: t + "x"])
def test_a_forged_ticket_is_refused(acme: Town, spoil: Any) -> None:
    unlink(acme, "ada")
    ticket = parse_qs(urlsplit(link_on_home(acme, "ada")).query)["ticket"][0]
    base = f"http://127.0.0.1:{acme.bot.port}{START}"
    browser = Browser()
    good = browser.open(f"{base}?ticket={ticket}")

    refused(requests.get(base, params={"ticket": spoil(ticket)}, timeout=5), "not good any more")
    refused(browser.submit(good, ticket=spoil(ticket)), "not good any more")


def test_a_form_on_somebody_elses_page_begins_nothing(acme: Town) -> None:
    """Its POST carries no cookie of ours: SameSite."""
    unlink(acme, "ada")
    url = link_on_home(acme, "ada")
    page = Browser().open(url)

    cookie = page.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["referrer-policy"] == "no-referrer"
    refused(requests.post(url.partition("?")[0], data=form_of(page.text), timeout=5), "cookie")


def test_another_browser_cannot_finish_it(acme: Town) -> None:
    unlink(acme, "ada")
    browser = Browser()
    back = browser.allow(browser.to_servicenow(link_on_home(acme, "ada")), "ada")

    refused(Browser().open(back), "another browser")
    refused(browser.open(back), "not begun here")
    assert "account.link" in buttons_on_home(acme, "ada")


def test_a_state_that_is_none_is_refused(acme: Town) -> None:
    base = f"http://127.0.0.1:{acme.bot.port}{CALLBACK}"
    for query in ("", "?state=&code=", "?state=none&code=none", "?code=x", "?error=access_denied"):
        refused(requests.get(base + query, timeout=5), "not begun here")


def test_a_code_is_brought_back_once(acme: Town) -> None:
    unlink(acme, "ada")
    browser = Browser()
    back = browser.allow(browser.to_servicenow(link_on_home(acme, "ada")), "ada")

    assert browser.open(back).status_code == 200
    asked = len(acme.standins.diary("servicenow", TOKEN))
    refused(browser.open(back), "not begun here")
    assert len(acme.standins.diary("servicenow", TOKEN)) == asked


def test_somebody_elses_code_does_not_fit(acme: Town) -> None:
    """A code is good only with the verifier of the sign-in it belongs to."""
    unlink(acme, "ada")
    unlink(acme, "grace")
    of_grace = Browser()
    back = of_grace.allow(of_grace.to_servicenow(link_on_home(acme, "grace")), "grace")
    code = dict(parse_qsl(urlsplit(back).query))["code"]
    of_ada = Browser()
    mine = of_ada.allow(of_ada.to_servicenow(link_on_home(acme, "ada")), "ada")
    own = dict(parse_qsl(urlsplit(mine).query))["code"]

    refused(of_ada.open(mine.replace(own, code)), "does not accept this sign-in")


def test_who_denies_it_has_linked_nothing(acme: Town) -> None:
    unlink(acme, "ada")
    browser = Browser()

    answer = browser.open(browser.allow(browser.to_servicenow(link_on_home(acme, "ada")), "ada", "deny"))

    refused(answer, "You did not allow it")
    assert entries(acme, kind="link refused")[-1]["slack_id"] == "U0ADA"


def test_nobody_is_sent_anywhere_but_to_servicenow_and_back_here(acme: Town) -> None:
    unlink(acme, "ada")
    evil = "https://evil.example/"
    browser = Browser()
    url = f"{link_on_home(acme, 'ada')}&next={evil}&redirect_uri={evil}&servicenow={evil}"
    page = browser.open(url, Host="evil.example")

    answer = browser.session.post(
        f"http://127.0.0.1:{acme.bot.port}{START}",
        data=form_of(page.text) | {"next": evil, "redirect_uri": evil},
        headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"},
        allow_redirects=False,
        timeout=5,
        cookies=page.cookies.get_dict(),
    )

    location = answer.headers["location"]
    assert location.startswith(acme.standins.urls["servicenow"] + "/oauth_auth.do?")
    assert "evil" not in location
    words = dict(parse_qsl(urlsplit(location).query))
    assert words["redirect_uri"] == f"http://127.0.0.1:{acme.bot.port}{CALLBACK}"
    assert words["code_challenge_method"] == "S256"


def test_guests_and_strangers_link_nothing(acme: Town) -> None:
    url = link_on_home(acme, "gus")

    refused(requests.get(url, timeout=5), "a guest")


# -------------------------------------------------------------------------------------------------------------- secrets


def last_tokens(place: Town) -> dict[str, str]:
    """What ServiceNow gave last to an application that acts for people."""
    given = [
        json.loads(e["answer"]) for e in place.standins.diary("servicenow", TOKEN) if "refresh_token" in e["answer"]
    ]
    found: dict[str, str] = next(answer for answer in reversed(given) if "access_token" in answer)
    return found


def tokens_kept(place: Town, who: str = "ada") -> list[str]:
    """Sealed tokens of links that are over."""
    path = place.database_url.removeprefix("sqlite:///")
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10) as memory:
        found = memory.execute(
            "SELECT access || refresh FROM cabbie_links WHERE ended_at IS NOT NULL AND user_name = ?", (who,)
        )
        return [text for (text,) in found]


def test_no_token_no_code_and_no_key_is_anywhere_it_does_not_belong(acme: Town) -> None:
    link(acme, "ada")
    canaries: dict[str, str] = {"key": acme.environment["CABBIE_TOKEN_KEYS"]}
    for number, entry in enumerate(acme.standins.diary("servicenow", TOKEN)):
        words = dict(parse_qsl(entry["body"]))
        answer = json.loads(entry["answer"]) if entry["answer"].startswith("{") else {}
        for name in ("code", "code_verifier", "refresh_token", "client_secret"):
            canaries[f"{name} sent {number}"] = words.get(name, "")
        for name in ("access_token", "refresh_token"):
            canaries[f"{name} given {number}"] = answer.get(name, "")
    acme.bot.run("doctor")
    canaries = {name: secret for name, secret in canaries.items() if len(secret) > 15}
    kinds = {name.split()[0] for name in canaries}
    assert {"key", "code", "code_verifier", "refresh_token", "client_secret", "access_token"} <= kinds

    files = [path for path in acme.bot.log.parent.iterdir() if path.is_file()]
    assert {"cabbie.log", "cabbie.db", "cabbie.db-wal"} <= {path.name for path in files}
    kept = {path.name: path.read_bytes() for path in files}
    seen = json.dumps([acme.screen(who) for who in ("linus", "ada", "grace", "katherine", "barbara")])
    systems = json.dumps([acme.standins.state(system) for system in ("slack", "jira", "servicenow")])
    for name, secret in canaries.items():
        where = [file for file, content in kept.items() if secret.encode() in content]
        assert where == [], name
        assert secret not in seen and secret not in systems, name
