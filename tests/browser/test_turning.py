"""The sandbox as something to turn: what goes wrong, what time it is, who one is, and starting over."""

from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import expect

from integrations.standin.diary import SENDER
from tests.browser.seat import Seat
from tests.stories.town import Town, number_in


@pytest.fixture
def fair_weather(acme: Town) -> Iterator[None]:
    """Whatever a story turned is turned back."""
    yield
    for system in ("slack", "jira", "servicenow"):
        acme.standins.delete(system, "faults")
    acme.standins.delete("slack", "clock")


def test_a_newcomer_is_led_through_the_main_story(seat: Seat) -> None:
    steps = seat.page.get_by_role("region", name="Start here")
    seat.shoot("start")
    steps.get_by_role("button", name="Type it for me").click()
    expect(seat.page.get_by_label("Message", exact=True)).to_be_focused()
    seat.keys("Enter")
    steps.get_by_role("button", name="Be Ada").click()
    expect(seat.page.get_by_label("You are")).to_have_value("ada")
    card = seat.card("payments 2.4.1")
    seat.press("Approve", card, sure="Approve")
    steps.get_by_role("button", name="Be Grace").click()
    expect(card).to_contain_text("Waiting for the CAB's approval")
    seat.press("Approve", card, sure="Approve")
    over = seat.page.get_by_role("region", name="That was the main story")
    expect(over).to_contain_text("Rehearse")

    over.get_by_role("button", name="Hide these steps").click()
    expect(over).to_be_hidden()
    seat.page.reload()
    expect(seat.card("payments 2.4.1")).to_contain_text("Cleared until")
    expect(seat.page.locator("#start")).to_be_hidden()


def test_the_diary_tells_who_called_whom_and_opens_to_what_was_said(seat: Seat) -> None:
    diary = seat.panel("Diary")
    lines = diary.get_by_role("listitem")
    opened = lines.filter(has_text="opened CHG0030001")
    expect(opened).to_contain_text("Cabbie → ServiceNow")
    expect(lines.filter(has_text="typed “/deploy payments 2.4.1”")).to_contain_text("Linus Torres → Slack")

    opened.locator("summary").click()
    expect(opened.get_by_label("Sent")).to_contain_text('"short_description": "Deploy payments 2.4.1 to production"')
    expect(opened.get_by_label("Answer")).to_contain_text('"display_value": "CHG0030001"')
    seat.shoot("diary")

    diary.get_by_label("System").select_option("jira")
    expect(lines.filter(has_text="Cabbie → ServiceNow")).to_have_count(0)
    diary.get_by_text("Only what changed something").click()
    expect(lines.filter(has_text="linked PAY-101 with CHG0030001").first).to_be_visible()
    expect(lines.filter(has_text="read PAY-101")).to_have_count(0)

    diary.get_by_label("System").select_option("")
    seat.say("hello, all")
    expect(lines.first).to_contain_text("wrote “hello, all”")


def test_a_system_that_goes_wrong_is_listed_survived_and_lifted(seat: Seat, fair_weather: None) -> None:
    wrong = seat.panel("Rehearse")
    wrong.get_by_label("What happens").select_option(label="Too many requests (429)")
    wrong.get_by_label("Try again").select_option(label="in 3 seconds")
    wrong.get_by_label("On which call").select_option(label="Open a change · POST /api/sn_chg_rest/v1/change")
    wrong.get_by_role("button", name="Make it go wrong").click()
    expect(wrong.get_by_role("list", name="In force")).to_contain_text(
        "ServiceNow answers too many requests (429), again in 3 seconds"
    )
    wrong.get_by_label("System").select_option(label="Jira")
    wrong.get_by_label("What happens").select_option(label="The site is suspended")
    wrong.get_by_role("button", name="Make it go wrong").click()
    expect(seat.page.get_by_role("button", name="2 things go wrong")).to_be_visible()
    seat.shoot("wrong")

    seat.go("platform")
    seat.say("/deploy search 3.1.0")
    expect(wrong.get_by_role("list", name="In force")).to_contain_text("Jira is suspended")
    wrong.get_by_role("button", name="Lift: Jira is suspended").click()
    expect(wrong).to_contain_text("Nothing at the moment")
    expect(seat.page.locator("#pulse")).not_to_contain_text("wrong")

    card = seat.card("search 3.1.0")
    number = number_in(card.inner_text())
    diary = seat.panel("Diary")
    diary.get_by_label("System").select_option("servicenow")
    tried = diary.get_by_role("listitem").filter(has_text="tried to open a change")
    expect(tried).to_contain_text("failed (429)")
    expect(tried).to_contain_text("fault")
    expect(diary.get_by_role("listitem").filter(has_text=f"opened {number}")).to_have_count(1)


