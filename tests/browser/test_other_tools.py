"""At the page, other tools post in their own words, and one sees them being heard."""

from playwright.sync_api import expect

from tests.browser.seat import Seat
from tests.stories.town import Town, number_in


def test_another_tools_post_becomes_a_card_and_anybody_may_ask_why(seat: Seat, acme: Town) -> None:
    dialog = seat.page.get_by_role("dialog", name="Post as another tool")

    def post(tool: str, says: str, *, version: str = "") -> None:
        seat.page.get_by_role("button", name="Post as another tool…").click()
        dialog.get_by_label("Tool").select_option(tool)
        dialog.get_by_label("It says").select_option(says)
        if version:
            dialog.get_by_label("Version").fill(version)
        seat.shoot(f"tools-{says}")
        dialog.get_by_role("button", name="Post", exact=True).click()
        expect(dialog).to_be_hidden()

    post("github-app", "started", version="2.4.1")
    announced = seat.page.locator("#messages > article").filter(has_text="Deployment to production by linus")
    expect(announced).to_contain_text("In progress")
    asked = seat.page.locator("#messages > article").filter(has_text="Waiting for the team's approval (Assess)").last
    expect(asked).to_contain_text("CHG")
    number = number_in(asked.inner_text())
    card = seat.page.locator("#messages > article:not(.ephemeral)").filter(has_text=number).first
    seat.shoot("tools-heard")

    announced.hover()
    announced.get_by_label("More actions").click()
    announced.get_by_role("button", name="Was this heard?").click()
    expect(seat.form).to_contain_text("Heard.")
    expect(seat.form).to_contain_text("github-app")
    seat.shoot("tools-why")
    seat.keys("Escape")
    expect(seat.form).to_be_hidden()

    seat.be("ada")
    seat.press("Approve", card, sure="Approve")
    expect(card).to_contain_text("Waiting for the CAB's approval (Authorize)")
    seat.be("grace")
    seat.press("Approve", card, sure="Approve")
    expect(card).to_contain_text("Cleared until")
    post("github-app", "succeeded", version="2.4.1")
    expect(announced).to_contain_text("Completed")
    expect(announced).to_contain_text("(edited)")
    expect(card).to_contain_text(f"{number} · Deployed")
    expect(card).to_contain_text("Outcome from Other tools · github-app in Slack")
    seat.shoot("tools-closed")

    seat.be("linus")
    post("keel", "started", version="2.5.0")
    keel = seat.page.locator("#messages > article").filter(has_text="Preparing to update").last
    expect(keel).to_contain_text("1 reply")
    keel.get_by_role("button", name="1 reply").click()
    expect(keel).to_contain_text("who asked for it")
    expect(keel.get_by_role("button", name="Complete it")).to_be_visible()
    seat.shoot("tools-asked")
    assert not seat.is_wider_than_the_window()
