"""The page as people meet it: the main story by mouse, a form by keyboard, and what is shown to whom on what screen."""

from playwright.sync_api import expect

from tests.browser.seat import Seat
from tests.stories.town import Town, number_in


def test_a_deploy_goes_its_whole_way_though_cabbie_is_killed_in_the_middle(seat: Seat, acme: Town) -> None:
    seat.say("/deploy payments 2.4.1")
    card = seat.card("payments 2.4.1")
    expect(card).to_contain_text("Waiting for the team's approval (Assess)")
    number = number_in(card.inner_text())
    expect(seat.panel("ServiceNow").get_by_label("State: Assess")).to_be_visible()
    for key in ("PAY-101", "PAY-102", "PAY-103", "OPS-7"):
        expect(seat.panel("Jira").get_by_role("article").filter(has_text=key)).to_contain_text(number)
    expect(seat.panel("Ledger")).to_contain_text(f"Opened {number} in ServiceNow")
    seat.shoot("asked")

    seat.press("Approve", card, sure="Approve")
    expect(seat.whisper("second pair of eyes")).to_contain_text("Only visible to you")
    seat.shoot("refused")

    seat.be("ada")
    seat.press("Details", card)
    expect(seat.form).to_contain_text("Tidy the build")
    seat.shoot("details")
    seat.keys("Escape")
    expect(seat.form).to_be_hidden()
    seat.press("Approve", card, sure="Approve")
    expect(card).to_contain_text("✓ Ada Lovelace")
    expect(card).to_contain_text("Waiting for the CAB's approval (Authorize)")

    acme.bot.kill()
    seat.be("grace")
    seat.press("Approve", card, sure="Approve")
    expect(card.get_by_role("alert")).to_contain_text("could not be reached")
    expect(seat.panel("Ledger")).to_contain_text("Cabbie does not answer")
    seat.shoot("killed")
    acme.bot.start()
    expect(seat.panel("Ledger")).to_contain_text("Ada Lovelace approved it")

    seat.press("Approve", card, sure="Approve")
    expect(card).to_contain_text("Cleared until")
    expect(card).to_contain_text("✓ Grace Hopper")
    seat.shoot("cleared")

    seat.be("linus")
    seat.press("Succeeded", card, sure="It succeeded")
    expect(card).to_contain_text(f"{number} · Deployed")
    expect(card.get_by_role("button", name="Succeeded")).to_be_hidden()
    expect(seat.panel("ServiceNow").get_by_label("State: Closed")).to_be_visible()
    seat.shoot("closed")
    expect(seat.panel("Jira").get_by_role("img", name="done")).to_have_count(4)
    seat.shoot("closed-jira")
    expect(seat.panel("Ledger")).to_contain_text("closed")
    seat.shoot("closed-ledger")


def test_a_form_is_filled_in_and_a_deploy_rejected_without_a_mouse(seat: Seat) -> None:
    box = seat.page.get_by_label("Message", exact=True)
    seat.tab_to(box)
    seat.page.keyboard.type("/deploy")
    seat.keys("Enter")
    expect(seat.form.get_by_label("Service")).to_be_focused()
    seat.shoot("form")
    seat.page.keyboard.type("paym")
    seat.keys("Tab", "Tab")
    seat.page.keyboard.type("stag")
    seat.keys("Tab")
    seat.page.keyboard.type("Finance waits for the zeros")
    seat.tab_to(seat.form.get_by_role("button", name="Ask for it"))
    seat.keys("Enter")
    expect(seat.form.get_by_label("Version")).to_be_focused()
    expect(seat.form).to_contain_text("Please complete this required field.")
    seat.shoot("form-refused")
    seat.page.keyboard.type("2.5.0")
    seat.keys("Enter")
    expect(seat.form).to_be_hidden()
    card = seat.card("payments 2.5.0")
    expect(card).to_contain_text("payments 2.5.0 → staging")
    expect(card).to_contain_text("Finance waits for the zeros")
    seat.shoot("form-sent")

    seat.tab_to(seat.page.get_by_label("You are"), key="Shift+Tab")
    seat.page.keyboard.type("Ada")
    seat.tab_to(card.get_by_role("button", name="Reject"))
    seat.keys("Enter")
    reason = seat.form.get_by_role("textbox")
    expect(reason).to_be_focused()
    seat.page.keyboard.type("No.")
    seat.tab_to(seat.form.get_by_role("button", name="Send"))
    seat.keys("Enter")
    expect(reason).to_be_focused()
    seat.shoot("reason-refused")
    seat.page.keyboard.type(" Finance closes the quarter today.")
    seat.tab_to(seat.form.get_by_role("button", name="Send"))
    seat.keys("Enter")
    expect(seat.form).to_be_hidden()
    expect(card).to_contain_text("Rejected")
    expect(card).to_contain_text("Finance closes the quarter today.")
    seat.shoot("rejected")


def test_what_others_write_stays_text_and_every_screen_holds_it(seat: Seat) -> None:
    hostile = "<img src=x onerror=document.title='owned'> <!channel> <b>bold</b>"
    seat.go("checkout")
    seat.say(f"Look: {hostile}")
    expect(seat.page.get_by_role("log")).to_contain_text(f"Look: {hostile}")
    seat.say(f"/deploy checkout 1.1.0 {hostile}")
    card = seat.card("checkout 1.1.0")
    expect(card).to_contain_text(f"Why {hostile}")
    expect(card.get_by_role("link", name="Approve in ServiceNow")).to_be_visible()
    expect(seat.panel("ServiceNow")).to_contain_text(hostile)
    expect(seat.page.locator("img, #messages .mention.loud")).to_have_count(0)
    assert seat.page.title() == "Cabbie sandbox"
    seat.shoot("hostile")

    pipeline = seat.panel("Pipeline")
    pipeline.get_by_label("Service").select_option("search")
    pipeline.get_by_label("Channel").select_option(label="#platform")
    pipeline.get_by_label("Version").fill("3.1.0")
    pipeline.get_by_role("button", name="Announce").click()
    expect(pipeline.get_by_role("status")).to_contain_text("Posted")
    seat.go("platform")
    expect(seat.card("search 3.1.0")).to_contain_text("says the pipeline")
    seat.shoot("announced")

    seat.be("katherine")
    seat.go("changes")
    seat.say("/change digest")
    expect(seat.whisper("waiting for approval")).to_contain_text("Only visible to you")
    seat.shoot("digest")

    seat.page.emulate_media(color_scheme="dark")
    seat.be("linus")
    seat.go("payments")
    assert seat.ground() == "rgb(26, 29, 33)"
    seat.shoot("dark")

    seat.page.set_viewport_size({"width": 390, "height": 844})
    for pane in ("Channels", "Systems", "Messages"):
        seat.page.get_by_role("button", name=pane, exact=True).click()
        assert not seat.is_wider_than_the_window(), pane
        seat.shoot(f"narrow-{pane.lower()}")
    seat.say("/deploy")
    expect(seat.form).to_be_visible()
    assert not seat.is_wider_than_the_window()
    seat.shoot("narrow-form")
    seat.keys("Escape")
    expect(seat.form).to_be_hidden()
