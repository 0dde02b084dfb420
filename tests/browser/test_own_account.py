"""In a real browser: the own account is linked from the Home tab, with its cookies and its rules, and unlinked."""

from playwright.sync_api import Page, expect

from tests.browser.seat import Seat


def test_ada_links_her_account_and_unlinks_it(seat: Seat) -> None:
    page = seat.page
    seat.be("ada")
    page.locator("#places").get_by_role("button", name="Cabbie Home").click()

    tab = _opened(page, "Link my ServiceNow account")
    expect(tab.get_by_text("Ada Lovelace")).to_be_visible()
    tab.get_by_role("button", name="Sign in to ServiceNow").click()
    tab.get_by_label("Ada Lovelace (ada)").check()
    tab.get_by_role("button", name="Allow").click()
    expect(tab.get_by_role("heading", name="Linked")).to_be_visible()
    tab.close()

    expect(page.get_by_text("Linked since")).to_be_visible()
    page.get_by_role("button", name="Unlink").click()
    page.locator("#confirm").get_by_role("button", name="Unlink", exact=True).click()
    expect(page.get_by_text("has ended: you unlinked it")).to_be_visible()


def _opened(page: Page, label: str) -> Page:
    """The page that a link on the page opens beside it."""
    with page.expect_popup() as popup:
        page.get_by_role("link", name=label).click()
    return popup.value
