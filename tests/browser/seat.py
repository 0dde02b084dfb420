"""Where a person sits: what they do at the page, and what they see there."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect


@dataclass
class Seat:
    """One person's browser. Whoever sits there may change."""

    page: Page

    # ------------------------------------------------------------------------------------------------- what they do

    def be(self, who: str) -> None:
        self.page.get_by_label("You are").select_option(who)

    def go(self, channel: str) -> None:
        self.page.locator("#places").get_by_role("button", name=channel).click()
        expect(self.page.get_by_role("heading", level=1, name=channel)).to_be_visible()

    def say(self, words: str) -> None:
        box = self.page.get_by_label("Message", exact=True)
        box.fill(words)
        box.press("Enter")

    def press(self, label: str, card: Locator, *, sure: str = "") -> None:
        """A button of a card; ``sure`` is the word that says yes to the question before it."""
        card.get_by_role("button", name=label, exact=True).click()
        if sure:
            self.page.locator("#confirm").get_by_role("button", name=sure, exact=True).click()

    def keys(self, *presses: str) -> None:
        for one in presses:
            self.page.keyboard.press(one)

    def tab_to(self, target: Locator, *, key: str = "Tab", within: int = 60) -> None:
        """By keyboard alone, as somebody who has no mouse."""
        for _ in range(within):
            if target.evaluate("node => node === document.activeElement"):
                return
            self.page.keyboard.press(key)
        raise AssertionError(f"{key} does not lead to {target} in {within} steps")

    # ------------------------------------------------------------------------------------------------ what they see

    def card(self, what: str) -> Locator:
        """The living card: the first message to all that names it."""
        return self.page.locator("#messages > article:not(.ephemeral)").filter(has_text=f"{what} → ").first

    def whisper(self, words: str | re.Pattern[str]) -> Locator:
        """What only this person sees."""
        return self.page.locator("#messages > article.ephemeral").filter(has_text=words).last

    def panel(self, name: str) -> Locator:
        """One of the systems on the right."""
        self.page.get_by_role("tab", name=name).click()
        return self.page.get_by_role("tabpanel", name=name)

    @property
    def form(self) -> Locator:
        return self.page.get_by_role("dialog")

    def is_wider_than_the_window(self) -> bool:
        wider: bool = self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        return wider

    def ground(self) -> str:
        """The colour behind everything."""
        colour: str = self.page.evaluate("getComputedStyle(document.body).backgroundColor")
        return colour

    def shoot(self, name: str) -> None:
        """A picture for people, where CABBIE_SCREENSHOTS names a directory."""
        if directory := os.environ.get("CABBIE_SCREENSHOTS"):
            self.page.screenshot(path=Path(directory) / f"{name}.png", animations="disabled")