def test_one_decides_in_servicenow_itself_as_whom_one_is(seat: Seat, fair_weather: None) -> None:
    seat.say("/deploy payments 2.5.0 to staging")
    card = seat.card("payments 2.5.0")
    expect(card).to_contain_text("Waiting for the team's approval")
    own = seat.panel("ServiceNow").get_by_role("region", name="In ServiceNow, as")

    seat.be("alan")
    expect(own).to_contain_text("Alan Kay has no ServiceNow account")
    seat.panel("ServiceNow").get_by_role("button", name="Be Ada Lovelace").click()
    own.get_by_role("button", name="Put on hold").click()
    expect(seat.panel("ServiceNow")).to_contain_text("On hold")
    expect(card).to_contain_text("on hold", ignore_case=True)
    own.get_by_role("button", name="Take off hold").click()
    expect(own.get_by_role("button", name="Put on hold")).to_be_visible()
    own.get_by_role("button", name="Reject").click()
    expect(own.get_by_role("alert")).to_contain_text("comments are mandatory")
    own.get_by_label("Comment in ServiceNow").fill("Fine by me")
    own.get_by_role("button", name="Approve").click()
    expect(card).to_contain_text("✓ Ada Lovelace")
    expect(card).to_contain_text("ServiceNow")
    seat.shoot("own-screen")

    own.get_by_label("Comment in ServiceNow").fill("Not today")
    own.get_by_role("button", name="Cancel the change").click()
    expect(card).to_contain_text("Canceled")
    expect(own).to_contain_text("It has ended")


def test_everybody_has_a_view_of_their_own(seat: Seat) -> None:
    places = seat.page.locator("#places")
    seat.be("otto")
    expect(seat.page.get_by_role("log")).to_contain_text("Otto Gone cannot open Slack: this account is deactivated")
    expect(seat.page.get_by_label("Message", exact=True)).to_be_hidden()
    seat.be("eve")
    expect(places.get_by_role("button")).to_have_count(1)
    expect(places).not_to_contain_text("Cabbie Home")
    seat.be("gus")
    expect(places.get_by_role("button", name="payments")).to_be_visible()
    expect(places).not_to_contain_text("platform")
    seat.be("katherine")
    places.get_by_role("button", name="Cabbie Home").click()
    expect(seat.page.locator(".home")).to_contain_text("Nothing waits for you")
    seat.shoot("home")


def test_what_one_is_told_alone_in_a_thread_is_not_missed(seat: Seat, acme: Town) -> None:
    bearer = {"authorization": f"Bearer {acme.environment['SLACK_BOT_TOKEN']}", SENDER: "test"}
    about = {"channel": "C0PAYMENTS", "thread_ts": acme.card("payments", "CHG0030001")["ts"]}
    words = about | {"user": "U0ADA", "text": "For your eyes only"}
    requests.post(f"{acme.environment['SLACK_API_URL']}chat.postEphemeral", headers=bearer, json=words, timeout=10)

    seat.go("payments")
    expect(seat.page.get_by_role("log")).not_to_contain_text("For your eyes only")
    seat.be("ada")
    whisper = seat.page.locator(".replies article.ephemeral")
    expect(whisper).to_contain_text("Only visible to you")
    expect(whisper).to_contain_text("For your eyes only")


def test_how_faithful_it_is_is_told_call_by_call_and_what_is_left_out(seat: Seat) -> None:
    seat.page.get_by_role("button", name="How faithful is this?").click()

    expect(seat.form).to_contain_text("calls in full")
    expect(seat.form.get_by_role("cell", name="chat.postMessage")).to_be_visible()
    expect(seat.form.get_by_role("cell", name="left out: ").first).to_be_visible()
    seat.shoot("faithful")
    seat.keys("Escape")
    expect(seat.form).to_be_hidden()


def test_a_request_nobody_decides_expires_as_the_clock_is_moved(seat: Seat, fair_weather: None) -> None:
    seat.go("checkout")
    seat.say("/deploy checkout 1.1.0")
    card = seat.card("checkout 1.1.0")
    expect(card).to_contain_text("Waiting for the team's approval")

    clock = seat.panel("Rehearse")
    clock.get_by_role("button", name="+1 day").click()
    expect(seat.page.get_by_role("button", name="Clock +1 day")).to_be_visible()
    expect(clock).to_contain_text("+1 day from real time")
    seat.shoot("tomorrow")

    expect(card).to_contain_text("Expired")
    expect(seat.panel("ServiceNow")).to_contain_text("Canceled")
    seat.panel("Rehearse").get_by_role("button", name="Back to real time").click()
    expect(seat.page.locator("#pulse")).not_to_contain_text("Clock")


def test_all_starts_over_once_somebody_is_sure(seat: Seat, acme: Town) -> None:
    expect(seat.page.get_by_role("status").filter(has_text="Cabbie is up")).to_be_visible()
    over = seat.panel("Rehearse")
    over.get_by_role("button", name="Start over…").click()
    seat.page.locator("#confirm").get_by_role("button", name="Keep everything").click()
    expect(seat.page.locator("#pulse")).to_contain_text("Sandbox no. 1")

    over.get_by_role("button", name="Start over…").click()
    seat.page.locator("#confirm").get_by_role("button", name="Start over", exact=True).click()

    expect(seat.page.locator("#pulse")).to_contain_text("Sandbox no. 2")
    expect(seat.page.locator("#pulse")).to_contain_text("restart it with an empty database")
    expect(seat.page.get_by_role("log")).to_contain_text("This is the very beginning.")
    expect(seat.panel("ServiceNow")).to_contain_text("No change yet.")
    seat.shoot("anew")
    acme.bot.kill()
    expect(seat.page.locator("#pulse")).to_contain_text("Cabbie does not answer")
    for width in (1280, 390):
        seat.page.set_viewport_size({"width": width, "height": 844})
        assert not seat.is_wider_than_the_window()
